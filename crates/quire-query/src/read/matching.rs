//! The documents that match a filter, in order of `_id`.

use super::deadline::Deadline;
use crate::hint::with_hint;
use quire_model::{DocId, Filter, Name, Result, Row, Rows, Scan, Snapshot, Stored, Support};
use std::time::Duration;

/// A pull of the documents that match.
pub(super) struct Matching {
    rows: Box<dyn Rows>,
    batch: std::vec::IntoIter<Stored>,
    /// What the store's scan may have let through.
    again: Option<Filter>,
    deadline: Deadline,
}

impl Matching {
    /// Begins after an id, where there is one. `limit` is a hint for the store: when it keeps to the filter
    /// exactly, no more than that will be pulled.
    pub(super) fn new(
        snapshot: &dyn Snapshot,
        collection: &Name,
        filter: Filter,
        after: Option<DocId>,
        limit: Option<usize>,
        timeout: Duration,
    ) -> Result<Matching> {
        let support = if filter.is_all() { Support::Exact } else { snapshot.support(&filter) };
        let (pushed, again) = match support {
            Support::Exact => (filter, None),
            Support::Inexact => (filter.clone(), Some(filter)),
            Support::None => (Filter::all(), Some(filter)),
        };
        let limit = limit.filter(|_| again.is_none());
        let scan = Scan { collection: collection.clone(), filter: pushed, after, limit };
        let deadline = Deadline::new(timeout);
        let rows = snapshot.scan(scan).map_err(|error| with_hint(error, collection, snapshot))?;
        Ok(Matching { rows, batch: Vec::new().into_iter(), again, deadline })
    }

    /// The next document.
    ///
    /// # Errors
    /// `timeout`, `corrupt`.
    pub(super) fn next(&mut self) -> Result<Option<Stored>> {
        loop {
            for stored in self.batch.by_ref() {
                if self.again.as_ref().is_none_or(|filter| filter.matches(Row::from(&stored))) {
                    return Ok(Some(stored));
                }
            }
            self.deadline.check()?;
            match self.rows.next_batch()? {
                Some(batch) => self.batch = batch.into_iter(),
                None => return Ok(None),
            }
        }
    }

    /// Gives the query its whole time again.
    pub(super) fn restart_deadline(&mut self) {
        self.deadline.restart();
    }
}
