//! What a batch will replace, as of one noted moment; read outside the queue.

use crate::memtable::Write;
use crate::version::Published;
use quire_model::{COMMIT_BYTES_MAX, Code, Error, Operation, Result, Seq, WriteBatch};

/// A batch with what was found for each of its operations.
pub(crate) struct Request {
    pub(crate) batch: WriteBatch,
    pub(crate) bytes: usize,
    /// Bytes of memory that the batch takes when it is committed.
    pub(crate) memory_bytes: usize,
    /// The newest commit when `found` was looked up.
    pub(crate) noted: Seq,
    pub(crate) found: Vec<Found>,
}

/// What an operation's address held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The collection's number, if it was there.
    pub(crate) collection: Option<u32>,
    /// The document's revision, if it was there.
    pub(crate) revision: Option<Seq>,
}

/// Checks a batch's size.
pub(crate) fn check_size(batch: &WriteBatch) -> Result<usize> {
    let bytes = batch.bytes();
    if bytes > COMMIT_BYTES_MAX {
        let detail = format!("this commit has {bytes} bytes, at most {COMMIT_BYTES_MAX} are allowed");
        return Err(Error::new(Code::TooLarge, detail));
    }
    Ok(bytes)
}

/// Bytes of memory that a batch takes.
pub(crate) fn memory_bytes(batch: &WriteBatch) -> usize {
    let bytes = |operation: &Operation| match operation {
        Operation::Put { document, .. } => Write::bytes(document.id(), document.text().len()),
        Operation::Delete { id, .. } => Write::bytes(id, 0),
        Operation::CreateCollection { .. } | Operation::DropCollection { .. } => 0,
    };
    batch.operations.iter().map(bytes).sum()
}

/// Looks up what a batch will replace.
pub(crate) fn resolve(published: &Published, batch: &WriteBatch) -> Result<Vec<Found>> {
    batch
        .operations
        .iter()
        .map(|operation| {
            let collection = published.catalog.get(operation.collection().as_str()).map(|c| c.number);
            let id = match operation {
                Operation::Put { document, .. } => Some(document.id()),
                Operation::Delete { id, .. } => Some(id),
                Operation::CreateCollection { .. } | Operation::DropCollection { .. } => None,
            };
            let revision = match (collection, id) {
                (Some(collection), Some(id)) => {
                    published.version.revision(collection, id.as_str(), published.seq)?
                }
                _ => None,
            };
            Ok(Found { collection, revision })
        })
        .collect()
}
