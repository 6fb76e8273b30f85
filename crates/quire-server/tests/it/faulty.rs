//! A store that fails, panics or waits on command, over the model store.

use quire_model::{
    Checkpoint, Code, Committed, DatabaseStatistics, DocId, Error, Filter, Name, Result, Rows, Scan, Seq,
    Snapshot, Store, Stored, Support, WriteBatch,
};
use quire_testkit::ModelStore;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// The store. By the name of the collection: `panics` panics on commit, `broken` breaks off its scans after
/// [`BROKEN_AFTER`] documents, `crashing` panics there, `waits` holds commits until [`Faulty::release`], and so do
/// the records of idempotency keys where `hold_keyed` is set.
#[derive(Default)]
pub(crate) struct Faulty {
    inner: ModelStore,
    pub(crate) read_only: AtomicBool,
    pub(crate) hold_keyed: AtomicBool,
    pub(crate) waiting: AtomicUsize,
    pub(crate) scanned: Arc<AtomicUsize>,
    /// Snapshots that somebody holds.
    pub(crate) snapshots: Arc<AtomicUsize>,
    /// The most operations, and the most bytes, that one commit had.
    pub(crate) largest: AtomicUsize,
    pub(crate) largest_bytes: AtomicUsize,
    released: Mutex<bool>,
    changed: Condvar,
}

pub(crate) const BROKEN_AFTER: usize = 2_000;

impl Faulty {
    fn wait(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut released = self.released.lock().unwrap();
        while !*released {
            released = self.changed.wait(released).unwrap();
        }
    }

    pub(crate) fn release(&self) {
        *self.released.lock().unwrap() = true;
        self.changed.notify_all();
    }
}

impl Store for Faulty {
    fn databases(&self) -> Result<Vec<Name>> {
        self.inner.databases()
    }

    fn create_database(&self, database: &Name) -> Result<()> {
        self.inner.create_database(database)
    }

    fn drop_database(&self, database: &Name) -> Result<()> {
        self.inner.drop_database(database)
    }

    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        let inner = self.inner.snapshot(database)?;
        Ok(Arc::new(FaultySnapshot {
            inner,
            scanned: Arc::clone(&self.scanned),
            held: Held::new(&self.snapshots),
        }))
    }

    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        self.largest.fetch_max(batch.operations.len(), Ordering::SeqCst);
        self.largest_bytes.fetch_max(batch.bytes(), Ordering::SeqCst);
        match batch.operations.first().map(|operation| operation.collection().as_str()) {
            Some("panics") => panic!("as the test wants it"),
            Some("waits") => self.wait(),
            Some("_idempotency") if self.hold_keyed.load(Ordering::SeqCst) => self.wait(),
            _ => {}
        }
        self.inner.commit(database, batch)
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        self.inner.checkpoint(database)
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        let mut statistics = self.inner.statistics(database)?;
        if self.read_only.load(Ordering::SeqCst) {
            statistics.read_only = Some("the disk failed".to_owned());
        }
        Ok(statistics)
    }
}

struct FaultySnapshot {
    inner: Arc<dyn Snapshot>,
    scanned: Arc<AtomicUsize>,
    held: Held,
}

/// Counts as long as it is held.
struct Held(Arc<AtomicUsize>);

impl Held {
    fn new(count: &Arc<AtomicUsize>) -> Held {
        count.fetch_add(1, Ordering::SeqCst);
        Held(Arc::clone(count))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Snapshot for FaultySnapshot {
    fn seq(&self) -> Seq {
        self.inner.seq()
    }

    fn timeline(&self) -> u64 {
        self.inner.timeline()
    }

    fn collections(&self) -> Result<Vec<Name>> {
        self.inner.collections()
    }

    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        self.inner.get(collection, ids)
    }

    fn scan(&self, scan: Scan) -> Result<Box<dyn Rows>> {
        let name = scan.collection.clone();
        let inner = self.inner.scan(scan)?;
        let held = Held::new(&self.held.0);
        Ok(Box::new(FaultyRows { inner, name, given: 0, scanned: Arc::clone(&self.scanned), _held: held }))
    }

    fn support(&self, filter: &Filter) -> Support {
        self.inner.support(filter)
    }
}

struct FaultyRows {
    inner: Box<dyn Rows>,
    name: Name,
    given: usize,
    scanned: Arc<AtomicUsize>,
    _held: Held,
}

impl Rows for FaultyRows {
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>> {
        if self.given >= BROKEN_AFTER {
            match self.name.as_str() {
                "broken" => return Err(Error::new(Code::Corrupt, "block 7 is damaged")),
                "crashing" => panic!("as the test wants it"),
                _ => {}
            }
        }
        let batch = self.inner.next_batch()?;
        let count = batch.as_ref().map_or(0, Vec::len);
        self.given += count;
        self.scanned.fetch_add(count, Ordering::SeqCst);
        Ok(batch)
    }
}
