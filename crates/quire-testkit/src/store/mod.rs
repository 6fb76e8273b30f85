//! The model store: databases as plain maps, copied when they are written under a snapshot.
//!
//! A write: [`ModelStore::commit`] takes the lock, `pending.rs` works out what the batch does and refuses it
//! whole or not at all, then everything is put in place. A read: `snapshot.rs` keeps the maps as they were.

mod pending;
mod snapshot;

use pending::Pending;
use quire_model::{
    COMMIT_BYTES_MAX, Checkpoint, Code, CollectionStatistics, Committed, DatabaseStatistics, DocId, Error,
    Memory, Name, Result, Seq, Snapshot, Store, Stored, Support, WriteBatch,
};
use snapshot::ModelSnapshot;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The documents of one collection.
pub(crate) type Documents = BTreeMap<DocId, Stored>;

/// The collections of one database. The maps are shared with snapshots and copied before they are changed.
pub(crate) type Collections = BTreeMap<Name, Arc<Documents>>;

/// The name of the database that always exists.
const DEFAULT_DATABASE: &str = "main";

/// A store in memory that is meant to be obviously right and nothing else.
pub struct ModelStore {
    databases: Mutex<BTreeMap<Name, Database>>,
    support: Support,
    memory: Option<Arc<Memory>>,
}

struct Database {
    timeline: u64,
    seq: Seq,
    collections: Collections,
    checkpoint_seq: Seq,
    commits: u64,
}

impl Default for Database {
    fn default() -> Database {
        static MADE: AtomicU64 = AtomicU64::new(1);
        Database {
            timeline: MADE.fetch_add(1, Ordering::Relaxed),
            seq: 0,
            collections: Collections::new(),
            checkpoint_seq: 0,
            commits: 0,
        }
    }
}

impl ModelStore {
    /// A store with the default database, empty, that answers filters exactly.
    pub fn new() -> ModelStore {
        ModelStore::with_support(Support::Exact)
    }

    /// A store whose scans keep to filters as well as this and no better: what is above has to check again.
    pub fn with_support(support: Support) -> ModelStore {
        let main = Name::new(DEFAULT_DATABASE).map(|name| (name, Database::default()));
        ModelStore { databases: Mutex::new(main.into_iter().collect()), support, memory: None }
    }

    /// The store with a memory budget, for those who ask for one. What it has in its maps does not count.
    #[must_use]
    pub fn with_memory(self, memory: Arc<Memory>) -> ModelStore {
        ModelStore { memory: Some(memory), ..self }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Name, Database>> {
        self.databases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ModelStore {
    fn default() -> ModelStore {
        ModelStore::new()
    }
}

impl Store for ModelStore {
    fn databases(&self) -> Result<Vec<Name>> {
        Ok(self.lock().keys().cloned().collect())
    }

    fn create_database(&self, database: &Name) -> Result<()> {
        let mut databases = self.lock();
        if databases.contains_key(database) {
            return Err(Error::new(Code::DatabaseExists, format!("there is a database {database} already")));
        }
        databases.insert(database.clone(), Database::default());
        Ok(())
    }

    fn drop_database(&self, database: &Name) -> Result<()> {
        if database.as_str() == DEFAULT_DATABASE {
            return Err(Error::new(Code::InvalidName, "the default database always exists"));
        }
        self.lock().remove(database).map(drop).ok_or_else(|| no_database(database))
    }

    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        let databases = self.lock();
        let found = databases.get(database).ok_or_else(|| no_database(database))?;
        Ok(Arc::new(ModelSnapshot::new(found.timeline, found.seq, found.collections.clone(), self.support)))
    }

    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        let mut databases = self.lock();
        let found = databases.get_mut(database).ok_or_else(|| no_database(database))?;
        let bytes = batch.bytes();
        if bytes > COMMIT_BYTES_MAX {
            let detail = format!("a commit has at most {COMMIT_BYTES_MAX} bytes, this one has {bytes}");
            return Err(Error::new(Code::TooLarge, detail));
        }
        let seq = found.seq + 1;
        let mut pending = Pending::new(&found.collections, seq);
        let mut previous = Vec::with_capacity(batch.operations.len());
        for (n, operation) in batch.operations.into_iter().enumerate() {
            previous.push(pending.add(operation).map_err(|e| e.under(&format!("/operations/{n}")))?);
        }
        if let Some(changes) = pending.finish() {
            changes.apply(&mut found.collections);
            found.seq = seq;
            found.commits += 1;
        }
        Ok(Committed { seq: found.seq, previous })
    }

    fn memory(&self) -> Option<Arc<Memory>> {
        self.memory.clone()
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        let mut databases = self.lock();
        let found = databases.get_mut(database).ok_or_else(|| no_database(database))?;
        found.checkpoint_seq = found.seq;
        Ok(Checkpoint { seq: found.seq, written_bytes: 0 })
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        let databases = self.lock();
        let found = databases.get(database).ok_or_else(|| no_database(database))?;
        let count = |(name, documents): (&Name, &Arc<Documents>)| CollectionStatistics {
            name: name.clone(),
            documents: documents.len() as u64,
        };
        let bytes =
            found.collections.values().flat_map(|c| c.values()).map(|s| s.document.text().len() as u64);
        Ok(DatabaseStatistics {
            name: database.clone(),
            seq: found.seq,
            collections: found.collections.iter().map(count).collect(),
            checkpoint_seq: found.checkpoint_seq,
            log_bytes: 0,
            data_bytes: 0,
            data_files: 0,
            memory_bytes: bytes.sum(),
            commits: found.commits,
            log_syncs: found.commits,
            recovered_transactions: 0,
            read_only: None,
        })
    }
}

fn no_database(database: &Name) -> Error {
    Error::new(Code::DatabaseNotFound, format!("there is no database {database}"))
}

pub(crate) fn no_collection(collection: &Name) -> Error {
    Error::new(Code::CollectionNotFound, format!("there is no collection {collection}"))
}
