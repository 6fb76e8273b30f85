//! How JSON values appear as Arrow types, and how those types are named in an answer.
//!
//! A JSON value whose type varies is its own text in an Arrow `LargeUtf8`. Nothing else here makes that type,
//! so that JSON is told from a string by its type alone, through joins, unions, lists and structs, where
//! metadata is lost. The metadata [`TYPE_KEY`] says the same to a client that reads Arrow.

use datafusion::arrow::datatypes::{DataType, Field};

/// The key of a field's metadata that names QuireDB's own type.
pub(super) const TYPE_KEY: &str = "quire.type";

/// The Arrow type of a JSON value kept as its text.
pub(super) const JSON: DataType = DataType::LargeUtf8;

/// Whether a type is that of a JSON value kept as its text.
pub(super) fn is_json(data_type: &DataType) -> bool {
    *data_type == JSON
}

/// Whether a type is a string that is no JSON text.
pub(super) fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::Utf8View)
}

/// The type of a list's elements.
pub(super) fn item_type(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => Some(item.data_type()),
        _ => None,
    }
}

/// A field that may be null; one of type JSON says so in its metadata.
pub(super) fn field(name: impl Into<String>, data_type: DataType) -> Field {
    let json = is_json(&data_type);
    let field = Field::new(name, data_type, true);
    if json { field.with_metadata([(TYPE_KEY.to_owned(), "json".to_owned())].into()) } else { field }
}

/// The name of a type in an answer.
pub(super) fn type_name(data_type: &DataType) -> String {
    let name = match data_type {
        DataType::Null => "null",
        DataType::Boolean => "boolean",
        DataType::Float16 => "float16",
        DataType::Float32 => "float32",
        DataType::Float64 => "float64",
        DataType::LargeUtf8 => "json",
        DataType::Utf8 | DataType::Utf8View => "string",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "binary"
        }
        DataType::Timestamp(..) => "timestamp",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Time32(_) | DataType::Time64(_) => "time",
        DataType::Duration(_) => "duration",
        DataType::Interval(_) => "interval",
        DataType::Struct(_) => "struct",
        DataType::Map(..) => "map",
        DataType::Union(..) => "union",
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => "decimal",
        DataType::Dictionary(_, values) => return type_name(values),
        DataType::RunEndEncoded(_, values) => return type_name(values.data_type()),
        other if item_type(other).is_some() => "list",
        other => return other.to_string().to_lowercase(),
    };
    name.to_owned()
}

/// A type with what is inside of it, such as `struct<a int64, b list<string>>`.
pub(super) fn describe(data_type: &DataType) -> String {
    match data_type {
        DataType::Struct(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|f| format!("{} {}", f.name(), describe(f.data_type()))).collect();
            format!("struct<{}>", fields.join(", "))
        }
        other => match item_type(other) {
            Some(item) => format!("list<{}>", describe(item)),
            None => type_name(other),
        },
    }
}
