//! Files that can be proved by themselves: small files of records that are replaced whole, and any file of a database
//! whose manifest cannot be read.

use super::context::Context;
use crate::inspect::flip::flipped_byte;
use crate::inspect::{FileKind, Repair, inspect_on};
use crate::log::{FileKind as LogKind, HeaderFault, LogReader, Step};
use crate::{segment, wal};
use quire_model::Result;
use std::ops::ControlFlow;
use std::path::Path;

/// Whether every record of a small file holds, and nothing is behind them.
pub(super) fn records(
    context: &mut Context<'_>,
    path: &Path,
    kind: LogKind,
    repair: Option<Repair>,
) -> Result<bool> {
    let Some(file) = context.open(path, repair) else { return Ok(false) };
    let opened = LogReader::open(file.clone());
    let mut reader = match context.told(path, opened) {
        None => return Ok(false),
        Some(Ok(reader)) => reader,
        Some(Err(fault @ HeaderFault::Version(_))) => return Err(fault.error(path.display())),
        Some(Err(HeaderFault::Damaged)) => {
            context.damage(path, 0, "the header's checksum does not hold", repair);
            return Ok(false);
        }
    };
    context.read(reader.length());
    if reader.header().kind != kind {
        context.damage(path, 0, "the header is that of another file", repair);
        return Ok(false);
    }
    loop {
        let step = reader.step();
        match context.told(path, step) {
            Some(Step::Record(_)) => {}
            Some(Step::End(_)) => return Ok(true),
            Some(Step::Bad(lsn)) => {
                let flipped = flipped_byte(&*file, reader.header(), lsn, reader.length());
                let at = context.told(path, flipped).flatten().unwrap_or(lsn.offset());
                context.damage(path, at, "a record's checksum does not hold", repair);
                return Ok(false);
            }
            None => return Ok(false),
        }
    }
}

/// Each file of a folder for itself, because what they are together is not known.
pub(super) fn each(context: &mut Context<'_>, folder: &Path, names: &[String]) -> Result<()> {
    for name in names {
        let path = folder.join(name);
        let kind = if segment::file_number(name).is_some() {
            FileKind::Segment
        } else if wal::file_number(name).is_some() {
            FileKind::Wal
        } else {
            continue;
        };
        let disk = context.disk.clone();
        let mut end = 0;
        inspect_on(&*disk, &path, kind, false, &mut |entry| {
            end = end.max(entry.offset + entry.bytes);
            for what in &entry.damage {
                context.damage(&path, entry.offset, what.clone(), None);
            }
            ControlFlow::Continue(())
        })?;
        context.read(end);
    }
    Ok(())
}
