//! The manifest: what a database consists of.
//!
//! It names the segments with their hidden rows, the collections, and the place in the log up to which the segments
//! hold
//! everything. Nothing that it does not name is ever read.
//!
//! 1. [`read`] asks the pointer (`pointer.rs`) for the file, and puts its edits together (`reader.rs`).
//! 2. A change is a copy of the [`Manifest`] with something different; [`ManifestLog::publish`] appends the difference
//!    as one edit and syncs it (`writer.rs`).
//! 3. When the edits outweigh the state, or after a failure, a new file is written whole and the pointer renamed.
//!
//! The bytes are in `format.rs` and in `docs/formats/manifest.md`.

mod format;
mod pointer;
mod reader;
mod writer;

pub(crate) use format::{
    COLLECTION, CollectionRow, END, END_BYTES, HIDDEN, Manifest, SEGMENT, STATE, SegmentEntry, UNCOLLECTION,
    UNSEGMENT, decode_end, decode_segment, file_name, file_number,
};
pub(crate) use pointer::{CURRENT, NAME as POINTER, read as read_pointer};
pub(crate) use reader::read;
pub(crate) use writer::ManifestLog;

#[cfg(test)]
mod tests;
