//! The write-ahead log: what a commit looks like in a log file, and the sequence of files.
//!
//! The life of a group of commits:
//! 1. [`Wal::reserve`] finds room for the group, taking the file made ahead where the current one is full.
//! 2. The committing leader encodes every record of every commit, each commit closed by its marker (`format.rs`).
//! 3. [`Wal::append`] writes the group with one write and makes it durable with one sync.
//!
//! Reading back is in `recover`; it never appends to a file that it found.

mod files;
mod format;

pub(crate) use files::{Maker, Wal, file_name, file_number};
pub(crate) use format::{
    COMMIT, COMMIT_BYTES, CommitMarker, Entry, encode_commit, encode_create, encode_delete, encode_drop,
    encode_put,
};
