//! Changing one document.

use super::change::Written;
use super::prepare::{Misplaced, Preparer, delete};
use crate::Session;
use quire_model::{Expect, Result, Seq};

impl Session {
    /// Adds a document. Where it has no `_id`, one is made (UUIDv7) and put first.
    ///
    /// # Errors
    /// `document_exists`, `invalid_json`, `invalid_document`, `invalid_id`, `invalid_name`, `too_large`,
    /// `database_not_found`.
    pub fn insert(&self, collection: &str, body: &[u8]) -> Result<Written> {
        self.commit_one(Preparer::new(self.limits()).insert(collection, body).map_err(own)?)
    }

    /// Writes a whole document, new or in place of another. A `_rev` in the body is an expected revision.
    ///
    /// # Errors As [`Session::insert`]; `document_exists`, `document_not_found` and `revision_mismatch` by
    /// what is expected; `invalid_request` where the body and the request expect different revisions.
    pub fn replace(&self, collection: &str, id: &str, body: &[u8], expect: Expect) -> Result<Written> {
        self.commit_one(
            Preparer::new(self.limits()).replace(collection, Some(id), body, expect).map_err(own)?,
        )
    }

    /// Changes a document by a merge patch (RFC 7396). A `_rev` in the patch is an expected revision; without
    /// one the patch is applied to whatever is there, again if somebody else is quicker.
    ///
    /// # Errors `document_not_found`, `collection_not_found`, `revision_mismatch`, `invalid_patch`,
    /// `invalid_id` where the patch would change the `_id`, and as [`Session::insert`]; `conflict` where
    /// others are quicker all the time.
    pub fn patch(&self, collection: &str, id: &str, body: &[u8], expect: Option<Seq>) -> Result<Written> {
        self.commit_one(Preparer::new(self.limits()).patch(collection, id, body, expect).map_err(own)?)
    }

    /// Removes a document.
    ///
    /// # Errors
    /// `document_not_found`, `collection_not_found`, `revision_mismatch`, `invalid_id`, `invalid_name`.
    pub fn delete(&self, collection: &str, id: &str, expect: Option<Seq>) -> Result<Written> {
        self.commit_one(delete(collection, id, expect).map_err(own)?)
    }
}

/// The error as it is: the body is the document, so its pointers are right.
fn own(misplaced: Misplaced) -> quire_model::Error {
    misplaced.error
}
