//! The nouns of QuireDB and the two traits that its backends keep.
//!
//! No input or output, no clock, no threads. The parts:
//! - [`json`]: the check of bytes that come from outside, and views of text that was checked;
//! - [`Document`], [`DocId`], [`Name`], [`Seq`]: what is stored, and under which names;
//! - [`Path`], [`Filter`]: which part of a document, and which documents;
//! - [`WriteBatch`], [`Expect`]: one commit;
//! - [`Store`], [`Snapshot`], [`Scan`]: where backends meet;
//! - [`Memory`]: the one budget;
//! - [`Error`], [`Code`], [`Kind`]: everything that can go wrong.

pub mod json;

mod batch;
mod document;
mod error;
mod filter;
mod id;
mod memory;
mod merge_patch;
mod name;
mod path;
mod store;

pub use batch::{COMMIT_BYTES_MAX, Committed, Expect, Operation, WriteBatch, not_found};
pub use document::{Document, Input, Stored, fault_error, without_rev};
pub use error::{Code, Error, Kind, Part, Result};
pub use filter::{Filter, Leaf, Quantifier, Row, Test, Types};
pub use id::{DocId, ID_BYTES_MAX};
pub use memory::{MEMORY_BYTES_MIN, Memory, MemoryStatistics, MemoryUse, Reservation};
pub use merge_patch::merge_patch;
pub use name::{NAME_BYTES_MAX, Name};
pub use path::{Path, Segment};
pub use store::{
    CacheStatistics, Checkpoint, CollectionStatistics, DatabaseStatistics, Rows, Scan, Snapshot, Store,
    Support,
};

/// The number of a commit. Each database counts its own; a commit takes the next. It is the revision of every
/// document that the commit wrote, and the name of the state after it.
pub type Seq = u64;
