//! What a batch will replace, as of one noted moment; read outside the queue.

use crate::version::Published;
use quire_model::{COMMIT_BYTES_MAX, Code, Error, Operation, Result, Seq, WriteBatch};

/// A batch with what was found for each of its operations.
pub(crate) struct Request {
    pub(crate) batch: WriteBatch,
    pub(crate) bytes: usize,
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
                (Some(collection), Some(id)) => published
                    .version
                    .get(collection, id.as_str(), published.seq)?
                    .and_then(|(seq, text)| text.is_some().then_some(seq)),
                _ => None,
            };
            Ok(Found { collection, revision })
        })
        .collect()
}
