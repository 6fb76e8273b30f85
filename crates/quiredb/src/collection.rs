//! Typed documents.

use crate::{Query, Written};
use quire_model::json::Json;
use quire_model::{Code, Error, Expect, Result};
use quire_query::Session;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// A collection whose documents are values of `T`.
///
/// `T` is written as serde writes it, and must give a JSON object. If it has a field `_id`, that is the document's id;
/// leave it out (`skip_serializing_if`) to have one made. What is read has `_id` and `_rev` beside the fields of `T`,
/// which serde ignores unless told otherwise.
pub struct Collection<T> {
    session: Session,
    name: String,
    documents: PhantomData<fn() -> T>,
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<T> {
    /// Its `_id`.
    pub id: String,
    /// Its revision: the sequence number of the commit that wrote it.
    pub rev: u64,
    /// Its content.
    pub value: T,
}

impl<T> Collection<T> {
    pub(crate) fn new(session: Session, name: &str) -> Collection<T> {
        Collection { session, name: name.to_owned(), documents: PhantomData }
    }

    /// The collection's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many documents a filter (JSON, as in `{"age":{"$gte":18}}`) holds for; `{}` for all.
    ///
    /// # Errors
    /// `invalid_filter` with the place, `collection_not_found`.
    pub fn count(&self, filter: &str) -> Result<u64> {
        Ok(self.session.count(&self.name, Some(filter))?.value)
    }

    /// Removes a document.
    ///
    /// # Errors
    /// `document_not_found`.
    pub fn delete(&self, id: &str) -> Result<Written> {
        Ok(self.session.delete(&self.name, id, None)?.into())
    }

    /// Removes a document if it still has a revision.
    ///
    /// # Errors
    /// `document_not_found`, `revision_mismatch`.
    pub fn delete_if(&self, id: &str, rev: u64) -> Result<Written> {
        Ok(self.session.delete(&self.name, id, Some(rev))?.into())
    }

    /// Changes parts of a document by a merge patch (RFC 7396): given fields are set, null removes. What the patch does
    /// not touch keeps its text exactly.
    ///
    /// ```
    /// # fn main() -> quiredb::Result<()> {
    /// # let db = quiredb::Db::open(quiredb::doc_folder("patch"))?;
    /// let items = db.collection::<serde_json::Value>("items");
    /// items.insert(&serde_json::json!({"_id": "a", "price": 1, "old": true}))?;
    /// items.patch("a", r#"{"price":2.50,"old":null}"#)?;
    /// assert_eq!(items.get("a")?.unwrap().value["price"], 2.5);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `document_not_found`, `invalid_patch`.
    pub fn patch(&self, id: &str, patch: &str) -> Result<Written> {
        Ok(self.session.patch(&self.name, id, patch.as_bytes(), None)?.into())
    }

    /// Changes parts of a document if it still has a revision.
    ///
    /// # Errors
    /// As [`Collection::patch`], and `revision_mismatch`.
    pub fn patch_if(&self, id: &str, patch: &str, rev: u64) -> Result<Written> {
        Ok(self.session.patch(&self.name, id, patch.as_bytes(), Some(rev))?.into())
    }
}

impl<T: Serialize> Collection<T> {
    /// Adds a document.
    ///
    /// # Errors
    /// `document_exists`, `invalid_document`, `invalid_id`, `too_large`.
    pub fn insert(&self, value: &T) -> Result<Written> {
        Ok(self.session.insert(&self.name, &encode(value)?)?.into())
    }

    /// Writes a document under an id, new or in place of another.
    ///
    /// # Errors
    /// `invalid_document`, `invalid_id`, `too_large`.
    pub fn replace(&self, id: &str, value: &T) -> Result<Written> {
        self.replace_expecting(id, value, Expect::Any)
    }

    /// Writes a document in place of another if that still has a revision.
    ///
    /// ```
    /// # fn main() -> quiredb::Result<()> {
    /// # let db = quiredb::Db::open(quiredb::doc_folder("replace-if"))?;
    /// let items = db.collection::<serde_json::Value>("items");
    /// let first = items.insert(&serde_json::json!({"_id": "a", "n": 1}))?;
    /// items.replace_if("a", &serde_json::json!({"n": 2}), first.rev)?;
    /// let error = items.replace_if("a", &serde_json::json!({"n": 3}), first.rev).unwrap_err();
    /// assert_eq!(error.code(), quiredb::Code::RevisionMismatch);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Collection::replace`], `document_not_found`, `revision_mismatch`.
    pub fn replace_if(&self, id: &str, value: &T, rev: u64) -> Result<Written> {
        self.replace_expecting(id, value, Expect::Revision(rev))
    }

    fn replace_expecting(&self, id: &str, value: &T, expect: Expect) -> Result<Written> {
        Ok(self.session.replace(&self.name, id, &encode(value)?, expect)?.into())
    }
}

impl<T: DeserializeOwned> Collection<T> {
    /// The document with an id; `None` where there is none.
    ///
    /// # Errors
    /// `invalid_document` where it does not fit `T`; `corrupt`. A collection that does not exist has no documents.
    pub fn get(&self, id: &str) -> Result<Option<Document<T>>> {
        match self.session.get(&self.name, id) {
            Ok(seen) => decode(&seen.value.text_with_rev()).map(Some),
            Err(error) if matches!(error.code(), Code::DocumentNotFound | Code::CollectionNotFound) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Begins a query: the documents that a filter (JSON) holds for; `{}` for all. The filter is checked when the query
    /// runs.
    pub fn find(&self, filter: &str) -> Query<T> {
        Query::new(self.session.clone(), &self.name, filter)
    }
}

pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| {
        Error::new(Code::InvalidDocument, format!("the value cannot be written as JSON: {e}")).with_source(e)
    })
}

/// A document from its text with `_id` and `_rev`.
pub(crate) fn decode<T: DeserializeOwned>(text: &str) -> Result<Document<T>> {
    let json = Json::new(text);
    let id = json.get("_id").and_then(|id| Some(id.as_str()?.into_owned())).unwrap_or_default();
    let rev = json.get("_rev").and_then(|rev| rev.as_number()?.to_i64()).unwrap_or(0);
    let value = serde_json::from_str(text).map_err(|e| {
        let detail = format!("document {id:?} does not fit {}: {e}", std::any::type_name::<T>());
        Error::new(Code::InvalidDocument, detail).with_source(e)
    })?;
    Ok(Document { id, rev: rev as u64, value })
}
