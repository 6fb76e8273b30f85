//! Segments: documents that left memory, in immutable files sorted by collection and id.
//!
//! 1. A flush or a merge gives rows to [`SegmentWriter`], in order; they gather in blocks (`block.rs`), blocks in
//!    stripes
//!    with their parity (`parity.rs`), index (`page.rs`) and key filter (`filter.rs`).
//! 2. The stripes' list and the footer are written last and twice; the file is synced and renamed to its name.
//! 3. [`Segment`] reads what it is asked for through the block cache: the list once, then for a point read a stripe's
//!    index and filter, which stay in memory, and one block (`reader.rs`). [`SegmentRows`] walks (`walk.rs`).
//! 4. A bitmap tells which rows are hidden by newer ones elsewhere; it belongs to a version and not to the file.
//!
//! Rows are the truth. Index, filter, parity and bitmap are derived from them.

mod block;
mod filter;
mod format;
mod page;
mod parity;
mod reader;
mod walk;
mod writer;

pub(crate) use block::{
    Block, HEADER_BYTES as BLOCK_HEAD_BYTES, Row, check as check_block, sizes as block_sizes,
};
pub(crate) use filter::KeyHash;
pub(crate) use format::{
    FOOTER_BYTES, FOOTER_MAGIC, Footer, HEADER_BYTES, MAGIC, PagePlace, Top, VERSION, file_name, file_number,
    unseal,
};
pub(crate) use page::Page;
pub(crate) use parity::{GROUPS, check as check_parity};
pub(crate) use reader::{Hit, Segment, SegmentCache};
pub(crate) use walk::SegmentRows;
pub(crate) use writer::{Identity, SegmentWriter};
