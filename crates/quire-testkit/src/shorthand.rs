//! Short ways to say what tests of stores say often. A wrong name or text stops the test at once.

#![allow(clippy::unwrap_used, reason = "a shorthand of a test fails as the test does")]

use quire_model::{
    Committed, DocId, Document, Expect, Name, Operation, Result, Scan, Snapshot, Store, Stored, WriteBatch,
};

/// The name of the database that every store has.
pub fn main_db() -> Name {
    name("main")
}

/// A name.
pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// An id.
pub fn id(text: &str) -> DocId {
    DocId::new(text).unwrap()
}

/// A document from its JSON text, which has an `_id`.
pub fn document(json: &str) -> Document {
    Document::parse(json.as_bytes()).unwrap()
}

/// Writes a document, given as JSON.
pub fn put(collection: &str, json: &str, expect: Expect) -> Operation {
    Operation::Put { collection: name(collection), document: document(json), expect }
}

/// Writes a document with a field `v`.
pub fn put_value(collection: &str, own: &str, value: impl std::fmt::Display, expect: Expect) -> Operation {
    put(collection, &format!("{{\"_id\":\"{own}\",\"v\":{value}}}"), expect)
}

/// Removes a document.
pub fn delete(collection: &str, own: &str, expect: Expect) -> Operation {
    Operation::Delete { collection: name(collection), id: id(own), expect }
}

/// Makes a collection.
pub fn create(collection: &str) -> Operation {
    Operation::CreateCollection { collection: name(collection) }
}

/// Removes a collection.
pub fn drop_collection(collection: &str) -> Operation {
    Operation::DropCollection { collection: name(collection) }
}

/// Commits to the default database.
///
/// # Errors
/// As [`Store::commit`].
pub fn commit(store: &dyn Store, operations: Vec<Operation>) -> Result<Committed> {
    store.commit(&main_db(), WriteBatch { operations })
}

/// Pulls a scan to its end.
///
/// # Errors
/// As [`Snapshot::scan`].
pub fn rows(snapshot: &dyn Snapshot, scan: Scan) -> Result<Vec<Stored>> {
    let mut pull = snapshot.scan(scan)?;
    let mut rows = Vec::new();
    while let Some(batch) = pull.next_batch()? {
        rows.extend(batch);
    }
    Ok(rows)
}

/// Everything that a snapshot shows: a line for each collection and for each document in it.
///
/// # Errors
/// As [`Snapshot::scan`].
pub fn dump(snapshot: &dyn Snapshot) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for collection in snapshot.collections()? {
        lines.push(format!("{collection}:"));
        let found = rows(snapshot, Scan::all(collection))?;
        lines.extend(found.iter().map(Stored::text_with_rev));
    }
    Ok(lines)
}

/// Everything that the default database shows now.
///
/// # Errors
/// As [`Snapshot::scan`].
pub fn dump_now(store: &dyn Store) -> Result<Vec<String>> {
    dump(&*store.snapshot(&main_db())?)
}
