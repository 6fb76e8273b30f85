//! One array's values as JSON text.

use super::row::key;
use super::time;
use crate::sql::types::{is_json, item_type};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float32Array, Float64Array, Int64Array, LargeStringArray,
    ListArray, StringArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use quire_model::json::write_string;
use quire_model::{Error, Result};
use std::sync::Arc;

/// Writes the values of an array. The array is looked at once, when this is made.
pub(in crate::sql) struct Writer {
    array: ArrayRef,
    kind: Kind,
}

enum Kind {
    Null,
    Bool(BooleanArray),
    Int(Int64Array),
    Float(Float64Array),
    Text(StringArray),
    /// JSON text, which is put in as it is.
    Raw(LargeStringArray),
    Single(Float32Array),
    /// Numbers that Arrow writes as JSON does: wide integers and decimals.
    Digits(StringArray),
    /// A string with something put after it.
    Time(StringArray, time::Style),
    /// Anything else, as a string of what Arrow shows.
    Shown,
    Struct(Vec<(Vec<u8>, Writer)>),
    List(ListArray, Box<Writer>),
    Map(Box<Writer>, Box<Writer>),
}

impl Writer {
    /// A writer for an array.
    pub(in crate::sql) fn new(array: &ArrayRef) -> Result<Writer> {
        let data_type = array.data_type();
        let kind = match data_type {
            DataType::Null => Kind::Null,
            DataType::Boolean => Kind::Bool(array.as_boolean().clone()),
            DataType::Int64 => Kind::Int(typed(array, &DataType::Int64)?.as_primitive().clone()),
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32 => Kind::Int(typed(array, &DataType::Int64)?.as_primitive().clone()),
            DataType::Float32 => Kind::Single(array.as_primitive().clone()),
            DataType::Float64 | DataType::Float16 => {
                Kind::Float(typed(array, &DataType::Float64)?.as_primitive().clone())
            }
            json if is_json(json) => Kind::Raw(array.as_string().clone()),
            DataType::Utf8 | DataType::Utf8View => {
                Kind::Text(typed(array, &DataType::Utf8)?.as_string().clone())
            }
            DataType::UInt64
            | DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Kind::Digits(typed(array, &DataType::Utf8)?.as_string().clone()),
            DataType::Dictionary(_, values) => return Writer::new(&typed(array, values)?),
            DataType::RunEndEncoded(_, values) => return Writer::new(&typed(array, values.data_type())?),
            DataType::Date32
            | DataType::Date64
            | DataType::Timestamp(..)
            | DataType::Time32(_)
            | DataType::Time64(_) => {
                Kind::Time(typed(array, &DataType::Utf8)?.as_string().clone(), time::Style::of(data_type))
            }
            DataType::Struct(fields) => {
                let columns = array.as_struct().columns();
                let writers = fields
                    .iter()
                    .zip(columns)
                    .map(|(field, column)| Ok((key(field.name()), Writer::new(column)?)));
                Kind::Struct(writers.collect::<Result<_>>()?)
            }
            DataType::Map(..) => {
                let map = array.as_map();
                Kind::Map(Box::new(Writer::new(map.keys())?), Box::new(Writer::new(map.values())?))
            }
            list if item_type(list).is_some() => {
                let list = as_list(array)?;
                let items = Writer::new(list.values())?;
                Kind::List(list, Box::new(items))
            }
            _ => Kind::Shown,
        };
        Ok(Writer { array: Arc::clone(array), kind })
    }

    /// Appends the value of a row.
    pub(in crate::sql) fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<()> {
        if self.array.is_null(row) {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        match &self.kind {
            Kind::Null => out.extend_from_slice(b"null"),
            Kind::Bool(array) => out.extend_from_slice(if array.value(row) { b"true" } else { b"false" }),
            Kind::Int(array) => out.extend_from_slice(array.value(row).to_string().as_bytes()),
            Kind::Float(array) => write_float(array.value(row), out),
            Kind::Text(array) => write_string(array.value(row), out),
            Kind::Raw(array) => out.extend_from_slice(array.value(row).as_bytes()),
            Kind::Single(array) if array.value(row).is_finite() => {
                out.extend_from_slice(format!("{:?}", array.value(row)).as_bytes());
            }
            Kind::Single(_) => out.extend_from_slice(b"null"),
            Kind::Digits(array) => out.extend_from_slice(array.value(row).as_bytes()),
            Kind::Time(array, style) => write_string(&style.text(array.value(row)), out),
            Kind::Shown => write_string(&shown(&self.array, row)?, out),
            Kind::Struct(fields) => {
                out.push(b'{');
                for (n, (key, writer)) in fields.iter().enumerate() {
                    if n > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(key);
                    writer.write(row, out)?;
                }
                out.push(b'}');
            }
            Kind::List(list, items) => {
                let (from, to) = (list.value_offsets()[row] as usize, list.value_offsets()[row + 1] as usize);
                write_list(b"[]", from..to, out, |item, out| items.write(item, out))?;
            }
            Kind::Map(keys, values) => {
                let offsets = self.array.as_map().value_offsets();
                let range = offsets[row] as usize..offsets[row + 1] as usize;
                write_list(b"{}", range, out, |entry, out| {
                    let mut name = Vec::new();
                    keys.write(entry, &mut name)?;
                    let quoted = name.first() == Some(&b'"');
                    if quoted {
                        out.extend_from_slice(&name)
                    } else {
                        write_string(&String::from_utf8_lossy(&name), out)
                    }
                    out.push(b':');
                    values.write(entry, out)
                })?;
            }
        }
        Ok(())
    }
}

fn write_list(
    brackets: &[u8; 2],
    range: std::ops::Range<usize>,
    out: &mut Vec<u8>,
    mut write: impl FnMut(usize, &mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    let from = range.start;
    out.push(brackets[0]);
    for item in range {
        if item > from {
            out.push(b',');
        }
        write(item, out)?;
    }
    out.push(brackets[1]);
    Ok(())
}

/// The shortest decimal that reads back to the same double.
fn write_float(value: f64, out: &mut Vec<u8>) {
    match serde_json::Number::from_f64(value) {
        Some(number) => out.extend_from_slice(number.to_string().as_bytes()),
        None => out.extend_from_slice(b"null"),
    }
}

fn shown(array: &ArrayRef, row: usize) -> Result<String> {
    let formatter = ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default()).map_err(broken)?;
    Ok(formatter.value(row).to_string())
}

fn as_list(array: &ArrayRef) -> Result<ListArray> {
    match array.data_type() {
        DataType::List(_) => Ok(array.as_list::<i32>().clone()),
        DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => {
            Ok(typed(array, &DataType::List(Arc::clone(item)))?.as_list::<i32>().clone())
        }
        other => Err(Error::internal(format!("{other} is no list"))),
    }
}

fn typed(array: &ArrayRef, data_type: &DataType) -> Result<ArrayRef> {
    if array.data_type() == data_type {
        Ok(Arc::clone(array))
    } else {
        cast(array, data_type).map_err(broken)
    }
}

fn broken(error: datafusion::arrow::error::ArrowError) -> Error {
    Error::internal(format!("a value could not be written: {error}"))
}
