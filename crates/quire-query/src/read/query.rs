//! A query as it was asked, and as it is carried out once everything in it was checked.

use super::cursor::{self, Position};
use super::order::Order;
use super::projection::Projection;
use super::sort_key::SortKey;
use crate::Session;
use crate::held::Beside;
use quire_model::json::compact_into;
use quire_model::{Code, Error, Filter, Name, Path, Result, Snapshot};

/// A query for documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Find {
    /// The collection.
    pub collection: String,
    /// Which documents, as JSON text; all where there is none.
    pub filter: Option<String>,
    /// The order; by `_id` where it is empty. Ties are always ordered by `_id`.
    pub sort: Vec<SortKey>,
    /// Which fields; all where it is empty. `_id` and `_rev` are always there.
    pub fields: Vec<Path>,
    /// How many documents at most.
    pub limit: Option<usize>,
    /// Where to go on: the cursor of the page before, of the same query.
    pub cursor: Option<String>,
}

impl Find {
    /// The query for everything in a collection.
    pub fn all(collection: &str) -> Find {
        Find { collection: collection.to_owned(), ..Find::default() }
    }
}

/// Some of the documents of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The documents as JSON text, with `_rev`.
    pub documents: Vec<String>,
    /// Where the next page begins; `None` at the end.
    pub cursor: Option<String>,
    /// The memory that the documents take.
    pub(super) _held: Beside,
}

/// A checked query.
pub(super) struct Query {
    pub(super) collection: Name,
    pub(super) filter: Filter,
    pub(super) order: Order,
    pub(super) projection: Projection,
    pub(super) after: Option<Position>,
    /// What a cursor must belong to.
    pub(super) fingerprint: u64,
}

impl Query {
    pub(super) fn new(session: &Session, find: &Find) -> Result<Query> {
        let collection = Name::new(&find.collection)?;
        let filter = filter(find.filter.as_deref())?;
        let order = Order::new(&find.sort);
        let fingerprint = fingerprint(session.database(), &collection, find);
        let after = match &find.cursor {
            Some(text) => Some(cursor::decode(text, fingerprint, order.keys().len())?),
            None => None,
        };
        Ok(Query { collection, filter, order, projection: Projection::new(&find.fields), after, fingerprint })
    }

    /// Checks that a cursor belongs to the database that is read now.
    ///
    /// # Errors
    /// `timeline_changed`.
    pub(super) fn check_timeline(&self, snapshot: &dyn Snapshot) -> Result<()> {
        self.after.as_ref().map_or(Ok(()), |place| place.check_timeline(snapshot.timeline()))
    }
}

/// Reads a filter; without one everything matches.
pub(super) fn filter(text: Option<&str>) -> Result<Filter> {
    match text {
        Some(text) => Filter::parse(text).map_err(|e| e.under("/filter")),
        None => Ok(Filter::all()),
    }
}

/// Checks a limit that must not be 0.
pub(super) fn some_limit(limit: Option<usize>) -> Result<Option<usize>> {
    if limit == Some(0) {
        let detail = "a limit is at least 1; leave it out for the default";
        return Err(Error::new(Code::InvalidRequest, detail).under("/limit"));
    }
    Ok(limit)
}

/// A number for everything that decides which documents come in which order. It must be the same in every
/// process and version, because cursors outlive both.
fn fingerprint(database: &Name, collection: &Name, find: &Find) -> u64 {
    let mut text = format!("{database}\0{collection}\0").into_bytes();
    compact_into(find.filter.as_deref().unwrap_or("{}"), &mut text);
    for key in &find.sort {
        text.extend_from_slice(if key.descending { b"\0-" } else { b"\0+" });
        for segment in key.path.segments() {
            text.extend_from_slice(segment.key.as_bytes());
            text.push(1);
        }
    }
    // FNV-1a. It tells honest mistakes apart; a forged cursor can do no more than choose where to go on.
    text.iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}
