//! Figures of a server, and checkpoints.

use serde::{Deserialize, Serialize};

/// `GET /v1/stats`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatsAnswer {
    /// The server's version.
    pub version: String,
    /// Seconds since it began to serve.
    pub uptime_s: u64,
    /// The memory budget; null where the store keeps none.
    pub memory: Option<MemoryStats>,
    /// The cache of what was read from data files; null where the store has none.
    pub cache: Option<CacheStats>,
    /// Every database.
    pub databases: Vec<DatabaseStats>,
}

/// Figures of the memory budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryStats {
    /// The whole budget in bytes.
    pub bytes_max: u64,
    /// Bytes of fresh documents, of all databases, and of versions that snapshots keep.
    pub fresh_bytes: u64,
    /// Bytes that queries and their answers hold.
    pub query_bytes: u64,
}

/// Figures of the cache, counted since the server began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheStats {
    /// Bytes that it has.
    pub bytes: u64,
    /// The most that it may have; a part of the memory budget.
    pub bytes_max: u64,
    /// Times that a piece of a data file was there.
    pub hits: u64,
    /// Times that it was read from the file.
    pub misses: u64,
}

/// Figures of one database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseStats {
    /// The database.
    pub name: String,
    /// The newest commit.
    pub seq: u64,
    /// Its collections.
    pub collections: Vec<CollectionStats>,
    /// Everything up to this commit needs no log any more.
    pub checkpoint_seq: u64,
    /// Bytes of log files.
    pub log_bytes: u64,
    /// Bytes of data files.
    pub data_bytes: u64,
    /// Data files.
    pub data_files: u64,
    /// Bytes of fresh documents in memory.
    pub memory_bytes: u64,
    /// Commits since the database was opened.
    pub commits: u64,
    /// Syncs of the log since then; with group commit fewer than commits.
    pub log_syncs: u64,
    /// Transactions read back from the log when it was opened.
    pub recovered_transactions: u64,
    /// Why writes are refused; null where they are not.
    pub read_only: Option<String>,
}

/// Figures of one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionStats {
    /// The collection.
    pub name: String,
    /// Documents in it.
    pub documents: u64,
}

/// What a checkpoint of one database did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpointed {
    /// The database.
    pub database: String,
    /// Everything up to this commit needs no log any more.
    pub seq: u64,
    /// Bytes written to data files.
    pub written_bytes: u64,
}

/// What a checkpoint of every database did: the answer where none was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointsAnswer {
    /// One for each database.
    pub checkpoints: Vec<Checkpointed>,
}
