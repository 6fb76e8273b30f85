//! The manifest: what a database consists of, in one small file that is replaced whole.
//!
//! It names the runs, the collections, and the place in the log up to which the runs hold everything. Nothing that it
//! does not name is ever read. The bytes are in `format.rs` and in `docs/formats/manifest.md`.

mod format;
mod reader;
mod writer;

pub(crate) use format::{CollectionRow, Manifest};
pub(crate) use reader::read;
pub(crate) use writer::write;
