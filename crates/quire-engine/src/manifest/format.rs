//! The records of a manifest. See `docs/formats/manifest.md`.
//!
//! ```text
//! 1 state         database:u32 checkpoint_lsn:u64 checkpoint_seq:u64 checkpoint_time_ms:u64 durable_lsn:u64
//!                 next_collection:u32 next_segment:u64 name_bytes:u16 name
//! 2 collection    number:u32 documents:i64 name_bytes:u16 name
//! 3 uncollection  number:u32
//! 4 segment       number:u64 salt[16] bytes:u64 top:u64 part*                 a part as in the segment
//! 5 unsegment     number:u64
//! 6 hidden        segment:u64 bitmap                                          rows that are hidden from now on
//! 15 end          records:u32 edit:u32                                        closes an edit; edits count from 0
//! ```
//! An edit is its records and the end that counts them. The first edit of a file is the whole state.

use crate::bitmap::Bitmap;
use crate::codec::{Fields, put_short_text};
use crate::facts::{PART_BYTES, Part, SegmentRow};
use crate::log::{Encoder, Lsn};
use crate::planted::{self, Bug};
use quire_model::{Name, Seq};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const STATE: u8 = 1;
pub(crate) const COLLECTION: u8 = 2;
pub(crate) const UNCOLLECTION: u8 = 3;
pub(crate) const SEGMENT: u8 = 4;
pub(crate) const UNSEGMENT: u8 = 5;
pub(crate) const HIDDEN: u8 = 6;
pub(crate) const END: u8 = 15;
pub(crate) const END_BYTES: usize = 8;

/// The name of the manifest with a number.
pub(crate) fn file_name(number: u64) -> String {
    format!("manifest-{number:08}")
}

/// The number in a manifest's name, if it is one.
pub(crate) fn file_number(name: &str) -> Option<u64> {
    name.strip_prefix("manifest-")?.parse().ok()
}

/// What a database consists of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Manifest {
    pub(crate) timeline: u64,
    pub(crate) database: u32,
    pub(crate) name: Name,
    /// The segments hold every commit before this place in the log ...
    pub(crate) checkpoint_lsn: Lsn,
    /// ... and up to this one.
    pub(crate) checkpoint_seq: Seq,
    pub(crate) checkpoint_time_ms: u64,
    /// The log was durable up to here when this was written: the mark of a clean stop, and of what a recovery found.
    /// Whatever is missing below is damage.
    pub(crate) durable_lsn: Lsn,
    pub(crate) next_collection: u32,
    pub(crate) next_segment: u64,
    pub(crate) collections: BTreeMap<u32, CollectionRow>,
    pub(crate) segments: BTreeMap<u64, SegmentEntry>,
}

/// A collection as of the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CollectionRow {
    pub(crate) number: u32,
    pub(crate) name: Name,
    pub(crate) documents: i64,
}

/// A segment, and which of its rows are hidden.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SegmentEntry {
    pub(crate) row: Arc<SegmentRow>,
    pub(crate) hidden: Arc<Bitmap>,
}

impl Manifest {
    /// A database with nothing in it, before its first edit is read.
    pub(crate) fn blank(timeline: u64) -> Option<Manifest> {
        Some(Manifest {
            timeline,
            database: 0,
            name: Name::new("none").ok()?,
            checkpoint_lsn: Lsn::default(),
            checkpoint_seq: 0,
            checkpoint_time_ms: 0,
            durable_lsn: Lsn::default(),
            next_collection: 1,
            next_segment: 1,
            collections: BTreeMap::new(),
            segments: BTreeMap::new(),
        })
    }

    /// The edit that makes this state of `before`, or of nothing.
    pub(super) fn encode(&self, before: Option<&Manifest>, edit: u32, out: &mut Encoder<'_>) {
        let mut records = 1u32;
        self.encode_state(out);
        let mut record = |kind: u8, fill: &mut dyn FnMut(&mut Vec<u8>)| {
            records += 1;
            out.record(kind, |out| fill(out));
        };
        for number in before.iter().flat_map(|m| m.collections.keys()) {
            if !self.collections.contains_key(number) {
                record(UNCOLLECTION, &mut |out| out.extend_from_slice(&number.to_le_bytes()));
            }
        }
        for (number, row) in &self.collections {
            if before.and_then(|m| m.collections.get(number)) != Some(row) {
                record(COLLECTION, &mut |out| {
                    out.extend_from_slice(&number.to_le_bytes());
                    out.extend_from_slice(&row.documents.to_le_bytes());
                    put_short_text(out, row.name.as_str());
                });
            }
        }
        for number in before.iter().flat_map(|m| m.segments.keys()) {
            if !self.segments.contains_key(number) {
                record(UNSEGMENT, &mut |out| out.extend_from_slice(&number.to_le_bytes()));
            }
        }
        let none = Arc::new(Bitmap::default());
        for (number, entry) in &self.segments {
            let known = before.and_then(|m| m.segments.get(number));
            if known.is_none() {
                record(SEGMENT, &mut |out| encode_segment(&entry.row, out));
            }
            let hidden = known.map_or(&none, |known| &known.hidden);
            if !Arc::ptr_eq(hidden, &entry.hidden) {
                let mut more = Bitmap::default();
                entry.hidden.without(hidden).into_iter().for_each(|row| {
                    more.insert(row);
                });
                if !more.is_empty() {
                    record(HIDDEN, &mut |out| {
                        out.extend_from_slice(&number.to_le_bytes());
                        more.encode(out);
                    });
                }
            }
        }
        out.record(END, |out| {
            out.extend_from_slice(&records.to_le_bytes());
            out.extend_from_slice(&edit.to_le_bytes());
        });
    }

    fn encode_state(&self, out: &mut Encoder<'_>) {
        out.record(STATE, |out| {
            out.extend_from_slice(&self.database.to_le_bytes());
            for field in
                [self.checkpoint_lsn.0, self.checkpoint_seq, self.checkpoint_time_ms, self.durable_lsn.0]
            {
                out.extend_from_slice(&field.to_le_bytes());
            }
            out.extend_from_slice(&self.next_collection.to_le_bytes());
            out.extend_from_slice(&self.next_segment.to_le_bytes());
            put_short_text(out, self.name.as_str());
        });
    }

    /// Applies one record of an edit; `None` where it does not fit the state.
    pub(crate) fn apply(&mut self, kind: u8, payload: &[u8]) -> Option<()> {
        let mut fields = Fields(payload);
        match kind {
            STATE => {
                self.database = fields.u32()?;
                self.checkpoint_lsn = Lsn(fields.u64()?);
                self.checkpoint_seq = fields.u64()?;
                self.checkpoint_time_ms = fields.u64()?;
                self.durable_lsn = Lsn(fields.u64()?);
                self.next_collection = fields.u32()?;
                self.next_segment = fields.u64()?;
                self.name = Name::new(fields.short_text()?).ok()?;
            }
            COLLECTION => {
                let (number, documents) = (fields.u32()?, fields.u64()? as i64);
                let name = Name::new(fields.short_text()?).ok()?;
                self.collections.insert(number, CollectionRow { number, name, documents });
            }
            UNCOLLECTION => {
                self.collections.remove(&fields.u32()?)?;
            }
            SEGMENT => {
                let row = decode_segment(&mut fields)?;
                let entry = SegmentEntry { row: Arc::new(row), hidden: Arc::default() };
                let known = self.segments.insert(entry.row.number, entry);
                known.is_none().then_some(())?;
            }
            UNSEGMENT => {
                self.segments.remove(&fields.u64()?)?;
            }
            HIDDEN => {
                let entry = self.segments.get_mut(&fields.u64()?)?;
                let more = Bitmap::decode(std::mem::take(&mut fields.0))?;
                if !planted::is(Bug::DropBitmap) {
                    entry.hidden = Arc::new(entry.hidden.with(&more));
                }
            }
            _ => return None,
        }
        fields.0.is_empty().then_some(())
    }
}

/// What an end record says: how many records it closes, and which edit it is.
pub(crate) fn decode_end(payload: &[u8]) -> Option<(u32, u32)> {
    let mut fields = Fields(payload);
    Some((fields.u32()?, fields.u32()?))
}

fn encode_segment(row: &SegmentRow, out: &mut Vec<u8>) {
    out.extend_from_slice(&row.number.to_le_bytes());
    out.extend_from_slice(&row.salt);
    out.extend_from_slice(&row.bytes.to_le_bytes());
    out.extend_from_slice(&row.top.to_le_bytes());
    row.parts.iter().for_each(|part| part.encode(out));
}

/// What a record of a segment says.
pub(crate) fn decode_segment(fields: &mut Fields<'_>) -> Option<SegmentRow> {
    let (number, salt) = (fields.u64()?, fields.bytes(16)?.try_into().ok()?);
    let mut row = SegmentRow { number, salt, bytes: fields.u64()?, top: fields.u64()?, parts: Vec::new() };
    while fields.0.len() >= PART_BYTES {
        row.parts.push(Part::decode(fields)?);
    }
    Some(row)
}
