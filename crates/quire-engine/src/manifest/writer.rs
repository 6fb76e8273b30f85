//! Changing the manifest: an edit is appended and synced; now and then, and after every failure, a new file is begun.

use super::format::{Manifest, file_name};
use super::pointer;
use crate::clock::Clock;
use crate::disk::{Disk, DiskFile};
use crate::error::disk_error;
use crate::log::{self, Encoder, FileKind, HEADER_BYTES, Header, Lsn};
use crate::planted::{self, Bug};
use quire_model::Result;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The file that edits go to.
pub(crate) struct ManifestLog {
    number: u64,
    file: Arc<dyn DiskFile>,
    header: Header,
    /// Behind the last edit.
    end: Lsn,
    edits: u32,
    /// Bytes of the first edit, which is the whole state.
    first_bytes: u64,
    /// Whether another edit may be appended: not to a file that was found at open, whose last edit may be torn or never
    /// have been durable, and not after a failure.
    whole: bool,
    /// The number of the next file. Never used twice, also not after a failure.
    next_number: u64,
}

/// A file with less than so many bytes of edits is left to grow.
const EDITS_BYTES_MIN: u64 = 64 << 10;

impl ManifestLog {
    /// The file that was found at open.
    pub(super) fn found(
        number: u64,
        file: Arc<dyn DiskFile>,
        header: Header,
        end: Lsn,
        edits: u32,
    ) -> ManifestLog {
        let next_number = number + 1;
        ManifestLog { number, file, header, end, edits, first_bytes: 0, whole: false, next_number }
    }

    /// Begins the manifest of a new database.
    pub(crate) fn create(
        disk: &dyn Disk,
        clock: &dyn Clock,
        folder: &Path,
        manifest: &Manifest,
    ) -> Result<ManifestLog> {
        begin(disk, clock, folder, manifest, 1)
            .map_err(|e| disk_error("write", folder.join(file_name(1)).display(), e))
    }

    /// Makes `next` of `before`, the state that this file ends with. It is durable when this returns. After an error it
    /// is not known which of the two the disk has; the next change settles it.
    pub(crate) fn publish(
        &mut self,
        disk: &dyn Disk,
        clock: &dyn Clock,
        folder: &Path,
        before: &Manifest,
        next: &Manifest,
    ) -> Result<()> {
        let edits_bytes = self.end.offset().saturating_sub(self.first_bytes);
        if self.whole && edits_bytes <= EDITS_BYTES_MIN.max(2 * self.first_bytes) {
            let appended = self.append(before, next);
            self.whole = appended.is_ok();
            let path = folder.join(file_name(self.number));
            return appended.map_err(|e| disk_error("write", path.display(), e));
        }
        let number = self.next_number;
        self.next_number += 1;
        let path = folder.join(file_name(number));
        let begun = begin(disk, clock, folder, next, number);
        match begun {
            Ok(log) => {
                let old = folder.join(file_name(self.number));
                *self = log;
                if let Err(error) = disk.remove(&old) {
                    tracing::warn!(event = "cleanup_failed", file = %old.display(), %error);
                }
                Ok(())
            }
            Err(error) => {
                // The pointer may name the new file by now, so nothing may be appended to the old one.
                self.whole = false;
                Err(disk_error("write", path.display(), error))
            }
        }
    }

    fn append(&mut self, before: &Manifest, next: &Manifest) -> io::Result<()> {
        let seed = self.header.seed();
        let mut edit = Encoder::new(&seed, self.end, Vec::new());
        next.encode(Some(before), self.edits, &mut edit);
        let end = edit.position();
        self.file.write_at(&edit.finish(), self.end.offset())?;
        if !planted::is(Bug::StaleManifest) {
            self.file.sync()?;
        }
        self.end = end;
        self.edits += 1;
        Ok(())
    }

    /// Whether the state that was read is known to be durable: this process wrote it.
    pub(crate) fn is_durable(&self) -> bool {
        self.whole
    }

    /// Sees to it that no later file has a number below `number`: what was left behind under one is removed by name.
    pub(crate) fn skip_to(&mut self, number: u64) {
        self.next_number = self.next_number.max(number);
    }

    /// The number of the file that counts.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }
}

/// Writes a new file with the whole state, and then lets the pointer name it.
fn begin(
    disk: &dyn Disk,
    clock: &dyn Clock,
    folder: &Path,
    manifest: &Manifest,
    number: u64,
) -> io::Result<ManifestLog> {
    let header = Header {
        kind: FileKind::Manifest,
        number,
        salt: clock.random()?,
        timeline: manifest.timeline,
        created_ms: clock.now_ms(),
    };
    let seed = header.seed();
    let mut records = Encoder::new(&seed, Lsn::new(number, HEADER_BYTES as u64), Vec::new());
    manifest.encode(None, 0, &mut records);
    let end = records.position();
    let file = log::create(disk, &folder.join(file_name(number)), &header, &records.finish(), 0)?;
    pointer::write(disk, clock, folder, manifest.timeline, number)?;
    let first_bytes = end.offset();
    Ok(ManifestLog { number, file, header, end, edits: 1, first_bytes, whole: true, next_number: number + 1 })
}
