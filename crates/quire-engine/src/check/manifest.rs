//! The pointer and the manifest: every edit, and that they fit.

use super::context::Context;
use super::single;
use crate::disk::Disk;
use crate::inspect::Repair;
use crate::inspect::flip::flipped_byte;
use crate::log::{FileKind, HEADER_BYTES, HeaderFault, LogReader, Lsn, RECORD_HEADER_BYTES, Step};
use crate::manifest::{self, END, END_BYTES, Manifest, decode_end, file_name, file_number};
use quire_model::Result;
use std::path::Path;

/// The manifest of a database, with the number of its file; `None` after telling why it is not known.
pub(super) fn read(
    context: &mut Context<'_>,
    folder: &Path,
    names: &[String],
) -> Result<Option<(Manifest, u64)>> {
    let path = folder.join(manifest::POINTER);
    let numbers: Vec<u64> = names.iter().filter_map(|name| file_number(name)).collect();
    // With one manifest in the folder there is only one that the pointer can have named.
    let only = if let [number] = numbers[..] { Some(number) } else { None };
    let repair = only.map(|_| Repair::Rebuild);
    let mut number = None;
    if single::records(context, &path, FileKind::Current, repair)? {
        match manifest::read_pointer(&*context.disk, folder) {
            Ok(named) => number = Some(named),
            Err(error) => context.damage(&path, None, error.detail(), repair),
        }
    }
    let Some(number) = number.or(only) else { return Ok(None) };
    let file = folder.join(file_name(number));
    let Some(manifest) = edits(context, &file, number)? else { return Ok(None) };
    if timeline(&*context.disk, &path).is_some_and(|timeline| timeline != manifest.timeline) {
        context.damage(&path, 40, "the file belongs to another database or timeline", repair);
    }
    Ok(Some((manifest, number)))
}

/// The timeline that a file's header names, if the header holds.
fn timeline(disk: &dyn Disk, path: &Path) -> Option<u64> {
    let reader = LogReader::open(disk.open(path).ok()?).ok()?.ok()?;
    Some(reader.header().timeline)
}

/// What the edits make; `None` where one of them is damaged.
fn edits(context: &mut Context<'_>, path: &Path, number: u64) -> Result<Option<Manifest>> {
    let Some(file) = context.open(path, None) else { return Ok(None) };
    let opened = LogReader::open(file.clone());
    let mut reader = match context.told(path, opened) {
        None => return Ok(None),
        Some(Ok(reader)) => reader,
        Some(Err(fault @ HeaderFault::Version(_))) => return Err(fault.error(path.display())),
        Some(Err(HeaderFault::Damaged)) => {
            context.damage(path, 0, "the header's checksum does not hold", None);
            return Ok(None);
        }
    };
    context.read(reader.length());
    let header = reader.header().clone();
    if header.kind != FileKind::Manifest || header.number != number {
        context.damage(path, 0, "the header is that of another file", None);
        return Ok(None);
    }
    let mut whole = Manifest::blank(header.timeline);
    let (mut count, mut records) = (0, Vec::new());
    let mut end = Lsn::new(number, HEADER_BYTES as u64);
    let torn = loop {
        let step = reader.step();
        let record = match context.told(path, step) {
            None => return Ok(None),
            Some(Step::Record(record)) => record,
            Some(Step::End(at)) => break (at != end).then_some(at),
            Some(Step::Bad(at)) => break Some(at),
        };
        if record.kind != END {
            records.push((record.kind, record.payload.to_vec()));
            continue;
        }
        let at = record.lsn;
        if decode_end(record.payload) != Some((records.len() as u32, count)) {
            context.damage(path, at.offset(), "an edit's end does not count its records", None);
            return Ok(None);
        }
        let fits = whole
            .as_mut()
            .is_some_and(|whole| records.iter().all(|(kind, payload)| whole.apply(*kind, payload).is_some()));
        if !fits {
            context.damage(path, at.offset(), "an edit does not fit what is before it", None);
            return Ok(None);
        }
        records.clear();
        count += 1;
        end = at.plus(RECORD_HEADER_BYTES + END_BYTES);
    };
    let Some(bad) = torn else { return Ok(whole.filter(|_| count > 0).or_else(|| empty(context, path))) };
    let flipped = flipped_byte(&*file, &header, bad, reader.length());
    if let Some(byte) = context.told(path, flipped).flatten() {
        let what = "one bit is flipped; if it is in the last edit, an open would take that for one cut off";
        context.damage(path, byte, what, None);
        return Ok(None);
    }
    reader.seek(bad.offset());
    loop {
        let found = reader.search(&[(END, END_BYTES)]);
        match context.told(path, found) {
            Some(Some(record)) if decode_end(record.payload).is_some_and(|(_, edit)| edit > count) => {
                let later = record.lsn.offset();
                let what = format!("a record's checksum does not hold, and byte {later} ends a later edit");
                context.damage(path, bad.offset(), what, None);
                return Ok(None);
            }
            Some(Some(_)) => {}
            Some(None) => break,
            None => return Ok(None),
        }
    }
    if count == 0 {
        return Ok(empty(context, path));
    }
    context.note(path, bad.offset(), "the last edit was cut off: it was never acknowledged");
    Ok(whole)
}

fn empty(context: &mut Context<'_>, path: &Path) -> Option<Manifest> {
    context.damage(path, HEADER_BYTES as u64, "its records do not make a whole manifest", None);
    None
}
