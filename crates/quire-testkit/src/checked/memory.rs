//! What a snapshot said of each document: it must say the same for ever, by id and by scan.

use super::must;
use quire_model::{DocId, Document, Name, Seq, Stored};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many answers are remembered.
const ANSWERS_MAX: usize = 40_000;
/// Texts up to this size are read again as documents.
const PARSED_BYTES_MAX: usize = 64 << 10;

/// A document's revision and a hash of its text.
pub(super) type Print = (Seq, u64);

pub(super) fn print(stored: &Stored) -> Print {
    let mut hasher = DefaultHasher::new();
    stored.document.text().hash(&mut hasher);
    (stored.rev, hasher.finish())
}

/// The answers of one snapshot.
#[derive(Default)]
pub(super) struct Memory {
    documents: BTreeMap<(Name, DocId), Option<Print>>,
    /// How many rows a whole scan had, and their hash.
    scans: BTreeMap<Name, (usize, u64)>,
}

impl Memory {
    /// Notes what was said of a document, or compares it with what was said before.
    pub(super) fn said(&mut self, seq: Seq, collection: &Name, id: &DocId, stored: Option<&Stored>) {
        let now = stored.map(print);
        let key = (collection.clone(), id.clone());
        if let Some(before) = self.documents.get(&key) {
            must(*before == now, || {
                let revision = |print: &Option<Print>| print.map(|(revision, _)| revision);
                let (before, now) = (revision(before), revision(&now));
                format!(
                    "the snapshot at {seq} said {before:?} of {id:?} in {collection}, and now {now:?} or another text"
                )
            });
            return;
        }
        if let Some(stored) = stored {
            must((1..=seq).contains(&stored.rev), || {
                format!("{id:?} in {collection} has revision {} in the snapshot at {seq}", stored.rev)
            });
            must(stored.document.id() == id, || {
                format!("{id:?} was asked for, {:?} came", stored.document.id())
            });
            check_text(collection, &stored.document);
        }
        if self.documents.len() < ANSWERS_MAX {
            self.documents.insert(key, now);
        }
    }

    /// Notes what a whole scan gave, or compares it with what one gave before.
    pub(super) fn scanned(&mut self, seq: Seq, collection: &Name, rows: usize, hash: u64) {
        let before = *self.scans.entry(collection.clone()).or_insert((rows, hash));
        must(before == (rows, hash), || {
            format!("two scans of {collection} in the snapshot at {seq} differ: {} and {rows} rows", before.0)
        });
    }
}

/// A document's text is one, and names its id.
fn check_text(collection: &Name, document: &Document) {
    let text = document.text();
    if text.len() <= PARSED_BYTES_MAX {
        let parsed = Document::parse(text.as_bytes());
        must(parsed.as_ref().is_ok_and(|parsed| parsed == document), || {
            format!("what {collection} holds as {:?} is no document of that id: {parsed:?}", document.id())
        });
    }
}
