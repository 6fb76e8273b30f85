//! What a reader sees: which memtables and segments, up to which commit. Published by one swap.

use crate::bitmap::Bitmap;
use crate::catalog::Catalog;
use crate::log::Lsn;
use crate::manifest::CollectionRow;
use crate::memtable::{Memtable, Text};
use crate::segment::{Hit, KeyHash, Segment};
use crate::sync::{read, write};
use quire_model::{Result, Seq};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// The layers of a database. Memtables are asked newest first; of the segments' rows of an id at most one is neither
/// hidden nor a delete, so their order does not matter.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) active: Arc<Memtable>,
    /// Newest first.
    pub(crate) frozen: Vec<Arc<Frozen>>,
    pub(crate) segments: Arc<Segments>,
    /// The segments hold every commit up to this one, and the memtables all later ones.
    pub(crate) flushed_seq: Seq,
}

/// A segment as one version sees it.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) segment: Arc<Segment>,
    pub(crate) hidden: Arc<Bitmap>,
}

/// The segments of a version.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    all: Vec<Layer>,
    /// Places in `all`, newest first.
    by_collection: HashMap<u32, Vec<usize>>,
}

/// A memtable that takes no more writes and waits to be flushed, with the moment that it ends at.
#[derive(Debug)]
pub(crate) struct Frozen {
    pub(crate) table: Arc<Memtable>,
    pub(crate) end: Mark,
    pub(crate) collections: Vec<CollectionRow>,
    pub(crate) next_collection: u32,
}

/// A moment: a commit, its time, and the place in the log behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) seq: Seq,
    pub(crate) time_ms: u64,
    pub(crate) lsn: Lsn,
}

/// One published state. Holding it keeps everything it names.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) seq: Seq,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) version: Arc<Version>,
}

impl Segments {
    pub(crate) fn new(all: Vec<Layer>) -> Segments {
        let mut by_collection: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, layer) in all.iter().enumerate() {
            for part in &layer.segment.facts.parts {
                by_collection.entry(part.collection).or_default().push(at);
            }
        }
        for (collection, places) in &mut by_collection {
            let newest = |at: &usize| all[*at].segment.part(*collection).map_or(0, |part| part.seq_max);
            places.sort_by_key(|at| std::cmp::Reverse(newest(at)));
        }
        Segments { all, by_collection }
    }

    pub(crate) fn all(&self) -> &[Layer] {
        &self.all
    }

    /// The segments that hold rows of a collection.
    pub(crate) fn of(&self, collection: u32) -> impl Iterator<Item = &Layer> {
        self.by_collection.get(&collection).into_iter().flatten().map(|at| &self.all[*at])
    }

    /// The one row of an id that is neither hidden nor a delete, and its segment.
    pub(crate) fn find(&self, collection: u32, id: &str) -> Result<Option<(&Layer, Hit)>> {
        let key = KeyHash::of(collection, id);
        for layer in self.of(collection) {
            if let Some(hit) = layer.segment.find(collection, id, key)?
                && !layer.hidden.contains(hit.number())
                && hit.row().text.is_some()
            {
                return Ok(Some((layer, hit)));
            }
        }
        Ok(None)
    }
}

impl Version {
    /// The newest version of an id at or before `seq`.
    pub(crate) fn get(&self, collection: u32, id: &str, seq: Seq) -> Result<Option<(Seq, Text)>> {
        if let Some(found) = self.fresh(collection, id, seq) {
            return Ok(Some(found));
        }
        let found = self.segments.find(collection, id)?;
        Ok(found.map(|(_, hit)| (hit.row().seq, hit.row().text.map(Arc::from))))
    }

    /// The revision of the newest version of an id at or before `seq`, if it is not a delete.
    pub(crate) fn revision(&self, collection: u32, id: &str, seq: Seq) -> Result<Option<Seq>> {
        if let Some(found) = self.tables().find_map(|table| table.revision(collection, id, seq)) {
            return Ok(found.1.then_some(found.0));
        }
        Ok(self.segments.find(collection, id)?.map(|(_, hit)| hit.row().seq))
    }

    /// The newest version of an id that is still in memory; reads no disk.
    pub(crate) fn fresh(&self, collection: u32, id: &str, seq: Seq) -> Option<(Seq, Text)> {
        self.tables().find_map(|table| table.get(collection, id, seq))
    }

    /// The memtables, newest first.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &Arc<Memtable>> {
        std::iter::once(&self.active).chain(self.frozen.iter().map(|frozen| &frozen.table))
    }
}

/// The published state, behind a lock that is held only to copy or swap a pointer.
#[derive(Debug)]
pub(crate) struct Live(RwLock<Arc<Published>>);

impl Live {
    pub(crate) fn new(published: Published) -> Live {
        Live(RwLock::new(Arc::new(published)))
    }

    pub(crate) fn get(&self) -> Arc<Published> {
        read(&self.0).clone()
    }

    /// Publishes what `change` makes of the newest state.
    pub(crate) fn update(&self, change: impl FnOnce(&mut Published)) {
        let mut live = write(&self.0);
        let mut next = Published::clone(&live);
        change(&mut next);
        *live = Arc::new(next);
    }
}

/// Freezes the active memtable at `end`, with the collections that it ends with; nothing where nothing is fresh.
pub(crate) fn freeze(published: &mut Published, end: Mark) {
    let unflushed =
        published.version.frozen.first().map_or(published.version.flushed_seq, |frozen| frozen.end.seq);
    if end.seq == unflushed {
        return;
    }
    let rows = published.catalog.iter().map(|c| CollectionRow {
        number: c.number,
        name: c.name.clone(),
        documents: c.documents(),
    });
    let (collections, next_collection) = (rows.collect(), published.catalog.next_number);
    let version = Arc::make_mut(&mut published.version);
    let next = version.active.successor();
    let table = std::mem::replace(&mut version.active, Arc::new(next));
    version.frozen.insert(0, Arc::new(Frozen { table, end, collections, next_collection }));
}
