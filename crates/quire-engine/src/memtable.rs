//! Fresh documents in memory, every version since the last flush, sorted by id.
//!
//! One writer (the commit's leader) and many readers share a lock; a reader takes a bounded batch under it and lets
//! go. An ordered map behind a lock is three times faster here than a skip list.

use crate::sync::{read, write};
use quire_model::{DocId, Seq};
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

/// A version's text, or `None` for a delete.
pub(crate) type Text = Option<Arc<str>>;

/// What the map and its node cost for one version, besides id and text. Measured as resident memory over one
/// million documents of 100 bytes.
const VERSION_OVERHEAD_BYTES: usize = 120;

#[derive(Debug, Default)]
pub(crate) struct Memtable {
    collections: RwLock<HashMap<u32, BTreeMap<DocId, Versions>>>,
    bytes: AtomicUsize,
}

/// The versions of one id; most have one, which then needs no allocation of its own.
#[derive(Debug)]
struct Versions {
    newest: (Seq, Text),
    /// Oldest first.
    older: Vec<(Seq, Text)>,
}

impl Versions {
    fn at(&self, seq: Seq) -> Option<&(Seq, Text)> {
        if self.newest.0 <= seq {
            return Some(&self.newest);
        }
        self.older.iter().rev().find(|version| version.0 <= seq)
    }
}

/// One write to apply.
pub(crate) struct Write {
    pub(crate) collection: u32,
    pub(crate) id: DocId,
    pub(crate) seq: Seq,
    pub(crate) text: Text,
}

/// A version as a scan sees it.
pub(crate) struct Version {
    pub(crate) id: DocId,
    pub(crate) seq: Seq,
    pub(crate) text: Text,
}

impl Memtable {
    /// Applies the writes of a group under one lock, in order. A commit that writes an id twice leaves the last.
    pub(crate) fn apply(&self, writes: impl IntoIterator<Item = Write>) {
        let mut collections = write(&self.collections);
        let mut added = 0;
        for Write { collection, id, seq, text } in writes {
            added += id.as_str().len() + text.as_ref().map_or(0, |t| t.len()) + VERSION_OVERHEAD_BYTES;
            let documents = collections.entry(collection).or_default();
            match documents.get_mut(&id) {
                Some(versions) if versions.newest.0 == seq => versions.newest.1 = text,
                Some(versions) => {
                    let older = std::mem::replace(&mut versions.newest, (seq, text));
                    versions.older.push(older);
                }
                None => {
                    documents.insert(id, Versions { newest: (seq, text), older: Vec::new() });
                }
            }
        }
        self.bytes.fetch_add(added, Ordering::Relaxed);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The version of an id at `seq`; the outer `None` says that this table does not know it.
    pub(crate) fn get(&self, collection: u32, id: &str, seq: Seq) -> Option<(Seq, Text)> {
        let collections = read(&self.collections);
        collections.get(&collection)?.get(id)?.at(seq).cloned()
    }

    /// The ids after `after` as they were at `seq`, in order, as far as a look at `count` ids reaches, and the last id
    /// looked at; `None` at the end. A look is bounded because no commit can go on meanwhile.
    pub(crate) fn batch(
        &self,
        collection: u32,
        after: Option<&DocId>,
        seq: Seq,
        count: usize,
    ) -> (Vec<Version>, Option<DocId>) {
        let collections = read(&self.collections);
        let Some(documents) = collections.get(&collection) else { return (Vec::new(), None) };
        let from = after.map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_str()));
        let mut out = Vec::new();
        let mut looked = 0;
        for (id, versions) in documents.range::<str, _>((from, Bound::Unbounded)) {
            if let Some((seq, text)) = versions.at(seq) {
                out.push(Version { id: id.clone(), seq: *seq, text: text.clone() });
            }
            looked += 1;
            if looked == count {
                return (out, Some(id.clone()));
            }
        }
        (out, None)
    }

    /// The collections that have versions here, sorted.
    pub(crate) fn collections(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = read(&self.collections).keys().copied().collect();
        numbers.sort_unstable();
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(id: &str, seq: Seq, text: Option<&str>) -> Write {
        Write { collection: 1, id: DocId::new(id).unwrap(), seq, text: text.map(Arc::from) }
    }

    #[test]
    fn every_snapshot_sees_its_own_version() {
        let table = Memtable::default();
        table.apply([put("a", 1, Some("1")), put("b", 1, Some("x"))]);
        table.apply([put("a", 3, None)]);
        table.apply([put("a", 5, Some("5")), put("a", 5, Some("6"))]);
        let at = |seq| table.get(1, "a", seq).map(|(s, t)| (s, t.map(|t| t.to_string())));
        assert_eq!(at(0), None);
        assert_eq!(at(2), Some((1, Some("1".into()))));
        assert_eq!(at(4), Some((3, None)));
        assert_eq!(at(9), Some((5, Some("6".into()))));
        assert_eq!(table.get(2, "a", 9), None);
        let (batch, end) = table.batch(1, Some(&DocId::new("a").unwrap()), 9, 10);
        assert!(end.is_none() && batch.len() == 1 && batch[0].id.as_str() == "b");
        assert_eq!(table.batch(1, None, 9, 1).1.unwrap().as_str(), "a");
        assert_eq!(table.batch(1, None, 0, 1).0.len(), 0);
    }
}
