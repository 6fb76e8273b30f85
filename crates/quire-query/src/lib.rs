//! The only door to a backend: what every request about documents goes through.
//!
//! A [`Session`] is one database of a store. The life of a request:
//! 1. names, ids, bodies and queries are checked before the store is asked anything (`write/prepare.rs`,
//!    `read/query.rs`);
//! 2. a write becomes one commit with what it expects (`write/commit.rs`); changes that go together share one
//!    (`write/batch.rs`, `write/bulk.rs`);
//! 3. a read opens a snapshot and says which one it saw ([`Seen`]); find pulls from a scan or sorts within a
//!    memory bound (`read/find.rs`), and goes on from a cursor by key (`read/cursor.rs`);
//! 4. a write that has an idempotency key happens once (`idempotency/`, `write/once.rs`);
//! 5. what the system keeps for itself is hidden from every read (`visible.rs`);
//! 6. what a query gathers is held within the memory budget of the store (`held.rs`);
//! 7. SQL is planned over the same snapshots (`sql/`, a feature).

mod clock;
mod definitions;
mod held;
mod hint;
mod idempotency;
mod limits;
mod read;
mod session;
#[cfg(feature = "sql")]
pub mod sql;
mod visible;
mod write;

pub use clock::Clock;
pub use definitions::Defined;
pub use held::Held;
pub use limits::Limits;
pub use read::{Documents, Find, Page, Seen, SortKey};
pub use session::Session;
pub use write::{Batched, Change, Condition, Written};
