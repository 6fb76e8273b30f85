//! A store that makes a checkpoint after every so many commits.
//!
//! A limit on memory is large beside what a small case writes; this makes a small case meet every layer of a store.

use quire_model::{
    Checkpoint, Code, Committed, DatabaseStatistics, Name, Result, Snapshot, Store, WriteBatch,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A wrapper that makes checkpoints that nobody asked for.
pub struct Restless {
    inner: Box<dyn Store>,
    every: u64,
    commits: AtomicU64,
}

impl Restless {
    /// Makes a checkpoint after every so many commits of a store.
    pub fn new(every: u64, inner: Box<dyn Store>) -> Restless {
        Restless { inner, every: every.max(1), commits: AtomicU64::new(0) }
    }
}

impl Store for Restless {
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
        self.inner.snapshot(database)
    }

    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        let committed = self.inner.commit(database, batch)?;
        if (self.commits.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(self.every) {
            match self.inner.checkpoint(database) {
                Ok(_) => {}
                // Somebody else dropped the database meanwhile.
                Err(error) if error.code() == Code::DatabaseNotFound => {}
                Err(error) => panic!("a checkpoint after a commit failed: {error}"),
            }
        }
        Ok(committed)
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        self.inner.checkpoint(database)
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        self.inner.statistics(database)
    }
}
