//! Find: one page of a query.

use super::Seen;
use super::cursor;
use super::matching::Matching;
use super::order::Ranked;
use super::query::{Find, Page, Query, some_limit};
use super::top::{Sorted, Top};
use crate::held::Beside;
use crate::{Held, Session};
use quire_model::{Code, Error, Result, Snapshot};

impl Session {
    /// One page of the documents that match, in order. A page's cursor, given with the same query, goes on
    /// after it: over data that does not change every document comes exactly once.
    ///
    /// # Errors
    /// `invalid_filter`, `invalid_cursor`, `invalid_request` for a limit of 0 or over the maximum,
    /// `collection_not_found`, `database_not_found`, `invalid_name`, `timeout`, `memory_limit`.
    pub fn find(&self, query: &Find) -> Result<Seen<Page>> {
        let limit = self.page_limit(query.limit)?;
        let query = Query::new(self, query)?;
        let snapshot = self.snapshot()?;
        query.check_timeline(&*snapshot)?;
        // One more than asked for tells whether there is another page.
        let Sorted { mut rows, held } = self.rows(&*snapshot, &query, Some(limit.saturating_add(1)))?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let cursor = match rows.last() {
            Some(last) if more => Some(cursor::encode(last, query.fingerprint, snapshot.timeline())?),
            _ => None,
        };
        // Each document goes as its text is made, so that what is held is there once.
        let documents = rows.into_iter().map(|row| query.projection.text(&row.stored)).collect();
        Ok(Seen { seq: snapshot.seq(), value: Page { documents, cursor, _held: Beside::new(held) } })
    }

    /// The first rows of a query, in its order; all where no number is given.
    pub(super) fn rows(
        &self,
        snapshot: &dyn Snapshot,
        query: &Query,
        count: Option<usize>,
    ) -> Result<Sorted> {
        let limits = self.limits();
        let by_id = query.order.is_by_id();
        let after = query.after.as_ref().filter(|_| by_id).map(|place| place.id.clone());
        let pulled = count.filter(|_| by_id);
        let (name, filter) = (&query.collection, query.filter.clone());
        let mut matching = Matching::new(snapshot, name, filter, after, pulled, limits.query_timeout)?;
        let held = self.hold(limits.sort_bytes_max);
        if by_id {
            return first(&mut matching, query, count, held);
        }
        let mut top = Top::new(&query.order, count, held);
        while let Some(stored) = matching.next()? {
            let row = query.order.rank(stored);
            if query.after.as_ref().is_none_or(|place| query.order.is_after(&row, place)) {
                top.push(row)?;
            }
        }
        Ok(top.into_sorted())
    }

    fn page_limit(&self, limit: Option<usize>) -> Result<usize> {
        let limits = self.limits();
        let Some(limit) = some_limit(limit)? else { return Ok(limits.page_size_default) };
        if limit > limits.page_size_max {
            let detail =
                format!("a page has at most {} documents; go on with its cursor", limits.page_size_max);
            return Err(Error::new(Code::InvalidRequest, detail).under("/limit"));
        }
        Ok(limit)
    }
}

/// The next rows as the scan gives them.
fn first(matching: &mut Matching, query: &Query, count: Option<usize>, mut held: Held) -> Result<Sorted> {
    let mut rows: Vec<Ranked> = Vec::new();
    while count.is_none_or(|count| rows.len() < count) {
        let Some(stored) = matching.next()? else { break };
        let row = query.order.rank(stored);
        held.grow(row.bytes())?;
        rows.push(row);
    }
    Ok(Sorted { rows, held })
}
