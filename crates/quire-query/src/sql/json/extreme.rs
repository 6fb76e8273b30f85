//! `min` and `max` over JSON numbers: they compare by their exact values, and the one found keeps its digits.
//! Values that are no numbers do not count.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, LargeStringArray};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};
use quire_model::json::{Json, compare};
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::{Arc, LazyLock};

/// Which end of the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum End {
    Min,
    Max,
}

static BOTH: LazyLock<[Arc<AggregateUDF>; 2]> = LazyLock::new(|| {
    [End::Min, End::Max].map(|end| {
        let signature = Signature::exact(vec![crate::sql::types::JSON], Volatility::Immutable);
        Arc::new(AggregateUDF::from(Extreme { end, signature }))
    })
});

/// The function of that name over a JSON column.
pub(super) fn extreme(name: &str) -> Option<Arc<AggregateUDF>> {
    BOTH.iter().find(|function| function.name() == name).cloned()
}

impl End {
    /// Whether a number is to be kept rather than another one. Of equal ones it is the shorter, so that the
    /// answer does not depend on the order of the rows.
    fn prefers(self, new: &str, old: &str) -> bool {
        let order = compare(Json::new(new), Json::new(old));
        let order = if self == End::Min { order } else { order.reverse() };
        order.then_with(|| new.len().cmp(&old.len())).then_with(|| new.cmp(old)) == Ordering::Less
    }
}

/// The numbers of a column, row by row.
fn numbers(values: &LargeStringArray) -> impl Iterator<Item = Option<&str>> {
    values.iter().map(|text| text.filter(|text| Json::new(text).as_number().is_some()))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Extreme {
    end: End,
    signature: Signature,
}

impl AggregateUDFImpl for Extreme {
    fn name(&self) -> &str {
        match self.end {
            End::Min => "min",
            End::Max => "max",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(crate::sql::types::JSON)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Best { end: self.end, text: None }))
    }

    fn create_sliding_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Sliding { end: self.end, kept: VecDeque::new(), first: 0, next: 0 }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(crate::sql::types::field(args.name, crate::sql::types::JSON))])
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Bests { end: self.end, texts: Vec::new(), bytes: 0 }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

/// The number to keep of one group.
#[derive(Debug)]
struct Best {
    end: End,
    text: Option<String>,
}

impl Accumulator for Best {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for number in numbers(values[0].as_string()).flatten() {
            if self.text.as_deref().is_none_or(|old| self.end.prefers(number, old)) {
                self.text = Some(number.to_owned());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::LargeUtf8(self.text.clone()))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.text.as_ref().map_or(0, String::capacity)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }
}

/// The number to keep of a window that moves: those that may still become it, the best one first.
#[derive(Debug)]
struct Sliding {
    end: End,
    kept: VecDeque<(u64, String)>,
    /// The first row of the window, and the one after its last.
    first: u64,
    next: u64,
}

impl Accumulator for Sliding {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for number in numbers(values[0].as_string()) {
            if let Some(number) = number {
                // One that leaves earlier and is no better never becomes the best.
                while self.kept.back().is_some_and(|(_, old)| !self.end.prefers(old, number)) {
                    self.kept.pop_back();
                }
                self.kept.push_back((self.next, number.to_owned()));
            }
            self.next += 1;
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.first += values[0].len() as u64;
        while self.kept.front().is_some_and(|(row, _)| *row < self.first) {
            self.kept.pop_front();
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::LargeUtf8(self.kept.front().map(|(_, text)| text.clone())))
    }

    fn size(&self) -> usize {
        let texts: usize = self.kept.iter().map(|(_, text)| text.capacity()).sum();
        size_of::<Self>() + self.kept.capacity() * size_of::<(u64, String)>() + texts
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }
}

/// The numbers to keep of many groups.
#[derive(Debug)]
struct Bests {
    end: End,
    texts: Vec<Option<Box<str>>>,
    /// What the texts take together.
    bytes: usize,
}

impl Bests {
    fn take(&mut self, emit_to: EmitTo) -> LargeStringArray {
        let texts = emit_to.take_needed(&mut self.texts);
        self.bytes -= texts.iter().flatten().map(|text| text.len()).sum::<usize>();
        texts.iter().map(|text| text.as_deref()).collect()
    }
}

impl GroupsAccumulator for Bests {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.texts.resize(total, None);
        for (group, number) in groups.iter().zip(kept(values[0].as_string(), filter)) {
            let Some(number) = number else { continue };
            let Some(text) = self.texts.get_mut(*group) else { return exec_err!("a group beyond the last") };
            if text.as_deref().is_none_or(|old| self.end.prefers(number, old)) {
                self.bytes += number.len();
                self.bytes -= text.replace(number.into()).map_or(0, |old| old.len());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        Ok(Arc::new(self.take(emit_to)))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(self.take(emit_to))])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.update_batch(values, groups, None, total)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(kept(values[0].as_string(), filter).collect::<LargeStringArray>())])
    }

    fn size(&self) -> usize {
        self.texts.capacity() * size_of::<Option<Box<str>>>() + self.bytes
    }
}

/// The numbers of the rows that a FILTER lets through.
fn kept<'a>(
    values: &'a LargeStringArray,
    filter: Option<&'a BooleanArray>,
) -> impl Iterator<Item = Option<&'a str>> {
    numbers(values).enumerate().map(move |(row, number)| {
        number.filter(|_| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row)))
    })
}
