//! The bytes of a run. See `docs/formats/run.md`.
//!
//! ```text
//! file   = header block* index footer
//! header = magic[8] version:u16 0:u16 0:u32 number:u64 salt[16] 0[20] crc:u32            64 bytes
//! block  = crc:u32 length:u32 row*                                                       one collection each
//! row    = collection:u32 seq:u64 id_bytes:u16 text_bytes:u32 id text                    text_bytes 2^32-1: a delete
//! index  = crc:u32 length:u32 (collection:u32 id_bytes:u16 id offset:u64 length:u32)*    first row of each block
//! footer = index_offset:u64 index_bytes:u64 rows:u64 seq_max:u64 crc:u32 magic[4]        40 bytes
//! ```
//! Every `crc` is CRC-32C over the file's salt, the offset of what it covers, and the bytes that follow it.

use crate::codec::{Checksum, Fields};
use quire_model::Seq;

pub(crate) const MAGIC: &[u8; 8] = b"QUIRERUN";
pub(crate) const FOOTER_MAGIC: &[u8; 4] = b"RUN.";
pub(crate) const VERSION: u16 = 1;
pub(crate) const HEADER_BYTES: usize = 64;
pub(crate) const FOOTER_BYTES: usize = 40;
/// Rows gather until a block has about so many bytes: one read of the disk, and little to search through.
pub(crate) const BLOCK_BYTES: usize = 16 << 10;
pub(crate) const BLOCK_HEADER_BYTES: usize = 8;
const ROW_HEADER_BYTES: usize = 18;
const DELETED: u32 = u32::MAX;

/// The name of the run with a number.
pub(crate) fn file_name(number: u64) -> String {
    format!("run-{number:08}.run")
}

/// The number in a run's name, if it is one.
pub(crate) fn file_number(name: &str) -> Option<u64> {
    name.strip_prefix("run-")?.strip_suffix(".run")?.parse().ok()
}

/// One version of one document; `text` is `None` for a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(crate) collection: u32,
    pub(crate) seq: Seq,
    pub(crate) id: &'a str,
    pub(crate) text: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// Bytes that the row takes in a block.
    pub(crate) fn bytes(&self) -> usize {
        ROW_HEADER_BYTES + self.id.len() + self.text.map_or(0, str::len)
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.collection.to_le_bytes());
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&(self.id.len() as u16).to_le_bytes());
        out.extend_from_slice(&self.text.map_or(DELETED, |t| t.len() as u32).to_le_bytes());
        out.extend_from_slice(self.id.as_bytes());
        out.extend_from_slice(self.text.unwrap_or("").as_bytes());
    }

    pub(crate) fn decode(fields: &mut Fields<'a>) -> Option<Row<'a>> {
        let (collection, seq) = (fields.u32()?, fields.u64()?);
        let (id_bytes, text_bytes) = (fields.u16()?, fields.u32()?);
        let id = std::str::from_utf8(fields.bytes(id_bytes as usize)?).ok()?;
        let text = match text_bytes {
            DELETED => None,
            bytes => Some(std::str::from_utf8(fields.bytes(bytes as usize)?).ok()?),
        };
        Some(Row { collection, seq, id, text })
    }
}

/// The header, without its checksum's check.
pub(crate) fn encode_header(number: u64, salt: &[u8; 16]) -> [u8; HEADER_BYTES] {
    let mut out = [0; HEADER_BYTES];
    out[..8].copy_from_slice(MAGIC);
    out[8..10].copy_from_slice(&VERSION.to_le_bytes());
    out[16..24].copy_from_slice(&number.to_le_bytes());
    out[24..40].copy_from_slice(salt);
    let crc = crate::codec::checksum(&out[..60]);
    out[60..].copy_from_slice(&crc.to_le_bytes());
    out
}

/// The checksum of what stands at `offset`.
pub(crate) fn checksum_at(seed: &Checksum, offset: u64, bytes: &[u8]) -> u32 {
    seed.clone().with(&offset.to_le_bytes()).with(bytes).finish()
}
