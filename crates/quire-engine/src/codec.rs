//! Bytes in and out: little-endian fields and the checksum that every format uses.

use crc_fast::{CrcAlgorithm, Digest};

/// Numbers of files are below this: an LSN has 32 bits for one. A name with a higher one is not ours.
pub(crate) const NUMBER_MAX: u64 = 1 << 32;

/// CRC-32C over any number of parts. The state after a prefix can be kept and continued many times, which is how a
/// file's salt seeds the checksum of every record in it.
#[derive(Clone)]
pub(crate) struct Checksum(Digest);

impl Checksum {
    pub(crate) fn new() -> Checksum {
        Checksum(Digest::new(CrcAlgorithm::Crc32Iscsi))
    }

    pub(crate) fn with(mut self, bytes: &[u8]) -> Checksum {
        self.0.update(bytes);
        self
    }

    pub(crate) fn finish(self) -> u32 {
        // CRC-32C is 32 bits wide; the library answers all widths as 64.
        self.0.finalize() as u32
    }
}

/// CRC-32C of one piece.
pub(crate) fn checksum(bytes: &[u8]) -> u32 {
    Checksum::new().with(bytes).finish()
}

/// Reads fields from the front of a slice; every read is bounds-checked and answers `None` past the end.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|a| a[0])
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A text after its length in two bytes.
    pub(crate) fn short_text(&mut self) -> Option<&'a str> {
        let length = self.u16()?;
        std::str::from_utf8(self.bytes(length as usize)?).ok()
    }

    /// What is left, as text.
    pub(crate) fn rest_text(self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok()
    }
}

/// Appends a text after its length in two bytes. Names and ids are at most 512 bytes, so the length always fits.
pub(crate) fn put_short_text(out: &mut Vec<u8>, text: &str) {
    debug_assert!(text.len() <= u16::MAX as usize);
    out.extend_from_slice(&(text.len() as u16).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_crc_32c() {
        // The check value of CRC-32C (Castagnoli).
        assert_eq!(checksum(b"123456789"), 0xE306_9283);
        assert_eq!(Checksum::new().with(b"12345").with(b"6789").finish(), 0xE306_9283);
    }
}
