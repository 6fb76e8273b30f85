//! Reading the manifest: the pointer says which file, the file's edits say what.

use super::format::{END, END_BYTES, Manifest, decode_end, file_name};
use super::pointer;
use crate::disk::Disk;
use crate::error::{corrupt, disk_error};
use crate::log::{FileKind, LogReader, Lsn, Step};
use crate::manifest::ManifestLog;
use quire_model::Result;
use std::path::Path;

/// The manifest of a database's folder, and the file that its next edit goes to.
///
/// # Errors
/// `corrupt` where the pointer, the file or an edit that others follow cannot be read. An edit cut off at the file's
/// end was never acknowledged and is dropped.
pub(crate) fn read(disk: &dyn Disk, folder: &Path) -> Result<(Manifest, ManifestLog)> {
    let number = pointer::read(disk, folder)?;
    let path = folder.join(file_name(number));
    let name = path.display();
    let read_error = |e| disk_error("read", path.display(), e);
    let file = disk.open(&path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => corrupt(path.display(), 0, "the file is missing"),
        _ => read_error(e),
    })?;
    let mut reader = match LogReader::open(file).map_err(read_error)? {
        Ok(reader) => reader,
        Err(fault) => return Err(fault.error(name)),
    };
    let header = reader.header().clone();
    if header.kind != FileKind::Manifest || header.number != number {
        return Err(corrupt(name, 0, "the header is that of another file"));
    }
    let unfit = |lsn: Lsn, what: &str| corrupt(path.display(), lsn.offset(), what);
    let mut manifest = Manifest::blank(header.timeline);
    let (mut edits, mut records) = (0, Vec::new());
    let mut end = Lsn::new(number, crate::log::HEADER_BYTES as u64);
    let whole = loop {
        let record = match reader.step().map_err(read_error)? {
            Step::Record(record) => record,
            Step::End(at) => break at == end,
            Step::Bad(_) => break false,
        };
        if record.kind != END {
            records.push((record.kind, record.payload.to_vec()));
            continue;
        }
        let lsn = record.lsn;
        if decode_end(record.payload) != Some((records.len() as u32, edits)) {
            return Err(unfit(lsn, "an edit's end does not count its records"));
        }
        for (kind, payload) in records.drain(..) {
            let applied = manifest.as_mut().and_then(|manifest| manifest.apply(kind, &payload));
            applied.ok_or_else(|| unfit(lsn, "an edit does not fit what is before it"))?;
        }
        edits += 1;
        end = lsn.plus(crate::log::RECORD_HEADER_BYTES + END_BYTES);
    };
    while !whole && let Some(record) = reader.search(&[(END, END_BYTES)]).map_err(read_error)? {
        // An edit is appended after the one before it is durable: a later one proves that this one was.
        if decode_end(record.payload).is_some_and(|(_, edit)| edit > edits) {
            let later = record.lsn.offset();
            let what = format!("a record's checksum does not hold, and byte {later} ends a later edit");
            return Err(unfit(end, &what));
        }
    }
    match manifest {
        Some(manifest) if edits > 0 => Ok((manifest, ManifestLog::found(number, header, end, edits))),
        _ => Err(unfit(end, "its records do not make a whole manifest")),
    }
}
