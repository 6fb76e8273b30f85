//! Streams: all documents of a query, one after the other.

use super::Seen;
use super::matching::Matching;
use super::order::Ranked;
use super::projection::Projection;
use super::query::{Find, Query, some_limit};
use super::top::Sorted;
use crate::{Held, Session};
use quire_model::Result;

/// The documents of a stream as JSON text with `_rev`. It blocks while it pulls, and ends after an error.
pub struct Documents {
    source: Source,
    projection: Projection,
    left: Option<usize>,
}

enum Source {
    Scan(Box<Matching>),
    Sorted(std::vec::IntoIter<Ranked>, Held),
    Ended,
}

impl Session {
    /// All documents that match, in order, as many as the limit says. By `_id` they come as they are read;
    /// in another order they are sorted first, within the memory limit.
    ///
    /// # Errors
    /// As [`Session::find`], but that there is no maximum for the limit.
    pub fn stream(&self, query: &Find) -> Result<Seen<Documents>> {
        let limit = some_limit(query.limit)?;
        let query = Query::new(self, query)?;
        let snapshot = self.snapshot()?;
        query.check_timeline(&*snapshot)?;
        let source = if query.order.is_by_id() {
            let after = query.after.map(|place| place.id);
            let timeout = self.limits().query_timeout;
            let matching = Matching::new(&*snapshot, &query.collection, query.filter, after, limit, timeout)?;
            Source::Scan(Box::new(matching))
        } else {
            let Sorted { rows, held } = self.rows(&*snapshot, &query, limit)?;
            Source::Sorted(rows.into_iter(), held)
        };
        let documents = Documents { source, projection: query.projection, left: limit };
        Ok(Seen { seq: snapshot.seq(), value: documents })
    }
}

impl Iterator for Documents {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Result<String>> {
        if self.left == Some(0) {
            return None;
        }
        let next = match &mut self.source {
            Source::Scan(matching) => {
                // Whoever reads slowly is not to blame for the time between two documents.
                matching.restart_deadline();
                matching.next()
            }
            Source::Sorted(rows, held) => Ok(rows.next().map(|row| {
                held.shrink(row.bytes());
                row.stored
            })),
            Source::Ended => return None,
        };
        match next {
            Ok(Some(stored)) => {
                self.left = self.left.map(|left| left - 1);
                Some(Ok(self.projection.text(&stored)))
            }
            Ok(None) => {
                self.source = Source::Ended;
                None
            }
            Err(error) => {
                self.source = Source::Ended;
                Some(Err(error))
            }
        }
    }
}
