//! `sum` over integers, held in 128 bits. Where the result does not fit into 64, the query says so.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, Int64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};
use std::sync::{Arc, LazyLock};

/// The most digits of a sum in the making.
const DIGITS: u8 = 38;

static EXACT_SUM: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| {
    let signature = Signature::exact(vec![DataType::Int64], Volatility::Immutable);
    Arc::new(AggregateUDF::from(ExactSum { signature }))
});

/// `sum` over a column of integers of 64 bits.
pub(in crate::sql) fn exact_sum() -> Arc<AggregateUDF> {
    Arc::clone(&EXACT_SUM)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ExactSum {
    signature: Signature,
}

impl AggregateUDFImpl for ExactSum {
    fn name(&self) -> &str {
        "sum"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Sum { sum: 0, count: 0 }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(args.name, DataType::Decimal128(DIGITS, 0), true))])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Sums::default()))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

fn result(sum: i128) -> Result<i64> {
    i64::try_from(sum).map_err(|_| {
        let text = format!("the sum {sum} goes beyond int64; sum(CAST(… AS DECIMAL(38,0))) holds it");
        DataFusionError::Execution(text)
    })
}

fn states(sums: impl Iterator<Item = Option<i128>>) -> Result<ArrayRef> {
    Ok(Arc::new(Decimal128Array::from_iter(sums).with_precision_and_scale(DIGITS, 0)?))
}

/// The sum of one group, or of a window that moves.
#[derive(Debug)]
struct Sum {
    sum: i128,
    count: u64,
}

impl Accumulator for Sum {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Int64Type>();
        self.count += (values.len() - values.null_count()) as u64;
        self.sum += values.iter().flatten().map(i128::from).sum::<i128>();
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Int64Type>();
        self.count -= (values.len() - values.null_count()) as u64;
        self.sum -= values.iter().flatten().map(i128::from).sum::<i128>();
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(if self.count == 0 { None } else { Some(result(self.sum)?) }))
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let sum = (self.count > 0).then_some(self.sum);
        Ok(vec![ScalarValue::Decimal128(sum, DIGITS, 0)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let sums = states[0].as_primitive::<Decimal128Type>();
        self.count += (sums.len() - sums.null_count()) as u64;
        self.sum += sums.iter().flatten().sum::<i128>();
        Ok(())
    }
}

/// The sums of many groups; `None` where nothing was added.
#[derive(Debug, Default)]
struct Sums(Vec<Option<i128>>);

impl Sums {
    fn add(
        &mut self,
        groups: &[usize],
        total: usize,
        values: impl Iterator<Item = Option<i128>>,
    ) -> Result<()> {
        self.0.resize(total, None);
        for (group, value) in groups.iter().zip(values) {
            let Some(value) = value else { continue };
            match self.0.get_mut(*group) {
                Some(sum) => *sum = Some(sum.unwrap_or(0) + value),
                None => return exec_err!("a group beyond the last"),
            }
        }
        Ok(())
    }
}

impl GroupsAccumulator for Sums {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let values = values[0].as_primitive::<Int64Type>();
        self.add(groups, total, kept(values, filter))
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let sums = emit_to.take_needed(&mut self.0);
        let sums = sums.into_iter().map(|sum| sum.map(result).transpose()).collect::<Result<Int64Array>>()?;
        Ok(Arc::new(sums))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![states(emit_to.take_needed(&mut self.0).into_iter())?])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.add(groups, total, values[0].as_primitive::<Decimal128Type>().iter())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        Ok(vec![states(kept(values[0].as_primitive(), filter))?])
    }

    fn size(&self) -> usize {
        self.0.capacity() * size_of::<Option<i128>>()
    }
}

/// The values of the rows that a FILTER lets through; the others are as good as null.
fn kept(values: &Int64Array, filter: Option<&BooleanArray>) -> impl Iterator<Item = Option<i128>> {
    values.iter().enumerate().map(move |(row, value)| {
        let kept = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        value.filter(|_| kept).map(i128::from)
    })
}
