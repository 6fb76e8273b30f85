//! The bytes of a log file. See `docs/formats/log.md`.
//!
//! ```text
//! file   = header record* rest            rest: zeros, or whatever a crash left
//! header = magic[8] version:u16 kind:u8 0:u8 0:u32 number:u64 salt[16] timeline:u64 created_ms:u64 0:u32 crc:u32
//! record = crc:u32 length:u32 kind:u8 payload[length]
//! ```
//! Integers are little-endian. A record's `crc` is CRC-32C over the file's salt, the record's LSN, its length, its kind
//! and its payload, so bytes of another file, another position or an older use of the same blocks never pass. Kind 0
//! is not a record, so zeros end a log.

use crate::codec::{Checksum, Fields, checksum};
use crate::error::corrupt;
use quire_model::{Code, Error};

pub(crate) const MAGIC: &[u8; 8] = b"QUIRELOG";
pub(crate) const VERSION: u16 = 1;
pub(crate) const HEADER_BYTES: usize = 64;
pub(crate) const RECORD_HEADER_BYTES: usize = 9;

/// A byte position in a numbered sequence of files: the file's number in the upper half, the offset in the lower.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Lsn(pub(crate) u64);

impl Lsn {
    pub(crate) fn new(file: u64, offset: u64) -> Lsn {
        debug_assert!(file < 1 << 32 && offset < 1 << 32);
        Lsn(file << 32 | offset)
    }

    pub(crate) fn file(self) -> u64 {
        self.0 >> 32
    }

    pub(crate) fn offset(self) -> u64 {
        self.0 & 0xffff_ffff
    }

    pub(crate) fn plus(self, bytes: usize) -> Lsn {
        Lsn::new(self.file(), self.offset() + bytes as u64)
    }
}

impl std::fmt::Display for Lsn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file(), self.offset())
    }
}

/// What a log file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FileKind {
    WriteAhead = 1,
    Manifest = 2,
    Registry = 3,
    Current = 4,
}

/// A file's header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Header {
    pub(crate) kind: FileKind,
    pub(crate) number: u64,
    pub(crate) salt: [u8; 16],
    pub(crate) timeline: u64,
    pub(crate) created_ms: u64,
}

/// Why a header is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    Damaged,
    Version(u16),
}

impl HeaderFault {
    /// The error that people see; `name` is the file.
    pub(crate) fn error(self, name: impl std::fmt::Display) -> Error {
        match self {
            HeaderFault::Damaged => corrupt(name, 0, "the header's checksum does not hold"),
            HeaderFault::Version(version) => {
                let detail = format!("{name} has format version {version}, this program reads {VERSION}");
                Error::new(Code::FormatUnsupported, detail)
            }
        }
    }
}

impl Header {
    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut out = [0; HEADER_BYTES];
        out[0..8].copy_from_slice(MAGIC);
        out[8..10].copy_from_slice(&VERSION.to_le_bytes());
        out[10] = self.kind as u8;
        out[16..24].copy_from_slice(&self.number.to_le_bytes());
        out[24..40].copy_from_slice(&self.salt);
        out[40..48].copy_from_slice(&self.timeline.to_le_bytes());
        out[48..56].copy_from_slice(&self.created_ms.to_le_bytes());
        let crc = checksum(&out[..60]);
        out[60..].copy_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Header, HeaderFault> {
        let stored = u32::from_le_bytes([bytes[60], bytes[61], bytes[62], bytes[63]]);
        if &bytes[..8] != MAGIC || checksum(&bytes[..60]) != stored {
            return Err(HeaderFault::Damaged);
        }
        Header::fields(bytes).ok_or(HeaderFault::Damaged)?
    }

    fn fields(bytes: &[u8; HEADER_BYTES]) -> Option<Result<Header, HeaderFault>> {
        let mut fields = Fields(&bytes[8..]);
        let version = fields.u16()?;
        if version != VERSION {
            return Some(Err(HeaderFault::Version(version)));
        }
        let kind = match fields.u8()? {
            1 => FileKind::WriteAhead,
            2 => FileKind::Manifest,
            3 => FileKind::Registry,
            4 => FileKind::Current,
            _ => return None,
        };
        fields.bytes(5)?;
        let number = fields.u64()?;
        let salt = fields.bytes(16)?.try_into().ok()?;
        let (timeline, created_ms) = (fields.u64()?, fields.u64()?);
        Some(Ok(Header { kind, number, salt, timeline, created_ms }))
    }

    /// The checksum state that every record of the file starts from.
    pub(crate) fn seed(&self) -> Checksum {
        Checksum::new().with(&self.salt)
    }
}

/// The checksum of the record at `lsn`.
pub(crate) fn record_checksum(seed: &Checksum, lsn: Lsn, kind: u8, payload: &[u8]) -> u32 {
    let mut head = [0; 13];
    head[..8].copy_from_slice(&lsn.0.to_le_bytes());
    head[8..12].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    head[12] = kind;
    seed.clone().with(&head).with(payload).finish()
}
