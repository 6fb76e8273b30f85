//! Sorting within a memory limit: all rows, or only the first so many.

use super::order::{Order, Ranked};
use quire_model::{Code, Error, Result};

/// Rows on their way to being sorted.
///
/// With a number of rows to keep, twice as many are gathered and then cut down to it; the last one that stays
/// is the bound that later rows must pass. That is a comparison for most rows, as with a heap, and no more
/// code.
pub(super) struct Top<'o> {
    order: &'o Order,
    rows: Vec<Ranked>,
    keep: Option<usize>,
    /// Whether `rows[keep - 1]` is the greatest row of the first `keep`.
    bounded: bool,
    bytes: usize,
    bytes_max: usize,
}

impl<'o> Top<'o> {
    /// Sorts by `order`; keeps the first `keep` rows, which must be at least 1, or all.
    pub(super) fn new(order: &'o Order, keep: Option<usize>, bytes_max: usize) -> Top<'o> {
        Top { order, rows: Vec::new(), keep, bounded: false, bytes: 0, bytes_max }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// `memory_limit`.
    pub(super) fn push(&mut self, row: Ranked) -> Result<()> {
        if let (true, Some(keep)) = (self.bounded, self.keep) {
            let bound = self.rows.get(keep.saturating_sub(1));
            if bound.is_some_and(|bound| self.order.compare(&row, bound).is_gt()) {
                return Ok(());
            }
        }
        self.bytes += row.bytes();
        self.rows.push(row);
        if let Some(keep) = self.keep
            && (self.rows.len() >= keep.saturating_mul(2) || self.bytes > self.bytes_max)
        {
            self.cut(keep);
        }
        if self.bytes > self.bytes_max {
            return Err(over_limit(self.bytes_max));
        }
        Ok(())
    }

    /// The rows in order.
    pub(super) fn into_sorted(mut self) -> Vec<Ranked> {
        let order = self.order;
        // No two rows are equal, so it does not matter that equal ones would not keep their places.
        self.rows.sort_unstable_by(|a, b| order.compare(a, b));
        if let Some(keep) = self.keep {
            self.rows.truncate(keep);
        }
        self.rows
    }

    fn cut(&mut self, keep: usize) {
        if self.rows.len() <= keep || keep == 0 {
            return;
        }
        let order = self.order;
        self.rows.select_nth_unstable_by(keep - 1, |a, b| order.compare(a, b));
        self.rows.truncate(keep);
        self.bytes = self.rows.iter().map(Ranked::bytes).sum();
        self.bounded = true;
    }
}

/// The error for a query that holds too much.
pub(super) fn over_limit(bytes_max: usize) -> Error {
    let detail =
        format!("the query would hold more than {bytes_max} bytes at once; use a filter or a smaller limit");
    Error::new(Code::MemoryLimit, detail)
}
