//! What the parts of a check share: the disk, the report, and how far they are.

use super::report::{Finding, Report, Severity};
use crate::disk::{Disk, DiskFile};
use crate::inspect::Repair;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far a check is, for whoever looks on from another thread.
#[derive(Debug, Clone, Default)]
pub struct CheckProgress {
    /// Bytes of files read.
    pub bytes: Arc<AtomicU64>,
    /// Rows proved.
    pub rows: Arc<AtomicU64>,
}

/// What the parts of a check share.
pub(super) struct Context<'a> {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) progress: &'a CheckProgress,
    pub(super) report: Report,
    /// The database that is being checked, once its name is known.
    pub(super) database: Option<String>,
}

impl Context<'_> {
    pub(super) fn damage(
        &mut self,
        file: &Path,
        offset: impl Into<Option<u64>>,
        what: impl Into<String>,
        repairable_by: Option<Repair>,
    ) {
        self.add(Severity::Damage, file, offset.into(), what.into(), repairable_by);
    }

    pub(super) fn note(&mut self, file: &Path, offset: impl Into<Option<u64>>, what: impl Into<String>) {
        self.add(Severity::Note, file, offset.into(), what.into(), None);
    }

    fn add(
        &mut self,
        severity: Severity,
        file: &Path,
        offset: Option<u64>,
        what: String,
        repairable_by: Option<Repair>,
    ) {
        let (database, file) = (self.database.clone(), file.display().to_string());
        self.report.add(Finding { severity, database, file, offset, what, repairable_by });
    }

    /// Opens a file that should be there; `None` after telling why it cannot be.
    pub(super) fn open(&mut self, path: &Path, repair: Option<Repair>) -> Option<Arc<dyn DiskFile>> {
        match self.disk.open(path) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.damage(path, None, "the file is missing", repair);
                None
            }
            Err(error) => {
                self.damage(path, None, format!("the file cannot be opened: {error}"), repair);
                None
            }
        }
    }

    /// Counts a file that was read.
    pub(super) fn read(&mut self, bytes: u64) {
        self.report.totals.files += 1;
        self.report.totals.bytes += bytes;
        self.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// What a reading came to; an error of the disk is told as damage of the file.
    pub(super) fn told<T>(&mut self, path: &Path, read: io::Result<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.damage(path, None, format!("the file cannot be read: {error}"), None);
                None
            }
        }
    }
}
