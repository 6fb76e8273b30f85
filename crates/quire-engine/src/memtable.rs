//! Fresh documents in memory, every version since the last flush, sorted by id.
//!
//! One writer (the commit's leader) and many readers share a lock; a reader takes a bounded batch under it and lets
//! go. An ordered map behind a lock is three times faster here than a skip list.

use crate::sync::{read, write};
use quire_model::{DocId, Memory, MemoryUse, Reservation, Seq};
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, RwLock};

/// A version's text, or `None` for a delete.
pub(crate) type Text = Option<Arc<str>>;

/// What the map and its node cost for one version, besides id and text. Measured as resident memory over one
/// million documents of 100 bytes.
const VERSION_OVERHEAD_BYTES: usize = 120;

#[derive(Debug)]
pub(crate) struct Memtable {
    collections: RwLock<HashMap<u32, Documents>>,
    /// Given back when the last snapshot that sees this table lets go of it.
    reservation: Reservation,
    memory: Arc<Memory>,
}

/// The fresh documents of one collection.
#[derive(Debug, Default)]
struct Documents {
    by_id: BTreeMap<DocId, Versions>,
    bytes: usize,
}

/// The versions of one id; most have one, which then needs no allocation of its own.
#[derive(Debug)]
struct Versions {
    newest: (Seq, Text),
    /// Oldest first.
    older: Vec<(Seq, Text)>,
    /// Whether the oldest replaced a document that is not in this table.
    replaces: bool,
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
    /// Whether a document was there before.
    pub(crate) replaces: bool,
}

impl Write {
    /// Bytes that it takes in memory.
    pub(crate) fn bytes(id: &DocId, text_bytes: usize) -> usize {
        id.as_str().len() + text_bytes + VERSION_OVERHEAD_BYTES
    }
}

/// A version as a scan sees it.
pub(crate) struct Version {
    pub(crate) id: DocId,
    pub(crate) seq: Seq,
    pub(crate) text: Text,
}

impl Memtable {
    /// An empty table whose documents count in `memory`.
    pub(crate) fn new(memory: Arc<Memory>) -> Memtable {
        let reservation = memory.reservation(MemoryUse::Fresh);
        Memtable { collections: RwLock::default(), reservation, memory }
    }

    /// The empty table that follows this one.
    pub(crate) fn successor(&self) -> Memtable {
        Memtable::new(self.memory.clone())
    }

    /// Takes memory for writes that are about to be applied.
    ///
    /// # Errors
    /// `memory_limit`.
    pub(crate) fn reserve(&self, bytes: usize) -> quire_model::Result<()> {
        self.reservation.grow(bytes as u64)
    }

    /// Gives back what was reserved for writes that are not applied.
    pub(crate) fn unreserve(&self, bytes: usize) {
        self.reservation.shrink(bytes as u64);
    }

    /// Takes memory for writes of the log that is read back: they were acknowledged, whatever the budget says.
    pub(crate) fn reserve_anyway(&self, bytes: usize) {
        self.reservation.force(bytes as u64);
    }

    /// Applies the writes of a group under one lock, in order; their memory was reserved. A commit that writes an id
    /// twice leaves the last.
    pub(crate) fn apply(&self, writes: impl IntoIterator<Item = Write>) {
        let mut collections = write(&self.collections);
        for Write { collection, id, seq, text, replaces } in writes {
            let documents = collections.entry(collection).or_default();
            documents.bytes += Write::bytes(&id, text.as_ref().map_or(0, |t| t.len()));
            match documents.by_id.get_mut(&id) {
                Some(versions) if versions.newest.0 == seq => versions.newest.1 = text,
                Some(versions) => {
                    let older = std::mem::replace(&mut versions.newest, (seq, text));
                    versions.older.push(older);
                }
                None => {
                    let versions = Versions { newest: (seq, text), older: Vec::new(), replaces };
                    documents.by_id.insert(id, versions);
                }
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.reservation.bytes() as usize
    }

    /// The version of an id at `seq`; the outer `None` says that this table does not know it.
    pub(crate) fn get(&self, collection: u32, id: &str, seq: Seq) -> Option<(Seq, Text)> {
        let collections = read(&self.collections);
        collections.get(&collection)?.by_id.get(id)?.at(seq).cloned()
    }

    /// The revision of an id at `seq`, and whether it is a document and not a delete.
    pub(crate) fn revision(&self, collection: u32, id: &str, seq: Seq) -> Option<(Seq, bool)> {
        let collections = read(&self.collections);
        let (seq, text) = collections.get(&collection)?.by_id.get(id)?.at(seq)?;
        Some((*seq, text.is_some()))
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
        for (id, versions) in documents.by_id.range::<str, _>((from, Bound::Unbounded)) {
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

    /// Shows every id of a collection as it was at `seq`, in order, without copying it. IMPORTANT: the table must be
    /// frozen;
    /// the lock is held until the last was shown, and a writer would wait for it.
    pub(crate) fn each<E>(
        &self,
        collection: u32,
        seq: Seq,
        mut show: impl FnMut(&DocId, Seq, Option<&str>, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let collections = read(&self.collections);
        let documents = collections.get(&collection).into_iter().flat_map(|documents| &documents.by_id);
        for (id, versions) in documents {
            if let Some((seq, text)) = versions.at(seq) {
                show(id, *seq, text.as_deref(), versions.replaces)?;
            }
        }
        Ok(())
    }

    /// The collections that have versions here, sorted, and about how many bytes of them.
    pub(crate) fn collections(&self) -> Vec<(u32, usize)> {
        let collections = read(&self.collections);
        let mut sizes: Vec<_> = collections.iter().map(|(n, documents)| (*n, documents.bytes)).collect();
        sizes.sort_unstable();
        sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(id: &str, seq: Seq, text: Option<&str>) -> Write {
        let id = DocId::new(id).unwrap();
        Write { collection: 1, id, seq, text: text.map(Arc::from), replaces: false }
    }

    #[test]
    fn every_snapshot_sees_its_own_version() {
        let table = Memtable::new(Memory::new(1 << 30).unwrap());
        table.apply([put("a", 1, Some("1")), put("b", 1, Some("x"))]);
        table.apply([put("a", 3, None)]);
        table.apply([put("a", 5, Some("5")), put("a", 5, Some("6"))]);
        let at = |seq| table.get(1, "a", seq).map(|(s, t)| (s, t.map(|t| t.to_string())));
        assert_eq!(at(0), None);
        assert_eq!(at(2), Some((1, Some("1".into()))));
        assert_eq!(at(4), Some((3, None)));
        assert_eq!(at(9), Some((5, Some("6".into()))));
        assert_eq!(table.revision(1, "a", 4), Some((3, false)));
        assert_eq!(table.get(2, "a", 9), None);
        let (batch, end) = table.batch(1, Some(&DocId::new("a").unwrap()), 9, 10);
        assert!(end.is_none() && batch.len() == 1 && batch[0].id.as_str() == "b");
        assert_eq!(table.batch(1, None, 9, 1).1.unwrap().as_str(), "a");
        assert_eq!(table.batch(1, None, 0, 1).0.len(), 0);
    }
}
