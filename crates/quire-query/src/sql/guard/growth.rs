//! The most bytes that a call may need, by its arguments.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, IntervalMonthDayNanoType, TimeUnit};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

/// What an element of a list takes beside its own bytes.
const ELEMENT_BYTES: u64 = 16;

/// The most bytes of a number, a date or a boolean as text.
const SHOWN_BYTES: u64 = 48;

/// The most bytes of a character.
const CHARACTER_BYTES: u64 = 4;

const DAY_NS: f64 = 86_400e9;

/// How the result of a function grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Growth {
    /// A text so many times.
    Repeat,
    /// A text made so long.
    Pad,
    /// A text for each place where another one is found.
    Replace,
    /// The same where a pattern is found.
    Pattern,
    /// The numbers or times from one to another.
    Range,
    /// A value so many times.
    ListRepeat,
    /// A list made so long.
    Resize,
    /// A value for each element of a list.
    ListReplace,
    /// A list as text.
    ListText,
    /// All arguments together; the first one after each where it separates.
    Concat { separated: bool },
}

impl Growth {
    /// How the result of the function of that name grows, if it may grow much.
    pub(super) fn of(function: &str) -> Option<Growth> {
        Some(match function {
            "repeat" => Growth::Repeat,
            "lpad" | "rpad" => Growth::Pad,
            "replace" => Growth::Replace,
            "regexp_replace" => Growth::Pattern,
            "range" | "generate_series" => Growth::Range,
            "array_repeat" => Growth::ListRepeat,
            "array_resize" => Growth::Resize,
            "array_replace" | "array_replace_n" | "array_replace_all" => Growth::ListReplace,
            "array_to_string" => Growth::ListText,
            "concat" | "array_concat" | "make_array" => Growth::Concat { separated: false },
            "concat_ws" => Growth::Concat { separated: true },
            _ => return None,
        })
    }

    /// The most bytes that a call may need; for one row where all arguments are constant.
    pub(super) fn bytes(self, call: &ScalarFunctionArgs) -> Result<u64> {
        let args = Args::new(&call.args)?;
        let constant = args.0.iter().all(|(_, constant)| *constant);
        let rows = if constant { 1 } else { call.number_rows };
        if let Growth::Concat { separated } = self {
            let separator = if separated { args.all(0) } else { 0 };
            let each = |n| {
                let times = if !constant && args.is_constant(n) { rows as u64 } else { 1 };
                args.all(n).saturating_mul(times).saturating_add(separator)
            };
            return Ok((0..args.0.len()).map(each).fold(0, u64::saturating_add));
        }
        let mut sum = 0_u64;
        match self {
            Growth::Range => {
                for row in 0..rows {
                    sum = sum.saturating_add(args.range(row)?);
                }
            }
            _ => {
                for row in 0..rows {
                    sum = sum.saturating_add(self.row(&args, row)?);
                }
            }
        }
        Ok(sum)
    }

    fn row(self, args: &Args, row: usize) -> Result<u64> {
        let size = |n| args.bytes(n, row);
        Ok(match self {
            Growth::Repeat => size(0).saturating_mul(args.count(1, row)),
            Growth::Pad => args.count(1, row).saturating_mul(CHARACTER_BYTES),
            Growth::Replace => {
                let places = (size(0) / size(1).max(1)).saturating_add(1);
                places.saturating_mul(size(2)).saturating_add(size(0))
            }
            Growth::Pattern => {
                let (text, with) = (size(0), args.text(2, row));
                let everywhere = args.text(3, row).contains('g');
                let places = if everywhere { text.saturating_add(1) } else { 1 };
                let groups = with.matches(['\\', '$']).count() as u64;
                let written = places.saturating_mul(with.len() as u64);
                written.saturating_add(text.saturating_mul(groups.saturating_add(1)))
            }
            Growth::ListRepeat => size(0).saturating_add(ELEMENT_BYTES).saturating_mul(args.count(1, row)),
            Growth::Resize => {
                if args.int(1, row).is_some_and(|size| size < 0) {
                    return exec_err!("a list cannot have fewer than 0 elements");
                }
                let element = size(2).saturating_add(ELEMENT_BYTES);
                element.saturating_mul(args.count(1, row)).saturating_mul(2).saturating_add(size(0))
            }
            Growth::ListReplace => args.elements(0, row).saturating_mul(size(2)).saturating_add(size(0)),
            Growth::ListText => {
                let each = size(1).saturating_add(size(2)).saturating_add(SHOWN_BYTES);
                args.elements(0, row).saturating_mul(each).saturating_add(size(0))
            }
            Growth::Range | Growth::Concat { .. } => 0,
        })
    }
}

/// The arguments of a call, and whether each is the same for all rows.
struct Args(Vec<(ArrayRef, bool)>);

impl Args {
    fn new(args: &[ColumnarValue]) -> Result<Args> {
        let array = |arg: &ColumnarValue| match arg {
            ColumnarValue::Array(array) => Ok((array.clone(), false)),
            ColumnarValue::Scalar(scalar) => Ok((scalar.to_array()?, true)),
        };
        args.iter().map(array).collect::<Result<_>>().map(Args)
    }

    fn is_constant(&self, n: usize) -> bool {
        self.0.get(n).is_some_and(|(_, constant)| *constant)
    }

    /// The argument and the place of a row in it, if it is not null there.
    fn at(&self, n: usize, row: usize) -> Option<(&ArrayRef, usize)> {
        let (array, constant) = self.0.get(n)?;
        let row = if *constant { 0 } else { row };
        (row < array.len() && array.is_valid(row)).then_some((array, row))
    }

    /// The bytes of an argument in all rows.
    fn all(&self, n: usize) -> u64 {
        self.0.get(n).map_or(0, |(array, _)| size(array.as_ref()))
    }

    fn bytes(&self, n: usize, row: usize) -> u64 {
        let Some((array, row)) = self.at(n, row) else { return 0 };
        match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value_length(row).unsigned_abs().into(),
            DataType::LargeUtf8 => array.as_string::<i64>().value_length(row).unsigned_abs(),
            other => match other.primitive_width() {
                Some(width) => width as u64,
                None => size(array.slice(row, 1).as_ref()),
            },
        }
    }

    fn text(&self, n: usize, row: usize) -> &str {
        match self.at(n, row) {
            Some((array, row)) => match array.data_type() {
                DataType::Utf8 => array.as_string::<i32>().value(row),
                DataType::LargeUtf8 => array.as_string::<i64>().value(row),
                DataType::Utf8View => array.as_string_view().value(row),
                _ => "",
            },
            None => "",
        }
    }

    fn int(&self, n: usize, row: usize) -> Option<i64> {
        let (array, row) = self.at(n, row)?;
        match array.as_primitive_opt::<Int64Type>() {
            Some(integers) => Some(integers.value(row)),
            None => {
                let integers = cast(&array.slice(row, 1), &DataType::Int64).ok()?;
                integers.is_valid(0).then(|| integers.as_primitive::<Int64Type>().value(0))
            }
        }
    }

    fn count(&self, n: usize, row: usize) -> u64 {
        self.int(n, row).and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
    }

    /// The innermost elements of a list.
    fn elements(&self, n: usize, row: usize) -> u64 {
        self.at(n, row).map_or(0, |(array, row)| elements(array.slice(row, 1).as_ref()))
    }

    /// The bytes of a list from one value to another.
    fn range(&self, row: usize) -> Result<u64> {
        let (from, to) = if self.0.len() == 1 { (None, 0) } else { (Some(0), 1) };
        let is_date = matches!(self.0[to].0.data_type(), DataType::Date32 | DataType::Date64);
        let (unit, timed) = match self.0[to].0.data_type() {
            DataType::Timestamp(..) => (1.0, true),
            _ if is_date => (DAY_NS, true),
            _ => (1.0, false),
        };
        let step = if timed { self.interval(2, row) } else { self.step(row) };
        let start = from.map_or(Some(0.0), |n| self.place(n, row));
        let (Some(start), Some(stop), Some(step)) = (start, self.place(to, row), step) else { return Ok(0) };
        let way = (stop - start) * unit;
        if step == 0.0 || way * step < 0.0 {
            return Ok(ELEMENT_BYTES);
        }
        // A conversion from a double keeps to the ends of the range.
        Ok((((way / step).abs() + 2.0) * 8.0 * 2.0) as u64)
    }

    fn step(&self, row: usize) -> Option<f64> {
        if self.0.len() < 3 { Some(1.0) } else { self.int(2, row).map(|step| step as f64) }
    }

    /// A number, a day or a nanosecond.
    fn place(&self, n: usize, row: usize) -> Option<f64> {
        let (array, row) = self.at(n, row)?;
        let one = array.slice(row, 1);
        let plain = match one.data_type() {
            DataType::Timestamp(_, zone) => {
                let nanoseconds = DataType::Timestamp(TimeUnit::Nanosecond, zone.clone());
                cast(&cast(&one, &nanoseconds).ok()?, &DataType::Int64).ok()?
            }
            DataType::Date64 | DataType::Date32 => {
                let days = cast(&cast(&one, &DataType::Date32).ok()?, &DataType::Int32).ok()?;
                cast(&days, &DataType::Int64).ok()?
            }
            _ => return self.int(n, row).map(|n| n as f64),
        };
        plain.is_valid(0).then(|| plain.as_primitive::<Int64Type>().value(0) as f64)
    }

    /// The fewest nanoseconds of a step in time. One whose parts go both ways may never arrive.
    fn interval(&self, n: usize, row: usize) -> Option<f64> {
        let (array, row) = self.at(n, row)?;
        let interval = array.as_primitive_opt::<IntervalMonthDayNanoType>()?.value(row);
        let parts = [
            f64::from(interval.months) * 28.0 * DAY_NS,
            f64::from(interval.days) * DAY_NS * 0.9,
            interval.nanoseconds as f64,
        ];
        let both = parts.iter().any(|part| *part > 0.0) && parts.iter().any(|part| *part < 0.0);
        Some(if both { f64::MIN_POSITIVE.copysign(parts[0]) } else { parts.iter().sum() })
    }
}

/// The values of a list, from its first to its last.
fn values(array: &dyn Array) -> Option<ArrayRef> {
    if let Some(list) = array.as_list_opt::<i32>() {
        let (first, last) = (*list.offsets().first()? as usize, *list.offsets().last()? as usize);
        return Some(list.values().slice(first, last - first));
    }
    let list = array.as_list_opt::<i64>()?;
    let (first, last) = (*list.offsets().first()? as usize, *list.offsets().last()? as usize);
    Some(list.values().slice(first, last - first))
}

fn elements(array: &dyn Array) -> u64 {
    values(array).map_or(array.len() as u64, |values| elements(values.as_ref()))
}

/// The bytes of what an array shows.
fn size(array: &dyn Array) -> u64 {
    if let Some(values) = values(array) {
        return size(values.as_ref()).saturating_add(8 * array.len() as u64);
    }
    if let Some(structs) = array.as_struct_opt() {
        return structs.columns().iter().map(|column| size(column.as_ref())).sum();
    }
    match array.data_type() {
        DataType::Utf8View => {
            let lengths = array.as_string_view().lengths().map(u64::from);
            lengths.sum::<u64>().saturating_add(16 * array.len() as u64)
        }
        _ => array.to_data().get_slice_memory_size().unwrap_or_else(|_| array.get_array_memory_size()) as u64,
    }
}
