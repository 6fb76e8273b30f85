//! The bytes of a segment. See `docs/formats/segment.md`.
//!
//! ```text
//! file    = header stripe* copy* top footer top footer
//! header  = magic[8] version:u16 cipher:u8 0:u8 0:u32 number:u64 salt[16] timeline:u64 0[12] crc:u32       64 bytes
//! stripe  = block{1,256} parity{1,16} index filter
//! copy    = index                                     the index of each stripe once more, far from the first
//! top     = crc:u32 bytes:u32 pages:u32 parts:u32 page* part*
//! page    = offset:u64 copy:u64 index_bytes:u32 filter_bytes:u32 row:u32 rows:u32 collection:u32 id_bytes:u16 id
//! part    = collection:u32 rows:u32 deletes:u32 seq_min:u64 seq_max:u64 bytes:u64
//! footer  = top_offset:u64 top_bytes:u64 rows:u64 bytes:u64 crc:u32 magic[4]                              40 bytes
//! ```
//! Blocks, parity, index and filter have rooms of their own. Integers are little-endian. Every `crc` but the header's
//! is CRC-32C over the file's salt, the offset of what it covers, and the bytes that follow the `crc`.

use crate::codec::{Checksum, Fields, NUMBER_MAX, checksum, put_short_text};
use crate::facts::Part;

pub(crate) const MAGIC: &[u8; 8] = b"QUIRESEG";
pub(crate) const FOOTER_MAGIC: &[u8; 4] = b"SEG.";
pub(crate) const VERSION: u16 = 1;
pub(crate) const HEADER_BYTES: usize = 64;
pub(crate) const FOOTER_BYTES: usize = 40;
/// Blocks that share an index and a filter, and among which parity is formed.
pub(crate) const STRIPE_BLOCKS: usize = 256;
/// Bytes on disk after which a stripe ends although it has fewer blocks: its parity is gathered in memory.
pub(crate) const STRIPE_BYTES: usize = 8 << 20;

/// The name of the segment with a number.
pub(crate) fn file_name(number: u64) -> String {
    format!("segment-{number:08}.seg")
}

/// The number in a segment's name, if it is one.
pub(crate) fn file_number(name: &str) -> Option<u64> {
    let number = name.strip_prefix("segment-")?.strip_suffix(".seg")?.parse().ok()?;
    (file_name(number) == name && number < NUMBER_MAX).then_some(number)
}

/// Where a stripe's index and filter are, and what its first row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PagePlace {
    /// The index; the filter stands behind it.
    pub(crate) offset: u64,
    /// The index once more.
    pub(crate) copy: u64,
    pub(crate) index_bytes: u32,
    pub(crate) filter_bytes: u32,
    /// The number of the stripe's first row in the segment.
    pub(crate) row: u32,
    pub(crate) rows: u32,
    pub(crate) collection: u32,
    pub(crate) id: Box<str>,
}

/// What is read first: the stripes and the parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Top {
    pub(crate) pages: Vec<PagePlace>,
    pub(crate) parts: Vec<Part>,
}

impl Top {
    /// Without the checksum and the length.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&(self.pages.len() as u32).to_le_bytes());
        out.extend_from_slice(&(self.parts.len() as u32).to_le_bytes());
        for page in &self.pages {
            out.extend_from_slice(&page.offset.to_le_bytes());
            out.extend_from_slice(&page.copy.to_le_bytes());
            for field in [page.index_bytes, page.filter_bytes, page.row, page.rows, page.collection] {
                out.extend_from_slice(&field.to_le_bytes());
            }
            put_short_text(&mut out, &page.id);
        }
        self.parts.iter().for_each(|part| part.encode(&mut out));
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Top> {
        let mut fields = Fields(bytes);
        let (pages, parts) = (fields.u32()?, fields.u32()?);
        let mut top = Top { pages: Vec::new(), parts: Vec::new() };
        for _ in 0..pages {
            top.pages.push(PagePlace {
                offset: fields.u64()?,
                copy: fields.u64()?,
                index_bytes: fields.u32()?,
                filter_bytes: fields.u32()?,
                row: fields.u32()?,
                rows: fields.u32()?,
                collection: fields.u32()?,
                id: fields.short_text()?.into(),
            });
        }
        for _ in 0..parts {
            top.parts.push(Part::decode(&mut fields)?);
        }
        fields.0.is_empty().then_some(top)
    }
}

/// The mark of a whole file, written last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Footer {
    pub(crate) top_offset: u64,
    pub(crate) top_bytes: u64,
    pub(crate) rows: u64,
    /// Of the whole file.
    pub(crate) bytes: u64,
}

impl Footer {
    pub(crate) fn encode(&self, seed: &Checksum, offset: u64) -> Vec<u8> {
        let mut out = Vec::new();
        for field in [self.top_offset, self.top_bytes, self.rows, self.bytes] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        let crc = checksum_at(seed, offset, &out);
        out.extend_from_slice(&crc.to_le_bytes());
        out.extend_from_slice(FOOTER_MAGIC);
        out
    }

    /// `None` where the checksum does not hold.
    pub(crate) fn decode(seed: &Checksum, offset: u64, bytes: &[u8]) -> Option<Footer> {
        let mut fields = Fields(bytes);
        let footer = Footer {
            top_offset: fields.u64()?,
            top_bytes: fields.u64()?,
            rows: fields.u64()?,
            bytes: fields.u64()?,
        };
        let crc = fields.u32()?;
        (fields.0 == FOOTER_MAGIC && checksum_at(seed, offset, bytes.get(..32)?) == crc).then_some(footer)
    }
}

/// A segment's header.
pub(crate) fn encode_header(number: u64, salt: &[u8; 16], timeline: u64) -> [u8; HEADER_BYTES] {
    let mut out = [0; HEADER_BYTES];
    out[..8].copy_from_slice(MAGIC);
    out[8..10].copy_from_slice(&VERSION.to_le_bytes());
    out[16..24].copy_from_slice(&number.to_le_bytes());
    out[24..40].copy_from_slice(salt);
    out[40..48].copy_from_slice(&timeline.to_le_bytes());
    let crc = checksum(&out[..60]);
    out[60..].copy_from_slice(&crc.to_le_bytes());
    out
}

/// The checksum of what stands at `offset`.
pub(crate) fn checksum_at(seed: &Checksum, offset: u64, bytes: &[u8]) -> u32 {
    seed.clone().with(&offset.to_le_bytes()).with(bytes).finish()
}

/// Puts checksum and length before `bytes`, for a place in the file.
pub(crate) fn seal(seed: &Checksum, offset: u64, bytes: &[u8], out: &mut Vec<u8>) {
    let length = (bytes.len() as u32).to_le_bytes();
    let crc = seed.clone().with(&offset.to_le_bytes()).with(&length).with(bytes).finish();
    out.extend_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(&length);
    out.extend_from_slice(bytes);
}

/// Bytes that [`seal`] puts before.
pub(crate) const SEAL_BYTES: usize = 8;

/// What stands behind checksum and length, if they hold.
pub(crate) fn unseal<'a>(seed: &Checksum, offset: u64, bytes: &'a [u8]) -> Option<&'a [u8]> {
    let mut fields = Fields(bytes);
    let (crc, length) = (fields.u32()?, fields.u32()?);
    (length as usize == fields.0.len() && checksum_at(seed, offset, &bytes[4..]) == crc).then_some(fields.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_and_footer_read_back() {
        let page = PagePlace {
            offset: 64,
            copy: 99,
            index_bytes: 7,
            filter_bytes: 8,
            row: 0,
            rows: 3,
            collection: 1,
            id: "a".into(),
        };
        let top = Top { pages: vec![page], parts: vec![Part { rows: 3, ..Part::new(1) }] };
        let bytes = top.encode();
        assert_eq!(Top::decode(&bytes), Some(top));
        assert_eq!(Top::decode(&bytes[..bytes.len() - 1]), None);
        let seed = Checksum::new();
        let footer = Footer { top_offset: 1, top_bytes: 2, rows: 3, bytes: 4 };
        let bytes = footer.encode(&seed, 77);
        assert_eq!(bytes.len(), FOOTER_BYTES);
        assert_eq!(Footer::decode(&seed, 77, &bytes), Some(footer));
        assert_eq!(Footer::decode(&seed, 78, &bytes), None, "at another place");
    }
}
