//! The embedded backend of QuireDB: an engine for JSON documents on one machine.
//!
//! The life of a write, from [`EngineStore`] to the disk:
//! 1. `store` finds the database, `database` hands the batch to `commit`.
//! 2. `commit` looks up what will be replaced, joins the queue; one thread leads a group.
//! 3. `wal` gives the group a place, `log` encodes its records with their checksums, `disk` writes and syncs once.
//! 4. `memtable` takes the documents, `version` publishes the new sequence number, the callers get their answer.
//! 5. Later `maintain` flushes the memtable to `segment`s and names them in the `manifest` (`checkpoint`), and merges
//!    those that have become many (`compact`).
//!
//! The life of a read: `snapshot` asks the memtables and the segments of one published version, these through the
//! `cache`. After a crash, `recover` reads the log from the last checkpoint. [`check()`] proves a folder
//! that nobody has open, [`inspect()`] shows what is in one file.
//!
//! Everything is synchronous and reaches the outside only through [`Disk`] and [`Clock`].

mod bitmap;
mod cache;
mod catalog;
mod check;
mod checkpoint;
mod clock;
mod codec;
mod commit;
mod compact;
mod database;
mod disk;
mod error;
mod facts;
mod inspect;
mod log;
mod maintain;
mod manifest;
mod memtable;
mod merge;
mod options;
mod output;
#[cfg(not(feature = "planted"))]
mod planted;
#[cfg(feature = "planted")]
pub mod planted;
mod recover;
mod registry;
mod retention;
mod segment;
mod snapshot;
mod state;
mod store;
mod sync;
mod version;
mod wal;

pub use check::{CheckProgress, Finding, Report, Severity, Totals, check, check_on};
pub use clock::{Clock, ManualClock, SystemClock};
#[cfg(feature = "sim")]
pub use disk::{Call, Fault, SimDisk, World};
pub use disk::{Disk, DiskFile, RealDisk};
pub use inspect::{Entry, FileKind, Repair, Value, file_kind, inspect, inspect_on};
pub use options::Options;
pub use store::{DEFAULT_DATABASE, EngineStore};
