//! The pointer: which manifest file counts. It is one small file that is replaced by a rename.
//!
//! It is a log file of kind 4 (`docs/formats/manifest.md`):
//!
//! ```text
//! 1 current  manifest:u64
//! ```

use crate::clock::Clock;
use crate::codec::Fields;
use crate::disk::Disk;
use crate::error::{corrupt, disk_error};
use crate::log::{self, Encoder, FileKind, HEADER_BYTES, Header, LogReader, Lsn, Step};
use quire_model::Result;
use std::io;
use std::path::Path;

/// The file's name in a database's folder.
pub(crate) const NAME: &str = "current";
pub(crate) const CURRENT: u8 = 1;

/// The number of the manifest that counts.
pub(crate) fn read(disk: &dyn Disk, folder: &Path) -> Result<u64> {
    let path = folder.join(NAME);
    let read_error = |e| disk_error("read", path.display(), e);
    let file = disk.open(&path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => corrupt(path.display(), 0, "the file is missing"),
        _ => read_error(e),
    })?;
    let mut reader = match LogReader::open(file).map_err(read_error)? {
        Ok(reader) if reader.header().kind == FileKind::Current => reader,
        Ok(_) => return Err(corrupt(path.display(), 0, "it is not a pointer to a manifest")),
        Err(fault) => return Err(fault.error(path.display())),
    };
    let number = match reader.step().map_err(read_error)? {
        Step::Record(record) if record.kind == CURRENT => Fields(record.payload).u64(),
        _ => None,
    };
    let damaged = |what| corrupt(path.display(), HEADER_BYTES as u64, what);
    let number = number.ok_or_else(|| damaged("a record's checksum does not hold"))?;
    match reader.step().map_err(read_error)? {
        Step::End(_) => Ok(number),
        _ => Err(damaged("something stands behind its record")),
    }
}

/// Makes the manifest with a number the one that counts; durable when this returns.
pub(super) fn write(
    disk: &dyn Disk,
    clock: &dyn Clock,
    folder: &Path,
    timeline: u64,
    number: u64,
) -> io::Result<()> {
    let salt = clock.random()?;
    let header = Header { kind: FileKind::Current, number, salt, timeline, created_ms: clock.now_ms() };
    let seed = header.seed();
    let mut records = Encoder::new(&seed, Lsn::new(number, HEADER_BYTES as u64), Vec::new());
    records.record(CURRENT, |out| out.extend_from_slice(&number.to_le_bytes()));
    log::create(disk, &folder.join(NAME), &header, &records.finish(), 0).map(|_| ())
}
