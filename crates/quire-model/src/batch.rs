//! A commit's worth of writes, each with what it expects to find.

use crate::{Code, DocId, Document, Error, Name, Result, Seq};

/// The most bytes that one commit may have: 256 MiB.
pub const COMMIT_BYTES_MAX: usize = 256 << 20;

/// What a write expects of the document it replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Anything: present or absent.
    Any,
    /// No document has the id.
    Absent,
    /// A document has the id.
    Present,
    /// A document has the id and this revision.
    Revision(Seq),
}

impl Expect {
    /// Compares the expectation with what is there: `found` is the current revision, if any.
    ///
    /// # Errors
    /// `document_exists`, `document_not_found`, `revision_mismatch`.
    pub fn check(self, collection: &Name, id: &DocId, found: Option<Seq>) -> Result<()> {
        match (self, found) {
            (Expect::Any, _) | (Expect::Absent, None) | (Expect::Present, Some(_)) => Ok(()),
            (Expect::Revision(expected), Some(found)) if expected == found => Ok(()),
            (Expect::Absent, Some(found)) => Err(Error::new(
                Code::DocumentExists,
                format!("{collection} has a document {id:?} already, at revision {found}"),
            )),
            (Expect::Revision(expected), Some(found)) => Err(Error::new(
                Code::RevisionMismatch,
                format!("document {id:?} in {collection} is at revision {found}, not {expected}"),
            )),
            (Expect::Present | Expect::Revision(_), None) => Err(not_found(collection, id)),
        }
    }
}

/// The error for a document that is not there.
pub fn not_found(collection: &Name, id: &DocId) -> Error {
    Error::new(Code::DocumentNotFound, format!("{collection} has no document {id:?}"))
}

/// One write of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Write a whole document; the collection is made if it is absent.
    Put {
        /// The collection.
        collection: Name,
        /// What to write; its id is the address.
        document: Document,
        /// What must be there before.
        expect: Expect,
    },
    /// Remove a document. Removing what is absent under [`Expect::Any`] does nothing.
    Delete {
        /// The collection.
        collection: Name,
        /// The document.
        id: DocId,
        /// What must be there before.
        expect: Expect,
    },
    /// Make a collection; `collection_exists` where it is there.
    CreateCollection {
        /// The collection.
        collection: Name,
    },
    /// Remove a collection with all its documents; `collection_not_found` where it is absent.
    DropCollection {
        /// The collection.
        collection: Name,
    },
}

impl Operation {
    /// The collection that the operation touches.
    pub fn collection(&self) -> &Name {
        match self {
            Operation::Put { collection, .. }
            | Operation::Delete { collection, .. }
            | Operation::CreateCollection { collection }
            | Operation::DropCollection { collection } => collection,
        }
    }

    /// About how many bytes the operation takes in the log.
    pub fn bytes(&self) -> usize {
        64 + match self {
            Operation::Put { document, .. } => document.text().len() + document.id().as_str().len(),
            Operation::Delete { id, .. } => id.as_str().len(),
            Operation::CreateCollection { .. } | Operation::DropCollection { .. } => 0,
        }
    }
}

/// Writes that become visible and durable together or not at all, in order: a later one sees the earlier ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteBatch {
    /// The writes.
    pub operations: Vec<Operation>,
}

impl WriteBatch {
    /// A batch of one write.
    pub fn of(operation: Operation) -> WriteBatch {
        WriteBatch { operations: vec![operation] }
    }

    /// About how many bytes the batch takes in the log.
    pub fn bytes(&self) -> usize {
        self.operations.iter().map(Operation::bytes).sum()
    }
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The sequence number of the commit: the revision of every document it wrote. For a batch that had nothing to
    /// do, the newest sequence number.
    pub seq: Seq,
    /// For each operation, in order, the revision that was there before it: `None` where nothing was.
    pub previous: Vec<Option<Seq>>,
}
