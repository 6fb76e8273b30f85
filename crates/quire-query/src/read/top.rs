//! Sorting within a memory limit: all rows, or only the first so many.

use super::order::{Order, Ranked};
use crate::Held;
use quire_model::Result;

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
    held: Held,
}

/// Rows in order, and the memory that they take.
pub(super) struct Sorted {
    pub(super) rows: Vec<Ranked>,
    pub(super) held: Held,
}

impl<'o> Top<'o> {
    /// Sorts by `order`; keeps the first `keep` rows, which must be at least 1, or all.
    pub(super) fn new(order: &'o Order, keep: Option<usize>, held: Held) -> Top<'o> {
        Top { order, rows: Vec::new(), keep, bounded: false, held }
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
        let grown = self.held.grow(row.bytes());
        self.rows.push(row);
        match self.keep {
            Some(keep) if grown.is_err() || self.rows.len() >= keep.saturating_mul(2) => self.cut(keep),
            _ => grown,
        }
    }

    /// The rows in order.
    pub(super) fn into_sorted(mut self) -> Sorted {
        let order = self.order;
        // No two rows are equal, so it does not matter that equal ones would not keep their places.
        self.rows.sort_unstable_by(|a, b| order.compare(a, b));
        if let Some(keep) = self.keep {
            self.rows.truncate(keep);
        }
        Sorted { rows: self.rows, held: self.held }
    }

    /// Lets go of the rows that are too many, and holds the memory of those that stay.
    fn cut(&mut self, keep: usize) -> Result<()> {
        if self.rows.len() > keep && keep > 0 {
            let order = self.order;
            self.rows.select_nth_unstable_by(keep - 1, |a, b| order.compare(a, b));
            self.rows.truncate(keep);
            self.bounded = true;
        }
        self.held.set(self.rows.iter().map(Ranked::bytes).sum())
    }
}
