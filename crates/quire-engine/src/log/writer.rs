//! Writing records: encoding for a position, and making a file that is durable before its first record.

use super::format::{Header, Lsn, RECORD_HEADER_BYTES, record_checksum};
use crate::codec::Checksum;
use crate::disk::{Disk, DiskFile};
use crate::planted::{self, Bug};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Encodes consecutive records for one place of one file.
pub(crate) struct Encoder<'a> {
    seed: &'a Checksum,
    start: Lsn,
    out: Vec<u8>,
}

impl<'a> Encoder<'a> {
    /// `out` is a buffer to reuse; what it held is dropped.
    pub(crate) fn new(seed: &'a Checksum, start: Lsn, mut out: Vec<u8>) -> Encoder<'a> {
        out.clear();
        Encoder { seed, start, out }
    }

    /// Appends a record whose payload `fill` writes.
    pub(crate) fn record(&mut self, kind: u8, fill: impl FnOnce(&mut Vec<u8>)) {
        debug_assert!(kind != 0);
        let lsn = self.position();
        let at = self.out.len();
        self.out.extend_from_slice(&[0; RECORD_HEADER_BYTES]);
        fill(&mut self.out);
        let payload = &self.out[at + RECORD_HEADER_BYTES..];
        let (crc, length) = (record_checksum(self.seed, lsn, kind, payload), payload.len() as u32);
        self.out[at..at + 4].copy_from_slice(&crc.to_le_bytes());
        self.out[at + 4..at + 8].copy_from_slice(&length.to_le_bytes());
        self.out[at + 8] = kind;
    }

    /// Where the next record goes.
    pub(crate) fn position(&self) -> Lsn {
        self.start.plus(self.out.len())
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// Makes a file that holds a header, `records` and zeros up to `length`, durable under `path`: written under another
/// name, synced, renamed, its folder synced. Nobody ever sees it in part.
pub(crate) fn create(
    disk: &dyn Disk,
    path: &Path,
    header: &Header,
    records: &[u8],
    length: u64,
) -> io::Result<Arc<dyn DiskFile>> {
    let temporary = path.with_extension("tmp");
    match disk.remove(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = disk.create(&temporary)?;
    let written = fill(&*file, header, records, length).and_then(|()| disk.rename(&temporary, path));
    if let Err(error) = written {
        // Give the space back at once; if this fails too, the next open removes it.
        let _ = disk.remove(&temporary);
        return Err(error);
    }
    if !planted::is(Bug::SkipFolderSync) {
        disk.sync_folder(path.parent().unwrap_or(Path::new(".")))?;
    }
    Ok(file)
}

fn fill(file: &dyn DiskFile, header: &Header, records: &[u8], length: u64) -> io::Result<()> {
    let mut head = header.encode().to_vec();
    head.extend_from_slice(records);
    file.write_at(&head, 0)?;
    // Zeros that are really written: a later sync then changes no size and no block map, and costs a fraction.
    let zeros = vec![0; 1 << 20];
    let mut at = head.len() as u64;
    while at < length {
        let count = zeros.len().min((length - at) as usize);
        file.write_at(&zeros[..count], at)?;
        at += count as u64;
    }
    file.sync()
}
