//! Arrow arrays made from JSON values as they come by, of a type that was chosen before.

use crate::sql::types::is_json;
use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, LargeStringBuilder, ListArray, NullBufferBuilder,
    StringBuilder, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, FieldRef, Fields};
use quire_model::json::{Json, Kind};
use quire_model::{Error, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// An array being made.
pub(super) enum Values {
    /// True and false.
    Bool(BooleanBuilder),
    /// Integers of 64 bits.
    Int(Int64Builder),
    /// Numbers whose digits a double keeps.
    Float(Float64Builder),
    /// Strings.
    Text(StringBuilder),
    /// Any value, by its text.
    Json(LargeStringBuilder),
    /// Objects with known fields.
    Struct(StructValues),
    /// Arrays.
    List(ListValues),
}

impl Values {
    /// An empty array of a type that inference can choose.
    pub(super) fn new(data_type: &DataType) -> Result<Values> {
        Ok(match data_type {
            DataType::Boolean => Values::Bool(BooleanBuilder::new()),
            DataType::Int64 => Values::Int(Int64Builder::new()),
            DataType::Float64 => Values::Float(Float64Builder::new()),
            DataType::Utf8 => Values::Text(StringBuilder::new()),
            DataType::Struct(fields) => Values::Struct(StructValues::new(fields)?),
            DataType::List(item) => Values::List(ListValues::new(item)?),
            json if is_json(json) => Values::Json(LargeStringBuilder::new()),
            other => return Err(Error::internal(format!("no documents are read as {other}"))),
        })
    }

    /// Adds a value; what is missing or null is null.
    pub(super) fn append(&mut self, value: Option<Json<'_>>) -> Result<()> {
        let Some(value) = value.filter(|value| value.kind() != Kind::Null) else {
            self.append_null();
            return Ok(());
        };
        let misfit = || {
            Error::internal(format!("a {} where the fields of the collection say otherwise", value.kind()))
        };
        match self {
            Values::Bool(b) => b.append_value(value.as_bool().ok_or_else(misfit)?),
            Values::Int(b) => b.append_value(value.as_number().and_then(|n| n.to_i64()).ok_or_else(misfit)?),
            Values::Float(b) => b.append_value(value.as_number().ok_or_else(misfit)?.to_f64()),
            Values::Text(b) => b.append_value(value.as_str().ok_or_else(misfit)?),
            Values::Json(b) => b.append_value(value.text()),
            Values::Struct(b) if value.kind() == Kind::Object => b.append(value)?,
            Values::List(b) if value.kind() == Kind::Array => b.append(value)?,
            Values::Struct(_) | Values::List(_) => return Err(misfit()),
        }
        Ok(())
    }

    fn append_null(&mut self) {
        match self {
            Values::Bool(b) => b.append_null(),
            Values::Int(b) => b.append_null(),
            Values::Float(b) => b.append_null(),
            Values::Text(b) => b.append_null(),
            Values::Json(b) => b.append_null(),
            Values::Struct(b) => {
                b.columns.values.iter_mut().for_each(Values::append_null);
                b.present.append_null();
            }
            Values::List(b) => {
                b.offsets.push(b.length);
                b.present.append_null();
            }
        }
    }

    /// The array; an empty one begins.
    pub(super) fn finish(&mut self) -> Result<ArrayRef> {
        Ok(match self {
            Values::Bool(b) => Arc::new(b.finish()),
            Values::Int(b) => Arc::new(b.finish()),
            Values::Float(b) => Arc::new(b.finish()),
            Values::Text(b) => Arc::new(b.finish()),
            Values::Json(b) => Arc::new(b.finish()),
            Values::Struct(b) => b.finish()?,
            Values::List(b) => b.finish()?,
        })
    }
}

/// The columns of the fields of objects.
pub(super) struct Columns {
    index: HashMap<Box<str>, usize>,
    pub(super) values: Vec<Values>,
    /// For each key of the object before, in its order, the column it went to: the next object mostly has the
    /// same.
    route: Vec<(Box<str>, Option<usize>)>,
    /// Which columns got a value from the object at hand.
    filled: Vec<bool>,
}

impl Columns {
    /// Empty columns of the fields.
    pub(super) fn new<'a>(fields: impl Iterator<Item = &'a FieldRef> + Clone) -> Result<Columns> {
        let values =
            fields.clone().map(|field| Values::new(field.data_type())).collect::<Result<Vec<_>>>()?;
        let index =
            fields.enumerate().map(|(column, field)| (Box::from(field.name().as_str()), column)).collect();
        let filled = vec![false; values.len()];
        Ok(Columns { index, values, route: Vec::new(), filled })
    }

    /// Adds one object: each column gets the field of its name, or null.
    pub(super) fn append(&mut self, object: Json<'_>) -> Result<()> {
        self.filled.fill(false);
        let mut missing = self.values.len();
        for (step, (key, value)) in object.fields().enumerate() {
            if missing == 0 {
                break;
            }
            let column = match self.route.get(step) {
                Some((name, column)) if key.is(name) => *column,
                _ => self.find(step, &key.unescape()),
            };
            if let Some(column) = column.filter(|column| !self.filled[*column]) {
                self.values[column].append(Some(value))?;
                self.filled[column] = true;
                missing -= 1;
            }
        }
        if missing > 0 {
            let unfilled = self.values.iter_mut().zip(&self.filled).filter(|(_, filled)| !**filled);
            unfilled.for_each(|(values, _)| values.append_null());
        }
        Ok(())
    }

    fn find(&mut self, step: usize, name: &str) -> Option<usize> {
        /// Objects with more keys than this are not worth a memory of their order.
        const ROUTE_MAX: usize = 256;
        let column = self.index.get(name).copied();
        if step < ROUTE_MAX {
            // The keys after this one are likely to be others too.
            self.route.truncate(step);
            while self.route.len() < step {
                self.route.push((Box::default(), None));
            }
            self.route.push((Box::from(name), column));
        }
        column
    }
}

/// Objects with known fields.
pub(super) struct StructValues {
    fields: Fields,
    columns: Columns,
    present: NullBufferBuilder,
}

impl StructValues {
    fn new(fields: &Fields) -> Result<StructValues> {
        Ok(StructValues {
            fields: fields.clone(),
            columns: Columns::new(fields.iter())?,
            present: NullBufferBuilder::new(0),
        })
    }

    fn append(&mut self, object: Json<'_>) -> Result<()> {
        self.columns.append(object)?;
        self.present.append_non_null();
        Ok(())
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let arrays = self.columns.values.iter_mut().map(Values::finish).collect::<Result<Vec<_>>>()?;
        let array = StructArray::try_new(self.fields.clone(), arrays, self.present.finish());
        Ok(Arc::new(array.map_err(|e| Error::internal(e.to_string()))?))
    }
}

/// Arrays of one type of elements.
pub(super) struct ListValues {
    item: FieldRef,
    values: Box<Values>,
    offsets: Vec<i32>,
    length: i32,
    present: NullBufferBuilder,
}

impl ListValues {
    fn new(item: &FieldRef) -> Result<ListValues> {
        Ok(ListValues {
            item: Arc::clone(item),
            values: Box::new(Values::new(item.data_type())?),
            offsets: vec![0],
            length: 0,
            present: NullBufferBuilder::new(0),
        })
    }

    fn append(&mut self, array: Json<'_>) -> Result<()> {
        for item in array.items() {
            self.values.append(Some(item))?;
            self.length =
                self.length.checked_add(1).ok_or_else(|| Error::internal("a batch of too many elements"))?;
        }
        self.offsets.push(self.length);
        self.present.append_non_null();
        Ok(())
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let offsets = std::mem::replace(&mut self.offsets, vec![0]);
        self.length = 0;
        let offsets = OffsetBuffer::new(offsets.into());
        let array =
            ListArray::try_new(Arc::clone(&self.item), offsets, self.values.finish()?, self.present.finish());
        Ok(Arc::new(array.map_err(|e| Error::internal(e.to_string()))?))
    }
}
