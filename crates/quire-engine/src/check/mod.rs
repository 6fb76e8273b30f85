//! Proving a data folder: every byte of it is read, and nothing is changed.
//!
//! 1. [`check`] takes the lock that a server would not share, and reads the registry (`folder.rs`).
//! 2. Of each database (`database.rs`) it reads the pointer and the manifest with all its edits (`manifest.rs`),
//! 3. every segment from the first byte to the last (`segment.rs`, by the walk of `inspect`),
//! 4. and every file of the log, also below the checkpoint (`log.rs`).
//! 5. The rows of an id in different segments are compared: that proves which are hidden, and the counts (`keys.rs`).
//! 6. What is found is in the [`Report`] (`report.rs`): damage with file and offset, and notes on what a crash leaves.
//!
//! It works in bounded memory, and goes on behind damage as far as what is left says where it stands.

mod context;
mod database;
mod folder;
mod keys;
mod log;
mod manifest;
mod report;
mod segment;
mod single;
#[cfg(test)]
mod tests;

pub use context::CheckProgress;
pub use report::{Finding, Report, Severity, Totals};

use crate::disk::{Disk, RealDisk};
use crate::error::disk_error;
use context::Context;
use quire_model::{Code, Error, Result};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Checks a data folder on the machine's own disk; see [`check_on`].
///
/// # Errors
/// As [`check_on`].
pub fn check(folder: &Path, progress: &CheckProgress) -> Result<Report> {
    check_on(Arc::new(RealDisk), folder, progress)
}

/// Checks a data folder that nobody has open for writing.
///
/// # Errors
/// `locked` where another process has it open, `unavailable` where it is absent or cannot be reached,
/// `format_unsupported` for files of another version. Damage is no error here: it is in the report.
pub fn check_on(disk: Arc<dyn Disk>, folder: &Path, progress: &CheckProgress) -> Result<Report> {
    folder::must_be_there(&*disk, folder)?;
    let _lock = disk.lock_shared(&folder.join("LOCK")).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            Error::new(Code::Locked, format!("another process has {} open", folder.display()))
        }
        _ => disk_error("lock", folder.display(), error),
    })?;
    let mut context = Context { disk, progress, report: Report::default(), database: None };
    folder::check(&mut context, folder)?;
    Ok(context.report)
}
