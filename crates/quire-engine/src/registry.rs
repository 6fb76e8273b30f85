//! The list of a store's databases, in one small file that is replaced whole: so that a folder that is lost is noticed.
//!
//! It is a log file of kind 3 (`docs/formats/manifest.md`):
//!
//! ```text
//! 1 database  number:u32 name_bytes:u16 name
//! 15 end      records:u32
//! ```

use crate::clock::Clock;
use crate::codec::{Fields, put_short_text};
use crate::disk::Disk;
use crate::error::{corrupt, disk_error};
use crate::log::{self, Encoder, FileKind, HEADER_BYTES, Header, LogReader, Lsn, Step};
use quire_model::{Name, Result};
use std::io;
use std::path::Path;

/// The file's name in the data folder.
pub(crate) const NAME: &str = "registry";

pub(crate) const DATABASE: u8 = 1;
pub(crate) const END: u8 = 15;

/// The databases, by number; each write is one generation more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Registry {
    pub(crate) generation: u64,
    pub(crate) databases: Vec<(u32, Name)>,
}

/// The registry of a data folder; `None` where there is none yet.
pub(crate) fn read(disk: &dyn Disk, folder: &Path) -> Result<Option<Registry>> {
    let path = folder.join(NAME);
    let read_error = |e| disk_error("read", path.display(), e);
    let file = match disk.open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(read_error(error)),
    };
    let mut reader = match LogReader::open(file).map_err(read_error)? {
        Ok(reader) if reader.header().kind == FileKind::Registry => reader,
        Ok(_) => return Err(corrupt(path.display(), 0, "it is not a registry")),
        Err(fault) => return Err(fault.error(path.display())),
    };
    let mut records = Vec::new();
    loop {
        match reader.step().map_err(read_error)? {
            Step::Record(record) => records.push((record.kind, record.payload.to_vec())),
            Step::End(_) => break,
            Step::Bad(lsn) => {
                return Err(corrupt(path.display(), lsn.offset(), "a record's checksum does not hold"));
            }
        }
    }
    let whole = decode(&records).ok_or_else(|| {
        corrupt(path.display(), reader.length(), "its records do not make a whole registry")
    })?;
    Ok(Some(Registry { generation: reader.header().number, databases: whole }))
}

fn decode(records: &[(u8, Vec<u8>)]) -> Option<Vec<(u32, Name)>> {
    let ((END, end), rest) = records.split_last()? else { return None };
    if Fields(end).u32()? as usize != rest.len() {
        return None;
    }
    let database = |(kind, payload): &(u8, Vec<u8>)| {
        let mut fields = Fields(payload);
        let (number, name) = (fields.u32()?, fields.short_text()?);
        (*kind == DATABASE).then_some((number, Name::new(name).ok()?))
    };
    rest.iter().map(database).collect()
}

/// Makes `registry` the one of its folder; durable when this returns.
pub(crate) fn write(disk: &dyn Disk, clock: &dyn Clock, folder: &Path, registry: &Registry) -> Result<()> {
    let path = folder.join(NAME);
    let failed = |e| disk_error("write", path.display(), e);
    let header = Header {
        kind: FileKind::Registry,
        number: registry.generation,
        salt: clock.random().map_err(failed)?,
        timeline: 0,
        created_ms: clock.now_ms(),
    };
    let seed = header.seed();
    let mut records = Encoder::new(&seed, Lsn::new(registry.generation, HEADER_BYTES as u64), Vec::new());
    for (number, name) in &registry.databases {
        records.record(DATABASE, |out| {
            out.extend_from_slice(&number.to_le_bytes());
            put_short_text(out, name.as_str());
        });
    }
    let count = registry.databases.len() as u32;
    records.record(END, |out| out.extend_from_slice(&count.to_le_bytes()));
    log::create(disk, &path, &header, &records.finish(), 0).map(|_| ()).map_err(failed)
}
