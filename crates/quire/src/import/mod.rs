//! The life of an import:
//!
//! 1. `source.rs` opens the file or standard input, unpacks gzip, and counts bytes for the progress bar.
//! 2. `split.rs` takes it apart, piece by piece: lines, or the elements of one array.
//! 3. `piece.rs` checks each piece, takes `_rev` out, and says whether there is an `_id`.
//! 4. `group.rs` gathers pieces into groups of bounded size on a thread of its own, a few groups ahead.
//! 5. `send.rs` sends a group and says what became of each piece.
//! 6. `run.rs` reports what was refused and decides whether to go on.
//!
//! Memory is bounded by the groups under way, whatever the size of the file.

mod group;
mod piece;
mod run;
mod send;
mod source;
mod split;

pub(crate) use run::{Plan, run};
pub(crate) use send::{Line, until_refused};
pub(crate) use source::Source;
