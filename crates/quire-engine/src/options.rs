//! What can be set when a store is opened.

use quire_model::{Code, Error, Result};

/// Settings of a store; [`Options::default`] is right for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Size of the first log file of a newly opened database, in bytes; each next one is twice as large.
    pub log_bytes_first: u64,
    /// Size at which log files stop growing, in bytes: at least 64 KiB, at most 1 GiB. A commit that is larger gets
    /// a file of its own.
    pub log_bytes_max: u64,
    /// Fresh documents leave memory for a file when a database holds so many bytes of them. Up to three times as much
    /// is held while that file is written.
    pub memtable_bytes_max: usize,
    /// Whether a thread does the background work. Without it, work is done by the commit that needs it.
    pub background: bool,
    /// Whether an absent folder is made.
    pub create: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            log_bytes_first: 1 << 20,
            log_bytes_max: 64 << 20,
            memtable_bytes_max: 64 << 20,
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
