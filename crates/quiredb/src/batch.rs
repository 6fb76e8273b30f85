//! Several writes that happen together or not at all.

use crate::Written;
use crate::collection::encode;
use quire_model::{Expect, Result};
use quire_query::{Change, Session};
use serde::Serialize;

/// Writes that are collected and then committed at once, in order: a later one sees the earlier ones.
///
/// ```
/// # fn main() -> quiredb::Result<()> {
/// # let db = quiredb::Db::open(quiredb::doc_folder("batch"))?;
/// use serde_json::json;
/// db.batch()
///     .insert("accounts", &json!({"_id": "ana", "balance": 70}))
///     .insert("accounts", &json!({"_id": "bo", "balance": 30}))
///     .commit()?;
/// let error = db
///     .batch()
///     .patch("accounts", "ana", r#"{"balance":0}"#)
///     .insert("accounts", &json!({"_id": "bo", "balance": 1}))
///     .commit()
///     .unwrap_err();
/// assert_eq!(error.code(), quiredb::Code::DocumentExists);
/// assert_eq!(db.collection::<serde_json::Value>("accounts").get("ana")?.unwrap().value["balance"], 70);
/// # Ok(()) }
/// ```
#[must_use = "a batch does nothing before it is committed"]
pub struct Batch {
    session: Session,
    changes: Result<Vec<Change>>,
}

impl Batch {
    pub(crate) fn new(session: Session) -> Batch {
        Batch { session, changes: Ok(Vec::new()) }
    }

    fn with(mut self, change: Result<Change>) -> Batch {
        // The first value that cannot be written is what the commit reports.
        self.changes = self.changes.and_then(|mut changes| {
            changes.push(change?);
            Ok(changes)
        });
        self
    }

    /// Adds a document.
    pub fn insert<T: Serialize>(self, collection: &str, value: &T) -> Batch {
        let change = encode(value).map(|body| Change::Insert { collection: collection.to_owned(), body });
        self.with(change)
    }

    /// Writes a document under an id, if what is there is as expected.
    pub fn replace<T: Serialize>(self, collection: &str, id: &str, value: &T, expect: Expect) -> Batch {
        let (collection, id) = (collection.to_owned(), Some(id.to_owned()));
        let change = encode(value).map(|body| Change::Replace { collection, id, body, expect });
        self.with(change)
    }

    /// Changes parts of a document by a merge patch.
    pub fn patch(self, collection: &str, id: &str, patch: &str) -> Batch {
        let (collection, id) = (collection.to_owned(), id.to_owned());
        self.with(Ok(Change::Patch { collection, id, body: patch.as_bytes().to_vec(), expect: None }))
    }

    /// Removes a document.
    pub fn delete(self, collection: &str, id: &str) -> Batch {
        let (collection, id) = (collection.to_owned(), id.to_owned());
        self.with(Ok(Change::Delete { collection, id, expect: None }))
    }

    /// Commits the batch: all of it, durable, or nothing.
    ///
    /// # Errors
    /// Those of each write; the part's pointer `/operations/N` says which.
    pub fn commit(self) -> Result<Vec<Written>> {
        let batched = self.session.batch(self.changes?)?;
        Ok(batched.written.into_iter().map(Written::from).collect())
    }
}
