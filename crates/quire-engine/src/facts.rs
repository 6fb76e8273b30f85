//! What a segment's file and the manifest both say of a segment: the two must agree.

use crate::codec::Fields;
use quire_model::Seq;

/// What a segment holds of one collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) collection: u32,
    /// Rows, those of deletes included.
    pub(crate) rows: u32,
    /// Rows that say that a document was deleted.
    pub(crate) deletes: u32,
    pub(crate) seq_min: Seq,
    pub(crate) seq_max: Seq,
    /// Bytes of ids and texts, not compressed.
    pub(crate) bytes: u64,
}

pub(crate) const PART_BYTES: usize = 36;

impl Part {
    pub(crate) fn new(collection: u32) -> Part {
        Part { collection, rows: 0, deletes: 0, seq_min: Seq::MAX, seq_max: 0, bytes: 0 }
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        for field in [self.collection, self.rows, self.deletes] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [self.seq_min, self.seq_max, self.bytes] {
            out.extend_from_slice(&field.to_le_bytes());
        }
    }

    pub(crate) fn decode(fields: &mut Fields<'_>) -> Option<Part> {
        Some(Part {
            collection: fields.u32()?,
            rows: fields.u32()?,
            deletes: fields.u32()?,
            seq_min: fields.u64()?,
            seq_max: fields.u64()?,
            bytes: fields.u64()?,
        })
    }
}

/// What the manifest says of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentRow {
    pub(crate) number: u64,
    pub(crate) salt: [u8; 16],
    /// Of the whole file.
    pub(crate) bytes: u64,
    /// Where the first of its two tops is.
    pub(crate) top: u64,
    pub(crate) parts: Vec<Part>,
}
