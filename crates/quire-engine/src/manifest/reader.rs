//! Reading the manifest. Every byte of it is covered: one that does not fit stops the open.

use super::format::{Manifest, NAME};
use crate::disk::Disk;
use crate::error::{corrupt, disk_error};
use crate::log::{FileKind, LogReader, Step};
use quire_model::Result;
use std::path::Path;

/// The manifest of a database's folder.
pub(crate) fn read(disk: &dyn Disk, folder: &Path) -> Result<Manifest> {
    let path = folder.join(NAME);
    let name = path.display();
    let read_error = |e| disk_error("read", path.display(), e);
    let file = disk.open(&path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => corrupt(path.display(), 0, "the file is missing"),
        _ => read_error(e),
    })?;
    let mut reader = match LogReader::open(file).map_err(read_error)? {
        Ok(reader) if reader.header().kind == FileKind::Manifest => reader,
        Ok(_) => return Err(corrupt(name, 0, "it is not a manifest")),
        Err(fault) => return Err(fault.error(name)),
    };
    let mut records = Vec::new();
    loop {
        match reader.step().map_err(read_error)? {
            Step::Record(record) => records.push((record.kind, record.payload.to_vec())),
            Step::End(_) => break,
            Step::Bad(lsn) => return Err(corrupt(name, lsn.offset(), "a record's checksum does not hold")),
        }
    }
    let header = reader.header();
    Manifest::decode(header.number, header.timeline, &records)
        .ok_or_else(|| corrupt(name, reader.length(), "its records do not make a whole manifest"))
}

#[cfg(test)]
mod tests {
    use super::super::{CollectionRow, write};
    use super::*;
    use crate::disk::SimDisk;
    use crate::log::Lsn;
    use quire_model::{Code, Name};

    #[test]
    fn a_manifest_reads_back_and_every_flipped_byte_is_found() {
        let (disk, folder) = (SimDisk::default(), Path::new("/d"));
        disk.create_folder(folder).unwrap();
        let manifest = Manifest {
            generation: 3,
            timeline: 9,
            database: 1,
            name: Name::new("main").unwrap(),
            checkpoint_lsn: Lsn::new(2, 64),
            checkpoint_seq: 7,
            checkpoint_time_ms: 8,
            durable_lsn: Lsn::new(2, 99),
            next_collection: 5,
            next_run: 6,
            collections: vec![CollectionRow { number: 4, name: Name::new("c").unwrap(), documents: 12 }],
            runs: vec![5, 2],
        };
        write(&disk, folder, &manifest, &crate::clock::ManualClock::default()).unwrap();
        assert_eq!(read(&disk, folder).unwrap(), manifest);
        let file = disk.open(&folder.join(NAME)).unwrap();
        for at in 0..file.length().unwrap() {
            let mut byte = [0];
            file.read_at(&mut byte, at).unwrap();
            file.write_at(&[byte[0] ^ 0x10], at).unwrap();
            let error = read(&disk, folder).unwrap_err();
            assert!(matches!(error.code(), Code::Corrupt | Code::FormatUnsupported), "byte {at}: {error}");
            file.write_at(&byte, at).unwrap();
        }
    }
}
