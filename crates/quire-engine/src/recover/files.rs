//! The files of a database's folder: those that are named must be there, and what is not named is told.

use super::LogFile;
use crate::disk::Disk;
use crate::error::{corrupt, disk_error};
use crate::log::HEADER_BYTES;
use crate::manifest::{self, Manifest};
use crate::segment;
use crate::wal;
use quire_model::Result;
use std::collections::HashSet;
use std::path::Path;

/// What is in the folder.
pub(super) struct Found {
    /// The log from the checkpoint on, without a gap.
    pub(super) logs: Vec<LogFile>,
    /// Names of files that nothing needs. Nothing was removed yet.
    pub(super) leftovers: Vec<String>,
    /// A number above that of every segment's file.
    pub(super) next_segment: u64,
    /// A number above that of every manifest's file.
    pub(super) next_manifest: u64,
}

/// Looks through the folder; `current` is the number of the manifest that counts.
///
/// # Errors
/// `corrupt` for a file that should be there and is not.
pub(super) fn find(disk: &dyn Disk, folder: &Path, manifest: &Manifest, current: u64) -> Result<Found> {
    let names = disk.list(folder).map_err(|e| disk_error("list", folder.display(), e))?;
    let missing = |name: String| corrupt(folder.join(name).display(), 0, "the file is missing");
    let mut found = Found { logs: Vec::new(), leftovers: Vec::new(), next_segment: 1, next_manifest: 1 };
    let mut segments = HashSet::new();
    for name in names {
        // A file that was begun counts with its number too: it is removed by name at the end.
        if let Some(stem) = name.strip_suffix(".tmp") {
            let begun = segment::file_number(&format!("{stem}.seg")).map_or(0, |number| number + 1);
            found.next_segment = found.next_segment.max(begun);
            let begun = manifest::file_number(stem).map_or(0, |number| number + 1);
            found.next_manifest = found.next_manifest.max(begun);
        }
        let leftover = if let Some(number) = segment::file_number(&name) {
            segments.insert(number);
            found.next_segment = found.next_segment.max(number + 1);
            !manifest.segments.contains_key(&number)
        } else if let Some(number) = manifest::file_number(&name) {
            found.next_manifest = found.next_manifest.max(number + 1);
            number != current
        } else if let Some(number) = wal::file_number(&name) {
            // What lies before the checkpoint is kept or not by the rule of retention.
            if number >= manifest.checkpoint_lsn.file() {
                let path = folder.join(&name);
                let file = disk.open(&path).map_err(|e| disk_error("open", path.display(), e))?;
                found.logs.push(LogFile { number, name: path.display().to_string(), file });
            }
            false
        } else {
            name.ends_with(".tmp")
        };
        if leftover {
            found.leftovers.push(name);
        }
    }
    if let Some(number) = manifest.segments.keys().find(|number| !segments.contains(number)) {
        return Err(missing(segment::file_name(*number)));
    }
    let first = manifest.checkpoint_lsn;
    found.logs.sort_by_key(|log| log.number);
    match found.logs.first() {
        Some(file) if file.number != first.file() => return Err(missing(wal::file_name(first.file()))),
        None if first.offset() != HEADER_BYTES as u64 || manifest.durable_lsn > first => {
            return Err(missing(wal::file_name(first.file())));
        }
        _ => {}
    }
    match found.logs.windows(2).find(|pair| pair[1].number != pair[0].number + 1) {
        Some(pair) => Err(missing(wal::file_name(pair[0].number + 1))),
        None => Ok(found),
    }
}
