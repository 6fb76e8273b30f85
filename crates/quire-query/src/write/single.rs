//! Changing one document.

use super::asked::{Asked, Condition, Verb};
use super::change::Written;
use super::prepare::Preparer;
use crate::Session;
use crate::idempotency::Fingerprint;
use quire_model::{Error, Result};

impl Session {
    /// Adds a document. Where it has no `_id`, one is made (UUIDv7) and put first.
    ///
    /// # Errors
    /// `document_exists`, `invalid_json`, `invalid_document`, `invalid_id`, `invalid_name`, `too_large`,
    /// `database_not_found`; with a key `idempotency_mismatch` and `quota_exceeded`, as every write.
    pub fn insert(&self, collection: &str, body: &[u8]) -> Result<Written> {
        let condition = Condition::Any;
        self.change(Asked { verb: Verb::Insert, collection, id: None, body, condition })
    }

    /// Writes a whole document, new or in place of another. A `_rev` in the body is an expected revision.
    ///
    /// # Errors As [`Session::insert`]; `document_exists`, `document_not_found` and `revision_mismatch` by
    /// what is expected; `invalid_request` where the body and the request expect different revisions.
    pub fn replace(
        &self,
        collection: &str,
        id: &str,
        body: &[u8],
        expect: impl Into<Condition>,
    ) -> Result<Written> {
        let condition = expect.into();
        self.change(Asked { verb: Verb::Replace, collection, id: Some(id), body, condition })
    }

    /// Changes a document by a merge patch (RFC 7396). A `_rev` in the patch is an expected revision; without
    /// one the patch is applied to whatever is there, again if somebody else is quicker.
    ///
    /// # Errors `document_not_found`, `collection_not_found`, `revision_mismatch`, `invalid_patch`,
    /// `invalid_id` where the patch would change the `_id`, and as [`Session::insert`]; `conflict` where
    /// others are quicker all the time.
    pub fn patch(
        &self,
        collection: &str,
        id: &str,
        body: &[u8],
        expect: impl Into<Condition>,
    ) -> Result<Written> {
        let condition = expect.into();
        self.change(Asked { verb: Verb::Patch, collection, id: Some(id), body, condition })
    }

    /// Removes a document.
    ///
    /// # Errors
    /// `document_not_found`, `collection_not_found`, `revision_mismatch`, `invalid_id`, `invalid_name`.
    pub fn delete(&self, collection: &str, id: &str, expect: impl Into<Condition>) -> Result<Written> {
        let condition = expect.into();
        self.change(Asked { verb: Verb::Delete, collection, id: Some(id), body: &[], condition })
    }

    fn change(&self, asked: Asked<'_>) -> Result<Written> {
        // The body is the document, so pointers into it are right as they are.
        let prepare = || Preparer::new(self.limits()).change(&asked).map_err(|misplaced| misplaced.error);
        let Some(key) = self.key() else { return self.commit_one(prepare()?) };
        let request = Fingerprint::of_change(&asked);
        self.commit_one_once(key.record()?, request, prepare)
    }
}

/// The one answer of a change that was committed by itself.
pub(super) fn the_one(mut written: Vec<Written>) -> Result<Written> {
    written.pop().ok_or_else(|| Error::internal("a change was answered without its document"))
}
