//! The fields of a collection at a snapshot, from one pass over its documents.

use super::{Fields, Room, nested_fields_max};
use crate::held::take;
use crate::sql::types::{JSON, field};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use quire_model::{Error, Memory, MemoryUse, Name, Reservation, Result, Scan, Snapshot};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The most top-level fields that become columns without being named in a query.
const COLUMNS_MAX: usize = 1_000;
/// The most top-level fields that are remembered; one beyond is JSON where a query names it.
const FIELDS_MAX: usize = 20_000;
/// The most places in all that are remembered.
const PLACES_MAX: usize = 100_000;

/// What a place takes in memory, with its name twice.
const PLACE_BYTES: u64 = 256;
/// From so many bytes on what was seen counts in the memory budget; less is not worth the trouble.
const HELD_BYTES_MIN: u64 = 64 << 10;

/// What was seen of a collection.
#[derive(Debug)]
pub(in crate::sql) struct Inferred {
    fields: Fields,
    bytes: u64,
    /// The memory that it takes, where that is much.
    held: Option<Reservation>,
    /// The names that were kept although there were too many; empty where there were not.
    named: HashSet<String>,
}

/// Looks at every document of a collection, until `cancelled`. The fields named by `words` are kept, however
/// many others there are.
///
/// # Errors
/// `collection_not_found`, `corrupt`.
pub(in crate::sql) fn infer(
    snapshot: &dyn Snapshot,
    collection: &Name,
    words: &HashSet<String>,
    cancelled: &AtomicBool,
) -> Result<Inferred> {
    let mut fields = Fields::new(FIELDS_MAX);
    let mut room = Room(PLACES_MAX);
    let mut rows = snapshot.scan(Scan::all(collection.clone()))?;
    while let Some(batch) = rows.next_batch()? {
        if cancelled.load(Ordering::Relaxed) {
            return Err(Error::internal("the query ended while the fields of a collection were read"));
        }
        for stored in &batch {
            fields.see_document(stored.document.json(), words, &mut room);
        }
    }
    let named = if fields.overflowed() { words.clone() } else { HashSet::new() };
    let places = fields.len() + (PLACES_MAX - room.0);
    Ok(Inferred { fields, bytes: places as u64 * PLACE_BYTES, held: None, named })
}

impl Inferred {
    /// The same, counted in the memory budget where it takes much and there is one.
    ///
    /// # Errors
    /// `memory_limit`.
    pub(in crate::sql) fn held(self, memory: Option<Arc<Memory>>) -> Result<Inferred> {
        let Some(memory) = memory.filter(|_| self.bytes >= HELD_BYTES_MIN) else { return Ok(self) };
        let held = memory.reservation(MemoryUse::Query);
        take(&held, self.bytes)?;
        Ok(Inferred { held: Some(held), ..self })
    }

    /// Whether it counts in the memory budget.
    pub(in crate::sql) fn is_large(&self) -> bool {
        self.held.is_some()
    }

    /// Whether the fields named by `words` are among those that were looked at.
    pub(in crate::sql) fn covers(&self, words: &HashSet<String>) -> bool {
        !self.fields.overflowed() || words.is_subset(&self.named)
    }

    /// The columns of the table: `_id`, `_rev`, the most frequent fields and the ones among `words`, and
    /// `_doc` if that is one of the words.
    pub(in crate::sql) fn schema(&self, words: &HashSet<String>) -> SchemaRef {
        let mut columns =
            vec![Field::new("_id", DataType::Utf8, false), Field::new("_rev", DataType::Int64, false)];
        let mut left = nested_fields_max();
        let ours = |name: &str| matches!(name, "_id" | "_rev" | "_doc");
        let all = self.fields.by_frequency();
        let mut seen = 0;
        for (name, shape) in all.into_iter().filter(|(name, _)| !ours(name)) {
            seen += 1;
            if seen <= COLUMNS_MAX || words.contains(name) {
                columns.push(field(name, shape.column_type(&mut left)));
            }
        }
        if words.contains("_doc") {
            columns.push(field("_doc", JSON).with_nullable(false));
        }
        Arc::new(Schema::new(columns))
    }
}
