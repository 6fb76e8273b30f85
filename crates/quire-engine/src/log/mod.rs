//! Files of checksummed records: the one record format that the write-ahead log and the manifest share.
//!
//! 1. [`create`] makes a file whole and durable under its name: header, zeros, sync, rename, sync of the folder.
//! 2. [`Encoder`] turns records into the bytes for their position (`writer.rs`).
//! 3. [`LogReader`] gives them back, and says where the first byte is that is not a record (`reader.rs`).
//!
//! The bytes are in `format.rs` and in `docs/formats/log.md`.

mod format;
mod reader;
mod writer;

pub(crate) use format::{
    FileKind, HEADER_BYTES, Header, HeaderFault, Lsn, MAGIC, RECORD_HEADER_BYTES, record_checksum,
};
pub(crate) use reader::{LogReader, Record, Step};
pub(crate) use writer::{Encoder, create};
