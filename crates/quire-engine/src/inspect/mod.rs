//! Looking into one file, given nothing but the file.
//!
//! 1. [`file_kind`] reads from the header what a file is.
//! 2. [`inspect`] tells each piece of it as an [`Entry`] (`entry.rs`), damage at its place: of files of records in
//!    `log.rs` (what a record says is in `record.rs`), of segments in `segment/`.
//! 3. A damaged header is told too, and what it says is taken as it stands: the pieces show whether it is right.
//!
//! `check` walks over the files of a folder in the same way and adds what only the folder can tell.

pub(crate) mod document;
pub(crate) mod entry;
pub(crate) mod flip;
mod log;
mod record;
pub(crate) mod segment;
pub(crate) mod window;

pub use entry::{Entry, Value};
pub(crate) use log::FILE_BYTES_MAX as LOG_FILE_BYTES_MAX;
pub use segment::Repair;

use crate::disk::{Disk, RealDisk};
use crate::error::disk_error;
use crate::log::{FileKind as LogKind, HEADER_BYTES, Header, MAGIC};
use quire_model::Result;
use std::ops::ControlFlow;
use std::path::Path;

/// What a file of a data folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A file of the write-ahead log.
    Wal,
    /// A segment.
    Segment,
    /// A manifest.
    Manifest,
    /// The pointer to the manifest that counts.
    Current,
    /// The list of databases.
    Registry,
}

impl FileKind {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Wal => "a file of the write-ahead log",
            FileKind::Segment => "a segment",
            FileKind::Manifest => "a manifest",
            FileKind::Current => "a pointer to a manifest",
            FileKind::Registry => "a registry of databases",
        }
    }

    fn of(kind: LogKind) -> FileKind {
        match kind {
            LogKind::WriteAhead => FileKind::Wal,
            LogKind::Manifest => FileKind::Manifest,
            LogKind::Registry => FileKind::Registry,
            LogKind::Current => FileKind::Current,
        }
    }

    fn log_kind(self) -> Option<LogKind> {
        match self {
            FileKind::Wal => Some(LogKind::WriteAhead),
            FileKind::Manifest => Some(LogKind::Manifest),
            FileKind::Registry => Some(LogKind::Registry),
            FileKind::Current => Some(LogKind::Current),
            FileKind::Segment => None,
        }
    }
}

/// What a file says that it is; `None` where its header does not say it beyond doubt.
///
/// # Errors
/// The disk's own.
pub fn file_kind(disk: &dyn Disk, path: &Path) -> Result<Option<FileKind>> {
    let failed = |e| disk_error("read", path.display(), e);
    let file = disk.open(path).map_err(failed)?;
    let mut header = [0; HEADER_BYTES];
    if file.length().map_err(failed)? < HEADER_BYTES as u64 {
        return Ok(None);
    }
    file.read_at(&mut header, 0).map_err(failed)?;
    if header.starts_with(MAGIC) {
        return Ok(Header::decode(&header).ok().map(|header| FileKind::of(header.kind)));
    }
    let is_segment = segment::holds(&header);
    Ok(is_segment.then_some(FileKind::Segment))
}

/// Tells the pieces of a file on the machine's own disk; see [`inspect_on`].
///
/// # Errors
/// As [`inspect_on`].
pub fn inspect(
    path: &Path,
    kind: FileKind,
    documents: bool,
    show: &mut dyn FnMut(&Entry) -> ControlFlow<()>,
) -> Result<bool> {
    inspect_on(&RealDisk, path, kind, documents, show)
}

/// Tells the pieces of a file of this kind to `show`, which ends it by a break; with `documents` the documents in it
/// too. Answers whether all that was told is whole.
///
/// # Errors
/// The disk's own. Damage is no error here: it is told where it stands.
pub fn inspect_on(
    disk: &dyn Disk,
    path: &Path,
    kind: FileKind,
    documents: bool,
    show: &mut dyn FnMut(&Entry) -> ControlFlow<()>,
) -> Result<bool> {
    let failed = |e| disk_error("read", path.display(), e);
    let file = disk.open(path).map_err(failed)?;
    let (mut whole, mut flow) = (true, ControlFlow::Continue(()));
    let mut tell = |entry: Entry| {
        whole &= entry.damage.is_empty();
        if flow.is_continue() {
            flow = show(&entry);
        }
        flow
    };
    match kind.log_kind() {
        Some(kind) => log::entries(file, kind, documents, &mut tell).map_err(failed)?,
        None => {
            let walked = segment::walk(file, None, &mut |piece| {
                let mut flow = ControlFlow::Continue(());
                segment::entries(piece, documents, &mut |entry| flow = tell(entry));
                flow
            });
            let _ = walked.map_err(failed)?;
        }
    }
    Ok(whole)
}

/// A stored document as a value: as JSON only where it is JSON.
fn document_value(text: &str) -> Value {
    let mut scanner = quire_model::json::Scanner::new(quire_model::json::Limits {
        depth_max: usize::MAX,
        bytes_max: usize::MAX,
    });
    match scanner.check(text.as_bytes(), &[]) {
        Ok(_) => Value::Json(text.to_owned()),
        Err(_) => Value::Text(text.to_owned()),
    }
}
