//! Reading a file from front to back with bounded memory, whatever its sizes claim.

use crate::disk::DiskFile;
use std::io;
use std::sync::Arc;

/// Bytes that are read ahead.
const AHEAD_BYTES: usize = 1 << 20;

/// A file and the part of it that is in memory.
pub(crate) struct Window {
    file: Arc<dyn DiskFile>,
    length: u64,
    buffer: Vec<u8>,
    at: u64,
}

impl Window {
    pub(crate) fn new(file: Arc<dyn DiskFile>) -> io::Result<Window> {
        let length = file.length()?;
        Ok(Window { file, length, buffer: Vec::new(), at: 0 })
    }

    /// Of the file.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The bytes of a place; the error is a sentence about the place.
    pub(crate) fn bytes(&mut self, offset: u64, count: u64) -> Result<&[u8], String> {
        if offset.checked_add(count).is_none_or(|end| end > self.length) {
            return Err("it lies behind the end of the file".to_owned());
        }
        let count = count as usize;
        let kept = self.at <= offset && offset + count as u64 <= self.at + self.buffer.len() as u64;
        if !kept && let Err(error) = self.load(offset, count) {
            self.buffer.clear();
            return Err(format!("it cannot be read: {error}"));
        }
        let start = (offset - self.at) as usize;
        Ok(&self.buffer[start..start + count])
    }

    /// As [`Window::bytes`], beside the walk: what is read ahead stays.
    pub(crate) fn aside(&self, offset: u64, count: u64) -> Result<Vec<u8>, String> {
        if offset.checked_add(count).is_none_or(|end| end > self.length) {
            return Err("it lies behind the end of the file".to_owned());
        }
        let mut bytes = vec![0; count as usize];
        self.file.read_at(&mut bytes, offset).map_err(|error| format!("it cannot be read: {error}"))?;
        Ok(bytes)
    }

    fn load(&mut self, offset: u64, count: usize) -> io::Result<()> {
        let rest = usize::try_from(self.length - offset).unwrap_or(usize::MAX);
        self.at = offset;
        self.buffer.resize(count.max(AHEAD_BYTES).min(rest), 0);
        if self.file.read_at(&mut self.buffer, offset).is_ok() {
            return Ok(());
        }
        // What lies behind may be what the disk cannot read.
        self.buffer.resize(count, 0);
        self.file.read_at(&mut self.buffer, offset)
    }
}

/// What is not zero in a part of a file.
#[derive(Clone, Copy)]
pub(crate) struct NotZero {
    /// The first and the last byte that is not.
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Bits that are set.
    pub(crate) bits: u64,
}

/// What is not zero from `from` on.
pub(crate) fn not_zero(file: &dyn DiskFile, from: u64) -> io::Result<Option<NotZero>> {
    let length = file.length()?;
    let mut buffer = vec![0; AHEAD_BYTES];
    let (mut at, mut found) = (from, None::<NotZero>);
    while at < length {
        let count = AHEAD_BYTES.min((length - at) as usize);
        let bytes = &mut buffer[..count];
        file.read_at(bytes, at)?;
        if let Some(first) = bytes.iter().position(|byte| *byte != 0) {
            let last = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(first);
            let bits: u64 = bytes[first..=last].iter().map(|byte| u64::from(byte.count_ones())).sum();
            let before = found.unwrap_or(NotZero { first: at + first as u64, last: 0, bits: 0 });
            found = Some(NotZero { last: at + last as u64, bits: before.bits + bits, ..before });
        }
        at += count as u64;
    }
    Ok(found)
}
