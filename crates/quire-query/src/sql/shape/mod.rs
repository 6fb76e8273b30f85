//! What the values at one place of a collection's documents look like, and the Arrow type that follows.
//!
//! 1. [`Shape::see`] is shown every value at a place (`fields.rs` holds the places below an object).
//! 2. [`Shape::data_type`] chooses the type. Nulls and missing values never count.
//!    - true and false: boolean; strings: string;
//!    - numbers: int64 if each is an integer of 64 bits, float64 if a double keeps the digits of each, else
//!      JSON;
//!    - objects: a struct of their fields, if there are any and not too many of them; arrays: a list of the
//!      type of all their elements;
//!    - anything else, two of the above, or nothing but nulls: JSON.
//! 3. [`infer`] does so for a whole collection at a snapshot.

mod fields;
mod infer;

pub(super) use fields::Fields;
pub(super) use infer::{Inferred, infer};

use super::types::{JSON, field};
use datafusion::arrow::datatypes::DataType;
use quire_model::json::{Json, Kind};
use std::sync::Arc;

/// The most fields that the structs of one collection have together. What goes beyond is JSON.
const NESTED_FIELDS_MAX: usize = 2_000;
/// The most fields of one struct. An object with more kinds of keys than that is rather a map.
const STRUCT_FIELDS_MAX: usize = 256;
/// The deepest that structs and lists nest.
const DEPTH_MAX: usize = 16;

/// What was seen at one place.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// How often there was a value that is not null.
    pub(super) count: u64,
    booleans: bool,
    strings: bool,
    numbers: bool,
    /// A number that is no integer of 64 bits.
    not_integer: bool,
    /// A number whose digits a double does not keep.
    not_double: bool,
    objects: Option<Box<Fields>>,
    items: Option<Box<Shape>>,
}

/// What is left to be spent on places that are remembered, for one collection.
#[derive(Debug)]
pub(super) struct Room(pub(super) usize);

impl Room {
    /// Spends one; whether there was one left.
    fn take(&mut self) -> bool {
        let some = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        some
    }
}

impl Shape {
    /// Counts a value.
    pub(super) fn see(&mut self, value: Json<'_>, depth: usize, room: &mut Room) {
        match value.kind() {
            Kind::Null => return,
            Kind::Bool => self.booleans = true,
            Kind::String => self.strings = true,
            Kind::Number => self.see_number(value),
            Kind::Object => {
                let fields = self.objects.get_or_insert_with(|| Box::new(Fields::new(STRUCT_FIELDS_MAX)));
                fields.see(value, depth, room);
            }
            Kind::Array => {
                let items = self.items.get_or_insert_with(Box::default);
                if depth < DEPTH_MAX {
                    value.items().for_each(|item| items.see(item, depth + 1, room));
                }
            }
        }
        self.count += 1;
    }

    fn see_number(&mut self, value: Json<'_>) {
        self.numbers = true;
        if self.not_integer && self.not_double {
            return;
        }
        if let Some(number) = value.as_number() {
            self.not_integer = self.not_integer || number.to_i64().is_none();
            self.not_double = self.not_double || !number.fits_f64();
        }
    }

    /// The type of the values seen. `left` is how many fields structs may still have.
    fn data_type(&self, depth: usize, left: &mut usize) -> DataType {
        let kinds = [self.booleans, self.strings, self.numbers, self.objects.is_some(), self.items.is_some()];
        if kinds.iter().filter(|seen| **seen).count() != 1 || depth >= DEPTH_MAX {
            return JSON;
        }
        if self.booleans {
            return DataType::Boolean;
        }
        if self.strings {
            return DataType::Utf8;
        }
        if let Some(items) = &self.items {
            return DataType::List(Arc::new(field("item", items.data_type(depth + 1, left))));
        }
        if let Some(fields) = &self.objects {
            return fields.struct_type(depth, left);
        }
        match (self.not_integer, self.not_double) {
            (false, _) => DataType::Int64,
            (true, false) => DataType::Float64,
            (true, true) => JSON,
        }
    }

    /// The type of a field of the documents themselves.
    pub(super) fn column_type(&self, left: &mut usize) -> DataType {
        self.data_type(1, left)
    }
}

/// How many fields the structs of a collection may have together.
pub(super) fn nested_fields_max() -> usize {
    NESTED_FIELDS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_of(values: &[&str]) -> String {
        let (mut shape, mut room) = (Shape::default(), Room(1_000));
        values.iter().for_each(|value| shape.see(Json::new(value), 1, &mut room));
        super::super::types::describe(&shape.column_type(&mut 100))
    }

    #[test]
    fn types_follow_the_values() {
        assert_eq!(type_of(&["1", "null", "-7", "1e2"]), "int64");
        assert_eq!(type_of(&["1", "2.5"]), "float64");
        assert_eq!(type_of(&["9007199254740993", "1"]), "int64");
        assert_eq!(type_of(&["9007199254740993", "1.5"]), "json");
        assert_eq!(type_of(&["12345678901234567890.123"]), "json");
        assert_eq!(type_of(&["1E400"]), "json");
        assert_eq!(type_of(&["18446744073709551615"]), "json");
        assert_eq!(type_of(&["true", "null"]), "boolean");
        assert_eq!(type_of(&[r#""a""#]), "string");
        assert_eq!(type_of(&[r#""a""#, "1"]), "json");
        assert_eq!(type_of(&["null", "null"]), "json");
        assert_eq!(type_of(&[]), "json");
    }

    #[test]
    fn objects_are_structs_and_arrays_are_lists() {
        assert_eq!(
            type_of(&[r#"{"a":1,"b":{"c":"x"}}"#, r#"{"b":null}"#]),
            "struct<a int64, b struct<c string>>"
        );
        assert_eq!(type_of(&["[1,2]", "[]", "[null,3.5]"]), "list<float64>");
        assert_eq!(type_of(&[r#"[{"a":1},{"b":[]}]"#]), "list<struct<a int64, b list<json>>>");
        assert_eq!(type_of(&["{}"]), "json");
        assert_eq!(type_of(&["[1]", "{}"]), "json");
        assert_eq!(type_of(&[r#"[1,"a"]"#]), "list<json>");
    }

    #[test]
    fn deep_and_wide_values_end_in_json() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert!(type_of(&[&deep]).contains("list<json>"));
        let fields: Vec<String> = (0..300).map(|n| format!("\"k{n}\":1")).collect();
        assert_eq!(type_of(&[&format!("{{{}}}", fields.join(","))]), "json");
        let fields: Vec<String> = (0..150).map(|n| format!("\"k{n}\":1")).collect();
        assert_eq!(type_of(&[&format!("{{{}}}", fields.join(","))]), "json", "over what is left");
    }
}
