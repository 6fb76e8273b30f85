//! Records of the write-ahead log. See `docs/formats/log.md`.
//!
//! ```text
//! 1 put     collection:u32 previous:u64 id_bytes:u16 id document
//! 2 delete  collection:u32 previous:u64 id_bytes:u16 id
//! 3 create  collection:u32 name_bytes:u16 name
//! 4 drop    collection:u32
//! 8 commit  seq:u64 time_ms:u64 durable:u64 operations:u32
//! ```
//! `previous` is the revision that was there before, 0 where none was. A transaction is its operations in a row
//! and then its commit marker, which counts them. `durable` is the LSN up to which the log was durable when the
//! marker was appended: whatever is missing below it was lost later, and is damage and not a torn tail.

use crate::codec::{Fields, put_short_text};
use crate::log::{Encoder, Lsn};
use quire_model::Seq;

const PUT: u8 = 1;
const DELETE: u8 = 2;
const CREATE: u8 = 3;
const DROP: u8 = 4;
pub(crate) const COMMIT: u8 = 8;
/// The payload of a commit marker has always this length.
pub(crate) const COMMIT_BYTES: usize = 28;

/// The end of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CommitMarker {
    pub(crate) seq: Seq,
    pub(crate) time_ms: u64,
    pub(crate) durable: Lsn,
    pub(crate) operations: u32,
}

/// A record read back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry<'a> {
    Put { collection: u32, previous: Option<Seq>, id: &'a str, text: &'a str },
    Delete { collection: u32, previous: Option<Seq>, id: &'a str },
    Create { collection: u32, name: &'a str },
    Drop { collection: u32 },
    Commit(CommitMarker),
}

pub(crate) fn encode_put(
    out: &mut Encoder<'_>,
    collection: u32,
    previous: Option<Seq>,
    id: &str,
    text: &str,
) {
    out.record(PUT, |out| {
        address(out, collection, previous, id);
        out.extend_from_slice(text.as_bytes());
    });
}

pub(crate) fn encode_delete(out: &mut Encoder<'_>, collection: u32, previous: Option<Seq>, id: &str) {
    out.record(DELETE, |out| address(out, collection, previous, id));
}

fn address(out: &mut Vec<u8>, collection: u32, previous: Option<Seq>, id: &str) {
    out.extend_from_slice(&collection.to_le_bytes());
    out.extend_from_slice(&previous.unwrap_or(0).to_le_bytes());
    put_short_text(out, id);
}

pub(crate) fn encode_create(out: &mut Encoder<'_>, collection: u32, name: &str) {
    out.record(CREATE, |out| {
        out.extend_from_slice(&collection.to_le_bytes());
        put_short_text(out, name);
    });
}

pub(crate) fn encode_drop(out: &mut Encoder<'_>, collection: u32) {
    out.record(DROP, |out| out.extend_from_slice(&collection.to_le_bytes()));
}

pub(crate) fn encode_commit(out: &mut Encoder<'_>, marker: CommitMarker) {
    out.record(COMMIT, |out| {
        out.extend_from_slice(&marker.seq.to_le_bytes());
        out.extend_from_slice(&marker.time_ms.to_le_bytes());
        out.extend_from_slice(&marker.durable.0.to_le_bytes());
        out.extend_from_slice(&marker.operations.to_le_bytes());
    });
}

impl<'a> Entry<'a> {
    /// `None` for a kind or a shape that this version does not know, although the checksum held.
    pub(crate) fn decode(kind: u8, payload: &'a [u8]) -> Option<Entry<'a>> {
        let mut fields = Fields(payload);
        let previous = |seq| (seq != 0).then_some(seq);
        Some(match kind {
            PUT => Entry::Put {
                collection: fields.u32()?,
                previous: previous(fields.u64()?),
                id: fields.short_text()?,
                text: fields.rest_text()?,
            },
            DELETE => Entry::Delete {
                collection: fields.u32()?,
                previous: previous(fields.u64()?),
                id: fields.short_text()?,
            },
            CREATE => Entry::Create { collection: fields.u32()?, name: fields.short_text()? },
            DROP => Entry::Drop { collection: fields.u32()? },
            COMMIT => Entry::Commit(CommitMarker {
                seq: fields.u64()?,
                time_ms: fields.u64()?,
                durable: Lsn(fields.u64()?),
                operations: fields.u32()?,
            }),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Checksum;
    use crate::log::RECORD_HEADER_BYTES;

    #[test]
    fn every_entry_reads_back_as_it_was_written() {
        let seed = Checksum::new();
        let mut out = Encoder::new(&seed, Lsn::new(1, 64), Vec::new());
        let marker = CommitMarker { seq: 7, time_ms: 8, durable: Lsn::new(1, 64), operations: 4 };
        encode_put(&mut out, 3, Some(9), "id", r#"{"_id":"id"}"#);
        encode_delete(&mut out, 3, None, "é");
        encode_create(&mut out, 4, "name");
        encode_drop(&mut out, 4);
        encode_commit(&mut out, marker);
        let bytes = out.finish();
        let mut rest = &bytes[..];
        let mut next = || {
            let length = u32::from_le_bytes(rest[4..8].try_into().unwrap()) as usize;
            let kind = rest[8];
            let payload = &rest[RECORD_HEADER_BYTES..RECORD_HEADER_BYTES + length];
            rest = &rest[RECORD_HEADER_BYTES + length..];
            Entry::decode(kind, payload).unwrap()
        };
        assert_eq!(
            next(),
            Entry::Put { collection: 3, previous: Some(9), id: "id", text: r#"{"_id":"id"}"# }
        );
        assert_eq!(next(), Entry::Delete { collection: 3, previous: None, id: "é" });
        assert_eq!(next(), Entry::Create { collection: 4, name: "name" });
        assert_eq!(next(), Entry::Drop { collection: 4 });
        assert_eq!(next(), Entry::Commit(marker));
        assert_eq!(Entry::decode(99, b""), None);
        assert_eq!(Entry::decode(COMMIT, b"short"), None);
    }
}
