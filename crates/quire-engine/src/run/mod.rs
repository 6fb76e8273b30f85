//! Runs: documents that left memory, in immutable files sorted by collection and id.
//!
//! 1. A flush gives the newest version of each id to [`RunWriter`], in order; rows gather in blocks (`writer.rs`).
//! 2. The block index and the footer are written last, the file is synced and renamed to its name.
//! 3. [`Run`] keeps the index in memory; a point read reads one block and checks its checksum (`reader.rs`).

mod format;
mod reader;
mod writer;

pub(crate) use format::{Row, file_name, file_number};
pub(crate) use reader::{Run, RunRows};
pub(crate) use writer::RunWriter;
