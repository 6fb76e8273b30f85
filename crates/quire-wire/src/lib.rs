//! The bodies of QuireDB's HTTP API, version 1, and nothing else: no connection, no other crate of ours.
//!
//! - [`media`] and [`header`]: the names that stand in heads of requests and answers;
//! - [`path`]: the address of everything, ids percent-encoded;
//! - [`FindRequest`], [`BatchRequest`], [`SqlRequest`], …: what is sent;
//! - [`Written`], [`DocumentsAnswer`], [`BulkResult`], …: what comes back;
//! - [`Problem`]: what comes back when it did not work.
//!
//! A document is carried as its own text (`RawValue`), so its digits and the order of its keys survive. What
//! is sent to a server refuses fields that it does not know; what a server answers may grow, so answers
//! ignore them.

pub mod header;
pub mod media;
pub mod path;

mod batch;
mod bulk;
mod definitions;
mod documents;
mod find;
mod health;
mod problem;
mod sql;
mod stats;

pub use batch::{BatchAnswer, BatchOperation, BatchRequest, BatchVerb};
pub use bulk::{BulkLine, BulkResult};
pub use definitions::{CollectionAnswer, CollectionsAnswer, DatabaseAnswer, DatabasesAnswer, Named};
pub use documents::{DocumentsAnswer, Written};
pub use find::{CountAnswer, CountRequest, FieldList, FindRequest};
pub use health::{Live, Ready};
pub use problem::{Problem, ProblemPart, STREAM_PROBLEM_PREFIX, TYPE_PREFIX};
pub use sql::{Column, SqlAnswer, SqlRequest};
pub use stats::{
    CacheStats, Checkpointed, CheckpointsAnswer, CollectionStats, DatabaseStats, MemoryStats, StatsAnswer,
};

/// A document or another JSON value as its own text.
pub type Raw = Box<serde_json::value::RawValue>;
