//! What can be set when a store is opened.

use quire_model::{Code, Error, MEMORY_BYTES_MIN, Result};

/// Settings of a store; [`Options::default`] is right inside a program that does other things too. A server takes a
/// memory budget that fits the machine instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Size of the first log file of a newly opened database, in bytes; each next one is twice as large. A database
    /// that stays small takes no more.
    pub log_bytes_first: u64,
    /// Size at which log files stop growing, in bytes: at least 64 KiB, at most 1 GiB. A commit that is larger gets
    /// a file of its own.
    pub log_bytes_max: u64,
    /// Fresh documents leave memory for a file when a database holds so many bytes of them. Up to three times as much
    /// is held while that file is written.
    pub memtable_bytes_max: usize,
    /// The memory budget of the store in bytes, at least 16 MiB: half of it is the block cache's, the rest is shared by
    /// fresh documents and queries. What goes beyond it is refused with `memory_limit`.
    pub memory_bytes_max: u64,
    /// Log below the checkpoint is kept until its newest commit is so old ...
    pub changes_retain_ms: u64,
    /// ... or until there is more of it than so many bytes, whichever ends first.
    pub changes_retain_bytes: u64,
    /// Whether the folder is opened for reading only: nothing in it is changed and every write is refused. A folder
    /// that cannot be written to is opened so in any case.
    pub read_only: bool,
    /// Whether a thread does the background work. Without it, work is done by the commit that needs it.
    pub background: bool,
    /// Whether an absent folder is made.
    pub create: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            log_bytes_first: 16 << 10,
            log_bytes_max: 64 << 20,
            memtable_bytes_max: 64 << 20,
            memory_bytes_max: 256 << 20,
            changes_retain_ms: 24 * 60 * 60 * 1000,
            changes_retain_bytes: 1 << 30,
            read_only: false,
            background: true,
            create: true,
        }
    }
}

impl Options {
    /// Checks the ranges.
    ///
    /// # Errors
    /// `invalid_request`, naming the setting and its range.
    pub(crate) fn check(&self) -> Result<()> {
        let ranges = [
            ("log_bytes_first", self.log_bytes_first, 4 << 10, 1 << 30),
            ("log_bytes_max", self.log_bytes_max, 64 << 10, 1 << 30),
            ("memtable_bytes_max", self.memtable_bytes_max as u64, 64 << 10, 64 << 30),
            ("memory_bytes_max", self.memory_bytes_max, MEMORY_BYTES_MIN, u64::MAX),
        ];
        for (name, value, min, max) in ranges {
            if !(min..=max).contains(&value) {
                let detail = format!("{name} is {value} bytes, it must be between {min} and {max}");
                return Err(Error::new(Code::InvalidRequest, detail));
            }
        }
        Ok(())
    }
}
