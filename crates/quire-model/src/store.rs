//! The two traits where backends meet: [`Store`] and [`Snapshot`].
//!
//! A method is here only if the embedded engine and a relational backend can give it the same meaning. Everything is
//! synchronous and works in batches; who calls from an asynchronous place does so on a pool of its own.

use crate::{Committed, DocId, Filter, Memory, Name, Result, Seq, Stored, WriteBatch};
use std::sync::Arc;

/// A set of databases, each with one order of commits.
pub trait Store: Send + Sync {
    /// The databases, by name.
    fn databases(&self) -> Result<Vec<Name>>;

    /// Makes a database; it is durable when this returns.
    ///
    /// # Errors
    /// `database_exists`.
    fn create_database(&self, database: &Name) -> Result<()>;

    /// Removes a database with everything in it.
    ///
    /// # Errors
    /// `database_not_found`; `invalid_name` for the default database, which always exists.
    fn drop_database(&self, database: &Name) -> Result<()>;

    /// A fixed point in time of one database: what was committed when this was called, and nothing later.
    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>>;

    /// Commits a batch: all or nothing, durable when this returns.
    ///
    /// # Errors
    /// What an expectation found instead (`document_exists`, `document_not_found`, `revision_mismatch`; the part's
    /// pointer is `/operations/N`), `collection_exists`, `collection_not_found`, `too_large`, `disk_full`,
    /// `read_only`, and `outcome_unknown` where the disk failed in the middle.
    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed>;

    /// Bounds the time that a restart takes: afterwards nothing that is committed by now is read from the log again.
    fn checkpoint(&self, database: &Name) -> Result<Checkpoint>;

    /// Figures of one database.
    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics>;

    /// The memory budget that this store and the queries over it share; `None` where the store keeps none.
    fn memory(&self) -> Option<Arc<Memory>> {
        None
    }

    /// Figures of what is kept in memory to be read again; `None` where nothing is.
    fn cache_statistics(&self) -> Option<CacheStatistics> {
        None
    }
}

/// A fixed point in time of one database. Holding one keeps what it sees.
pub trait Snapshot: Send + Sync {
    /// The sequence number of the newest commit seen.
    fn seq(&self) -> Seq;

    /// The database's timeline: a number that no other database has, also not one of the same name that was made
    /// later. A sequence number means something only together with it.
    fn timeline(&self) -> u64;

    /// The collections, by name.
    fn collections(&self) -> Result<Vec<Name>>;

    /// The documents with these ids, in their order; `None` where there is none.
    ///
    /// # Errors
    /// `collection_not_found`, `corrupt`.
    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>>;

    /// Documents in order of `_id`, pulled in batches. No lock is held between two pulls.
    ///
    /// # Errors
    /// `collection_not_found`, `corrupt`.
    fn scan(&self, scan: Scan) -> Result<Box<dyn Rows>>;

    /// How well [`Snapshot::scan`] keeps to this filter. What is not exact is checked again above.
    fn support(&self, filter: &Filter) -> Support;
}

/// What to read.
#[derive(Debug, Clone)]
pub struct Scan {
    /// The collection.
    pub collection: Name,
    /// Which documents; see [`Snapshot::support`].
    pub filter: Filter,
    /// Only ids after this one.
    pub after: Option<DocId>,
    /// At most so many, if the filter's support is exact.
    pub limit: Option<usize>,
}

impl Scan {
    /// Every document of a collection.
    pub fn all(collection: Name) -> Scan {
        Scan { collection, filter: Filter::all(), after: None, limit: None }
    }
}

/// A pull of documents.
pub trait Rows: Send {
    /// The next documents; `None` at the end. An empty list says that much was looked at and nothing matched: the
    /// caller can look at the clock and go on.
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>>;
}

/// How well a backend keeps to a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// Returns exactly what the filter says.
    Exact,
    /// May return too much, never too little.
    Inexact,
    /// Ignores it.
    None,
}

/// What a checkpoint did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// Everything up to this commit needs no log any more.
    pub seq: Seq,
    /// Bytes written to data files.
    pub written_bytes: u64,
}

/// Figures of a cache, counted since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheStatistics {
    /// Times that what was asked for was there.
    pub hits: u64,
    /// Times that it was read from a file.
    pub misses: u64,
    /// Bytes that it has now.
    pub bytes: u64,
    /// The most that it may have.
    pub bytes_max: u64,
}

/// Figures of one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionStatistics {
    /// The collection.
    pub name: Name,
    /// Documents in it now.
    pub documents: u64,
}

/// Figures of one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseStatistics {
    /// The database.
    pub name: Name,
    /// The newest commit.
    pub seq: Seq,
    /// Its collections, by name.
    pub collections: Vec<CollectionStatistics>,
    /// Everything up to this commit needs no log any more.
    pub checkpoint_seq: Seq,
    /// Bytes of log files, as they stand on disk.
    pub log_bytes: u64,
    /// Bytes of data files.
    pub data_bytes: u64,
    /// Data files.
    pub data_files: u64,
    /// Bytes of fresh documents in memory.
    pub memory_bytes: u64,
    /// Commits since the database was opened.
    pub commits: u64,
    /// Syncs of the log since the database was opened; with group commit fewer than commits.
    pub log_syncs: u64,
    /// Transactions read back from the log when the database was opened.
    pub recovered_transactions: u64,
    /// Why writes are refused, where they are.
    pub read_only: Option<String>,
}
