//! Writes: every one ends in one call of the store's commit.
//!
//! 1. `prepare.rs` checks names, ids and bodies, without looking at any data;
//! 2. `view.rs` reads what patches need, and remembers what earlier changes of the same list did;
//! 3. `resolve.rs` makes each change an operation with what it expects;
//! 4. `commit.rs` commits, and tries again where a patch was overtaken (`retry.rs`);
//! 5. `once.rs` and `once_each.rs` do the same for writes that have an idempotency key;
//! 6. `single.rs`, `batch.rs` and `bulk.rs` are the three ways in, by way of `asked.rs`.

mod asked;
mod batch;
mod bulk;
mod change;
mod commit;
mod ids;
mod once;
mod once_each;
mod prepare;
mod resolve;
mod retry;
mod single;
mod view;

pub(crate) use asked::Asked;
pub use asked::Condition;
pub use change::{Batched, Change, Written};
pub(crate) use commit::{Failed, without_place};
pub(crate) use once::Planned;
