//! What can be asked to change, and what was changed.

use quire_model::{DocId, Expect, Seq};

/// One change of a batch or bulk. Bodies are the bytes of one JSON value as they were received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Add a document; `document_exists` where its id is taken.
    Insert {
        /// The collection.
        collection: String,
        /// The document.
        body: Vec<u8>,
    },
    /// Write a whole document, new or in place of another.
    Replace {
        /// The collection.
        collection: String,
        /// The id; where there is none, the document has it.
        id: Option<String>,
        /// The document.
        body: Vec<u8>,
        /// What must be there before.
        expect: Expect,
    },
    /// Change a document by a merge patch (RFC 7396).
    Patch {
        /// The collection.
        collection: String,
        /// The document's id.
        id: String,
        /// The patch.
        body: Vec<u8>,
        /// The revision that the document must have.
        expect: Option<Seq>,
    },
    /// Remove a document.
    Delete {
        /// The collection.
        collection: String,
        /// The document's id.
        id: String,
        /// The revision that the document must have.
        expect: Option<Seq>,
    },
}

/// A document that was written or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The document's id.
    pub id: DocId,
    /// The sequence number of the commit: the document's revision.
    pub rev: Seq,
    /// Whether the document was not there before.
    pub created: bool,
    /// Whether it was written by an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// A batch that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batched {
    /// The sequence number of the commit.
    pub seq: Seq,
    /// For each change, in order, what was written.
    pub written: Vec<Written>,
    /// Whether it was committed by an earlier request with the same idempotency key.
    pub replayed: bool,
}
