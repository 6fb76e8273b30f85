//! Reads: each opens one snapshot and says which.
//!
//! 1. `query.rs` checks everything that can be wrong before any data is looked at; sort keys are read by
//!    `sort_key.rs`, fields by `fields.rs`, cursors by `cursor.rs`;
//! 2. `matching.rs` pulls the documents that match, in order of `_id`, within the time limit (`deadline.rs`);
//! 3. where another order is asked for (`order.rs`), `top.rs` sorts, within the memory limit;
//! 4. `projection.rs` writes what was asked for of each document;
//! 5. `single.rs`, `find.rs` and `stream.rs` are the ways in.

mod cursor;
mod deadline;
mod fields;
mod find;
mod matching;
mod order;
mod projection;
mod query;
mod single;
mod sort_key;
mod stream;
mod top;

pub use query::{Find, Page};
pub use sort_key::SortKey;
pub use stream::Documents;

use quire_model::Seq;

/// What a read answers, with the sequence number of the newest commit that it saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<T> {
    /// The sequence number.
    pub seq: Seq,
    /// The answer.
    pub value: T,
}
