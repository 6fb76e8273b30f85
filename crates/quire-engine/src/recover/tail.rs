//! The first pass: where the log ends, and whether that is how a crash leaves it.
//!
//! The rule: a group is appended only after the one before it is durable, and each commit marker says how far the log
//! was durable then. So when a marker (or the manifest) names a durable place behind the last commit that can be read,
//! bytes that were acknowledged are gone: that is damage, and the open stops with its place. Where nothing names such a
//! place, what stands behind the last whole commit was never acknowledged: a torn tail, which is dropped.

use super::LogFile;
use crate::error::{corrupt, disk_error};
use crate::log::{FileKind, HEADER_BYTES, LogReader, Lsn, Step};
use crate::manifest::Manifest;
use crate::version::Mark;
use crate::wal::{COMMIT, COMMIT_BYTES, CommitMarker, Entry};
use quire_model::{Code, Error, Result};

/// Where the log ends.
pub(crate) struct Tail {
    /// Behind the last whole commit.
    pub(crate) end: Mark,
    /// Up to here the log says of itself that it is durable: at least up to the last group.
    pub(crate) durable: Lsn,
    pub(crate) transactions: u64,
    /// Bytes behind the end, zeros not counted.
    pub(crate) bytes_dropped: u64,
}

/// The walk over all files.
struct Walk<'a> {
    manifest: &'a Manifest,
    tail: Tail,
    /// Where the first byte stands that cannot be read, with its file.
    bad: Option<(Lsn, String)>,
}

/// Finds the end of the log.
pub(crate) fn find(files: &[LogFile], manifest: &Manifest) -> Result<Tail> {
    let end = Mark {
        seq: manifest.checkpoint_seq,
        time_ms: manifest.checkpoint_time_ms,
        lsn: manifest.checkpoint_lsn,
    };
    let mut walk = Walk {
        manifest,
        tail: Tail { end, durable: manifest.durable_lsn, transactions: 0, bytes_dropped: 0 },
        bad: None,
    };
    for log in files {
        walk.file(log)?;
    }
    let end = walk.tail.end.lsn;
    if manifest.durable_lsn > end {
        let last =
            || (end, files.iter().find(|f| f.number == end.file()).map_or(String::new(), |f| f.name.clone()));
        return Err(lost(&walk.bad.unwrap_or_else(last), manifest.durable_lsn));
    }
    Ok(walk.tail)
}

/// The error for bytes that were durable and cannot be read.
fn lost((at, name): &(Lsn, String), durable: Lsn) -> Error {
    corrupt(
        name,
        at.offset(),
        &format!("the log was durable up to {durable}, and cannot be read from here on"),
    )
}

impl Walk<'_> {
    fn file(&mut self, log: &LogFile) -> Result<()> {
        let read_error = |e| disk_error("read", &log.name, e);
        let mut reader = match LogReader::open(log.file.clone()).map_err(read_error)? {
            Ok(reader) => reader,
            // A file gets its name only after its header is durable, so this is no torn tail.
            Err(fault) => return Err(fault.error(&log.name)),
        };
        let header = reader.header();
        if header.kind != FileKind::WriteAhead || header.number != log.number {
            return Err(corrupt(&log.name, 0, "the header is that of another file"));
        }
        if header.timeline != self.manifest.timeline {
            return Err(corrupt(&log.name, 40, "the file belongs to another database or timeline"));
        }
        let start = self.manifest.checkpoint_lsn;
        if log.number == start.file() {
            reader.seek(start.offset().max(HEADER_BYTES as u64));
        }
        let mut operations = 0;
        loop {
            match reader.step().map_err(read_error)? {
                Step::End(lsn) => {
                    if operations > 0 {
                        self.bad.get_or_insert((lsn, log.name.clone()));
                    }
                    return Ok(());
                }
                Step::Bad(lsn) => {
                    self.bad.get_or_insert((lsn, log.name.clone()));
                    return self.search_behind(&mut reader, log);
                }
                Step::Record(record) => match Entry::decode(record.kind, record.payload) {
                    Some(Entry::Commit(marker)) => {
                        let behind = record.lsn.plus(crate::log::RECORD_HEADER_BYTES + COMMIT_BYTES);
                        self.commit(marker, operations, (record.lsn, &log.name), behind)?;
                        operations = 0;
                    }
                    Some(_) => operations += 1,
                    None => {
                        let detail = format!(
                            "{} has a record of kind {} at byte {} that this program does not know",
                            log.name,
                            record.kind,
                            record.lsn.offset()
                        );
                        return Err(Error::new(Code::FormatUnsupported, detail));
                    }
                },
            }
        }
    }

    fn commit(&mut self, marker: CommitMarker, operations: u32, at: (Lsn, &str), behind: Lsn) -> Result<()> {
        let (lsn, name) = at;
        if marker.durable > self.tail.end.lsn {
            let bad = self.bad.clone().unwrap_or((self.tail.end.lsn, name.to_owned()));
            return Err(lost(&bad, marker.durable));
        }
        if marker.seq != self.tail.end.seq + 1 {
            let what = format!("commit {} follows commit {}", marker.seq, self.tail.end.seq);
            return Err(corrupt(name, lsn.offset(), &what));
        }
        if marker.operations != operations {
            let what =
                format!("commit {} has {operations} of its {} operations", marker.seq, marker.operations);
            return Err(corrupt(name, lsn.offset(), &what));
        }
        // The end of a file before this one is unused when a group did not fit into it: nothing was durable there.
        self.bad = None;
        self.tail.end = Mark { seq: marker.seq, time_ms: marker.time_ms, lsn: behind };
        self.tail.durable = self.tail.durable.max(marker.durable);
        self.tail.transactions += 1;
        Ok(())
    }

    /// Looks behind the first bad byte for a marker that says that the byte was durable.
    fn search_behind(&mut self, reader: &mut LogReader, log: &LogFile) -> Result<()> {
        let end = self.tail.end.lsn;
        while let Some(record) =
            reader.search(&[(COMMIT, COMMIT_BYTES)]).map_err(|e| disk_error("read", &log.name, e))?
        {
            if let Some(Entry::Commit(marker)) = Entry::decode(record.kind, record.payload)
                && marker.durable > end
            {
                let bad = self.bad.clone().unwrap_or((end, log.name.clone()));
                return Err(lost(&bad, marker.durable));
            }
        }
        self.tail.bytes_dropped += reader.last_byte(end).map_err(|e| disk_error("read", &log.name, e))?;
        Ok(())
    }
}
