//! The embedded backend of QuireDB: an engine for JSON documents on one machine.
//!
//! The life of a write, from [`EngineStore`] to the disk:
//! 1. `store` finds the database, `database` hands the batch to `commit`.
//! 2. `commit` looks up what will be replaced, joins the queue; one thread leads a group.
//! 3. `wal` gives the group a place, `log` encodes its records with their checksums, `disk` writes and syncs once.
//! 4. `memtable` takes the documents, `version` publishes the new sequence number, the callers get their answer.
//! 5. Later `maintain` flushes the memtable to a `run` and names it in the `manifest` (`checkpoint`).
//!
//! The life of a read: `snapshot` asks the memtables and the runs of one published version, newest first. After a
//! crash, `recover` reads the log from the last checkpoint.
//!
//! Everything is synchronous and reaches the outside only through [`Disk`] and [`Clock`].

mod catalog;
mod checkpoint;
mod clock;
mod codec;
mod commit;
mod database;
mod disk;
mod error;
mod log;
mod maintain;
mod manifest;
mod memtable;
mod merge;
mod options;
#[cfg(not(feature = "planted"))]
mod planted;
#[cfg(feature = "planted")]
pub mod planted;
mod recover;
mod registry;
mod run;
mod snapshot;
mod state;
mod store;
mod sync;
mod version;
mod wal;

pub use clock::{Clock, ManualClock, SystemClock};
#[cfg(feature = "sim")]
pub use disk::{Call, Fault, SimDisk, World};
pub use disk::{Disk, DiskFile, RealDisk};
pub use options::Options;
pub use store::{DEFAULT_DATABASE, EngineStore};
