//! An argument of a function as JSON values, whatever its type.

use crate::sql::types::is_json;
use crate::sql::write::Writer;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, LargeStringArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::common::Result;
use datafusion::logical_expr::ColumnarValue;
use quire_model::json::Json;

/// The values of an argument.
pub(super) struct Arg {
    values: Values,
    /// Rows that are null for a reason above the array.
    nulls: Option<NullBuffer>,
    /// The same value for every row.
    constant: bool,
}

enum Values {
    Json(LargeStringArray),
    Other(Writer),
}

impl Arg {
    /// The values of an argument.
    pub(super) fn new(argument: &ColumnarValue) -> Result<Arg> {
        match argument {
            ColumnarValue::Array(array) => Arg::of(array, None, false),
            ColumnarValue::Scalar(scalar) => Arg::of(&scalar.to_array()?, None, true),
        }
    }

    /// The values of an array, null where `nulls` says so.
    pub(super) fn of(array: &ArrayRef, nulls: Option<NullBuffer>, constant: bool) -> Result<Arg> {
        let values = if is_json(array.data_type()) {
            Values::Json(array.as_string().clone())
        } else {
            Values::Other(Writer::new(array).map_err(crate::sql::error::external)?)
        };
        Ok(Arg { values, nulls: NullBuffer::union(nulls.as_ref(), array.logical_nulls().as_ref()), constant })
    }

    /// The value of a row, if it is not null. `room` is where it may be written to.
    pub(super) fn value<'a>(&'a self, row: usize, room: &'a mut Vec<u8>) -> Result<Option<Json<'a>>> {
        let row = if self.constant { 0 } else { row };
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return Ok(None);
        }
        let text = match &self.values {
            Values::Json(array) => array.value(row),
            Values::Other(writer) => {
                room.clear();
                writer.write(row, room).map_err(crate::sql::error::external)?;
                std::str::from_utf8(room).unwrap_or("null")
            }
        };
        Ok(Some(Json::new(text)).filter(|value| !value.is_null()))
    }
}
