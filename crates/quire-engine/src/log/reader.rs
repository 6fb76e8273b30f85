//! Reading records back, in order, with bounded memory.

use super::format::{HEADER_BYTES, Header, HeaderFault, Lsn, RECORD_HEADER_BYTES, record_checksum};
use crate::codec::Checksum;
use crate::disk::DiskFile;
use crate::planted::{self, Bug};
use std::io;
use std::sync::Arc;

const CHUNK_BYTES: usize = 1 << 20;

/// A record as it was written.
pub(crate) struct Record<'a> {
    pub(crate) lsn: Lsn,
    pub(crate) kind: u8,
    pub(crate) payload: &'a [u8],
}

/// What stands at the reader's position.
pub(crate) enum Step<'a> {
    Record(Record<'a>),
    /// The file ends here, exactly after a record.
    End(Lsn),
    /// Bytes stand here that are not a record.
    Bad(Lsn),
}

/// Reads one file from front to back.
pub(crate) struct LogReader {
    file: Arc<dyn DiskFile>,
    header: Header,
    seed: Checksum,
    length: u64,
    /// Bytes `buffer_at ..` of the file; the reader stands at `position`.
    buffer: Vec<u8>,
    buffer_at: u64,
    position: u64,
}

impl LogReader {
    /// Reads the header and stands at the first record.
    pub(crate) fn open(file: Arc<dyn DiskFile>) -> io::Result<Result<LogReader, HeaderFault>> {
        let length = file.length()?;
        if length < HEADER_BYTES as u64 {
            return Ok(Err(HeaderFault::Damaged));
        }
        let mut bytes = [0; HEADER_BYTES];
        file.read_at(&mut bytes, 0)?;
        Ok(Header::decode(&bytes).map(|header| LogReader::with_header(file, length, header)))
    }

    /// Stands at the first record of a file whose header is known by other means.
    pub(crate) fn with_header(file: Arc<dyn DiskFile>, length: u64, header: Header) -> LogReader {
        LogReader {
            seed: header.seed(),
            header,
            file,
            length,
            buffer: Vec::new(),
            buffer_at: 0,
            position: HEADER_BYTES as u64,
        }
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Moves to an offset.
    pub(crate) fn seek(&mut self, offset: u64) {
        self.position = offset;
    }

    fn lsn(&self) -> Lsn {
        Lsn::new(self.header.number, self.position)
    }

    /// What stands here; moves behind it if it is a record.
    pub(crate) fn step(&mut self) -> io::Result<Step<'_>> {
        let lsn = self.lsn();
        if self.position == self.length {
            return Ok(Step::End(lsn));
        }
        let Some(range) = self.record_here()? else { return Ok(Step::Bad(lsn)) };
        self.position += range.len() as u64;
        let bytes = &self.buffer[range];
        Ok(Step::Record(Record { lsn, kind: bytes[8], payload: &bytes[RECORD_HEADER_BYTES..] }))
    }

    /// The range in the buffer of the valid record at the position, if there is one.
    fn record_here(&mut self) -> io::Result<Option<std::ops::Range<usize>>> {
        let rest = self.length.saturating_sub(self.position);
        if rest < RECORD_HEADER_BYTES as u64 {
            return Ok(None);
        }
        let at = self.load(RECORD_HEADER_BYTES)?;
        let head = &self.buffer[at..at + RECORD_HEADER_BYTES];
        let stored = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let kind = head[8];
        let total = RECORD_HEADER_BYTES + length;
        if kind == 0 || total as u64 > rest {
            return Ok(None);
        }
        let at = self.load(total)?;
        let payload = &self.buffer[at + RECORD_HEADER_BYTES..at + total];
        let valid = record_checksum(&self.seed, self.lsn(), kind, payload) == stored
            || planted::is(Bug::SkipChecksum);
        Ok(valid.then_some(at..at + total))
    }

    /// Makes `count` bytes from the position available and answers where they begin in the buffer.
    fn load(&mut self, count: usize) -> io::Result<usize> {
        let start = self.position.checked_sub(self.buffer_at).map(|n| n as usize);
        if let Some(start) = start.filter(|start| start + count <= self.buffer.len()) {
            return Ok(start);
        }
        let wanted = count.max(CHUNK_BYTES).min((self.length - self.position) as usize);
        self.buffer.resize(wanted, 0);
        self.buffer_at = self.position;
        self.file.read_at(&mut self.buffer, self.position)?;
        Ok(0)
    }

    /// The next valid record of one of `kinds` (each with its exact payload length) at any offset from the
    /// position on: what stands behind damage. Costs one pass over the bytes.
    pub(crate) fn search(&mut self, kinds: &[(u8, usize)]) -> io::Result<Option<Record<'_>>> {
        let smallest =
            kinds.iter().map(|(_, length)| length + RECORD_HEADER_BYTES).min().unwrap_or(usize::MAX);
        while self.position + smallest as u64 <= self.length {
            let at = self.load(smallest)?;
            let window = &self.buffer[at..];
            // Zeros are what usually stands behind the end; skip them quickly. A record's kind is not zero, so up
            // to eight zeros before it belong to it.
            let zeros = window.iter().take_while(|b| **b == 0).count();
            if zeros > 8 {
                self.position += (zeros - 8) as u64;
                continue;
            }
            let length = u32::from_le_bytes([window[4], window[5], window[6], window[7]]) as usize;
            if kinds.contains(&(window[8], length))
                && let Some(range) = self.record_here()?
            {
                let lsn = self.lsn();
                self.position += range.len() as u64;
                let bytes = &self.buffer[range];
                return Ok(Some(Record { lsn, kind: bytes[8], payload: &bytes[RECORD_HEADER_BYTES..] }));
            }
            self.position += 1;
        }
        Ok(None)
    }

    /// How many bytes stand behind `end` up to the last one that is not zero: what a torn tail leaves.
    pub(crate) fn last_byte(&mut self, end: Lsn) -> io::Result<u64> {
        let start = if end.file() == self.header.number { end.offset() } else { HEADER_BYTES as u64 };
        self.position = start;
        let mut last = start;
        while self.position < self.length {
            self.buffer.clear();
            self.load(1)?;
            if let Some(at) = self.buffer.iter().rposition(|byte| *byte != 0) {
                last = self.position + at as u64 + 1;
            }
            self.position += self.buffer.len() as u64;
        }
        Ok(last - start)
    }
}
