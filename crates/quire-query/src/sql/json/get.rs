//! `json_get` and `json_get_text`: what is at a path.

use super::arg::Arg;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::ColumnarValue;
use quire_model::json::Json;

/// One step of a path, for every row.
enum Step {
    Key(StringArray),
    Position(Int64Array),
}

/// A path that is looked up in each row of an argument.
pub(super) struct Get {
    value: Arg,
    steps: Vec<(Step, bool)>,
}

impl Get {
    /// The path of the arguments after the first, in the first.
    pub(super) fn new(arguments: &[ColumnarValue]) -> Result<Get> {
        let Some((first, path)) = arguments.split_first() else { return plan_err!("a path needs a value") };
        let mut steps = path.iter().map(step).collect::<Result<Vec<_>>>()?;
        let value = match first {
            ColumnarValue::Array(array) => {
                let (array, nulls, used) = descend(array, &steps);
                steps.drain(..used);
                Arg::of(&array, nulls, false)?
            }
            scalar => Arg::new(scalar)?,
        };
        Ok(Get { value, steps })
    }

    /// What is at the path of a row.
    pub(super) fn value<'a>(&'a self, row: usize, room: &'a mut Vec<u8>) -> Result<Option<Json<'a>>> {
        let mut found = self.value.value(row, room)?;
        for (step, constant) in &self.steps {
            let row = if *constant { 0 } else { row };
            found = found.and_then(|value| match step {
                Step::Key(keys) if keys.is_valid(row) => value.get(keys.value(row)),
                Step::Position(places) if places.is_valid(row) => at(value, places.value(row)),
                _ => None,
            });
        }
        Ok(found.filter(|value| !value.is_null()))
    }
}

/// The element at a position; a negative one counts from the end.
fn at(value: Json<'_>, position: i64) -> Option<Json<'_>> {
    match usize::try_from(position) {
        Ok(index) => value.at(index),
        Err(_) => {
            let count = value.items().count();
            let back = usize::try_from(position.unsigned_abs()).ok()?;
            count.checked_sub(back).and_then(|index| value.at(index))
        }
    }
}

fn step(argument: &ColumnarValue) -> Result<(Step, bool)> {
    let (array, constant) = match argument {
        ColumnarValue::Array(array) => (array.clone(), false),
        ColumnarValue::Scalar(scalar) => (scalar.to_array()?, true),
    };
    let step = match array.data_type() {
        DataType::Null | DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => {
            Step::Key(cast(&array, &DataType::Utf8)?.as_string().clone())
        }
        number if number.is_integer() => {
            Step::Position(cast(&array, &DataType::Int64)?.as_primitive().clone())
        }
        other => return plan_err!("a step of a path is a key or a position, not {other}"),
    };
    Ok((step, constant))
}

/// Follows keys into structs without writing them as text; how many steps that were.
fn descend(array: &ArrayRef, steps: &[(Step, bool)]) -> (ArrayRef, Option<NullBuffer>, usize) {
    let (mut array, mut nulls, mut used) = (array.clone(), None, 0);
    for (step, constant) in steps {
        let (Step::Key(keys), true, DataType::Struct(_)) = (step, constant, array.data_type()) else { break };
        let Some(child) = array.as_struct().column_by_name(keys.value(0)).cloned() else { break };
        nulls = NullBuffer::union(nulls.as_ref(), array.nulls());
        array = child;
        used += 1;
    }
    (array, nulls, used)
}
