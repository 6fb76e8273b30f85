//! What a reader sees: which memtables and runs, up to which commit. Published by one swap.

use crate::catalog::Catalog;
use crate::log::Lsn;
use crate::manifest::CollectionRow;
use crate::memtable::{Memtable, Text};
use crate::run::Run;
use crate::sync::{read, write};
use quire_model::{Result, Seq};
use std::sync::{Arc, RwLock};

/// The layers of a database, newest first: whichever knows an id first has its newest version.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) active: Arc<Memtable>,
    /// Newest first.
    pub(crate) frozen: Vec<Arc<Frozen>>,
    /// Newest first.
    pub(crate) runs: Vec<Arc<Run>>,
    /// The runs hold every commit up to this one, and the memtables all later ones.
    pub(crate) flushed_seq: Seq,
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

impl Version {
    /// The newest version of an id at or before `seq`.
    pub(crate) fn get(&self, collection: u32, id: &str, seq: Seq) -> Result<Option<(Seq, Text)>> {
        if let Some(found) = self.fresh(collection, id, seq) {
            return Ok(Some(found));
        }
        for run in &self.runs {
            if let Some(found) = run.get(collection, id)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
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
    let table = std::mem::take(&mut version.active);
    version.frozen.insert(0, Arc::new(Frozen { table, end, collections, next_collection }));
}
