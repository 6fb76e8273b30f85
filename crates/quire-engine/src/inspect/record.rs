//! What one record of a file of records says.

use super::document_value;
use super::entry::{Entry, Value, hex};
use crate::bitmap::Bitmap;
use crate::codec::Fields;
use crate::log::{FileKind, Lsn, RECORD_HEADER_BYTES, Record};
use crate::manifest::{self, decode_end, decode_segment};
use crate::registry;
use crate::wal;
use quire_model::Seq;

/// The entry of a record that holds; `None` where this program does not know its kind or its shape.
pub(super) fn entry(file: FileKind, record: &Record<'_>, seq: Option<Seq>, documents: bool) -> Option<Entry> {
    match file {
        FileKind::WriteAhead => wal_entry(record, seq, documents),
        FileKind::Manifest => manifest_entry(record),
        FileKind::Registry => registry_entry(record),
        FileKind::Current => current_entry(record),
    }
}

/// An entry of a record's place.
pub(super) fn of(record: &Record<'_>, kind: &'static str) -> Entry {
    Entry::new(record.lsn.offset(), (RECORD_HEADER_BYTES + record.payload.len()) as u64, kind)
}

fn wal_entry(record: &Record<'_>, seq: Option<Seq>, documents: bool) -> Option<Entry> {
    let begin = |kind| {
        let entry = of(record, kind).text("lsn", record.lsn);
        match seq {
            Some(seq) => entry.number("seq", seq),
            None => entry,
        }
    };
    let previous = |entry: Entry, previous: Option<Seq>| match previous {
        Some(previous) => entry.number("previous", previous),
        None => entry,
    };
    Some(match wal::Entry::decode(record.kind, record.payload)? {
        wal::Entry::Put { collection, previous: before, id, text } => {
            let entry = previous(begin("put").number("collection", collection).text("id", id), before)
                .number("document_bytes", text.len() as u64);
            if documents { entry.value("document", document_value(text)) } else { entry }
        }
        wal::Entry::Delete { collection, previous: before, id } => {
            previous(begin("delete").number("collection", collection).text("id", id), before)
        }
        wal::Entry::Create { collection, name } => {
            begin("create").number("collection", collection).text("name", name)
        }
        wal::Entry::Drop { collection } => begin("drop").number("collection", collection),
        wal::Entry::Commit(marker) => of(record, "commit")
            .text("lsn", record.lsn)
            .number("seq", marker.seq)
            .number("operations", marker.operations)
            .number("time_ms", marker.time_ms)
            .text("durable", marker.durable),
    })
}

fn manifest_entry(record: &Record<'_>) -> Option<Entry> {
    let mut fields = Fields(record.payload);
    Some(match record.kind {
        manifest::STATE => of(record, "state")
            .number("database", fields.u32()?)
            .text("checkpoint_lsn", Lsn(fields.u64()?))
            .number("checkpoint_seq", fields.u64()?)
            .number("checkpoint_time_ms", fields.u64()?)
            .text("durable_lsn", Lsn(fields.u64()?))
            .number("next_collection", fields.u32()?)
            .number("next_segment", fields.u64()?)
            .text("name", fields.short_text()?),
        manifest::COLLECTION => {
            let (number, documents) = (fields.u32()?, fields.u64()? as i64);
            let entry = of(record, "collection").number("collection", number);
            entry.value("documents", Value::Signed(documents)).text("name", fields.short_text()?)
        }
        manifest::UNCOLLECTION => of(record, "uncollection").number("collection", fields.u32()?),
        manifest::SEGMENT => {
            let row = decode_segment(&mut fields)?;
            of(record, "segment")
                .number("segment", row.number)
                .text("salt", hex(&row.salt))
                .number("file_bytes", row.bytes)
                .number("top", row.top)
                .number("rows", row.parts.iter().map(|part| u64::from(part.rows)).sum::<u64>())
                .number("deletes", row.parts.iter().map(|part| u64::from(part.deletes)).sum::<u64>())
                .text("collections", list(row.parts.iter().map(|part| part.collection)))
        }
        manifest::UNSEGMENT => of(record, "unsegment").number("segment", fields.u64()?),
        manifest::HIDDEN => {
            let segment = fields.u64()?;
            let rows = Bitmap::decode(fields.0)?;
            of(record, "hidden")
                .number("segment", segment)
                .number("rows", rows.len())
                .text("row_numbers", list(rows.without(&Bitmap::default())))
        }
        manifest::END => {
            let (records, edit) = decode_end(record.payload)?;
            of(record, "end").number("records", records).number("edit", edit)
        }
        _ => return None,
    })
}

/// Numbers in a row, the first hundred of them.
fn list(numbers: impl IntoIterator<Item = u32>) -> String {
    const SHOWN: usize = 100;
    let mut numbers = numbers.into_iter();
    let shown: Vec<String> = numbers.by_ref().take(SHOWN).map(|number| number.to_string()).collect();
    let more = if numbers.next().is_some() { " …" } else { "" };
    shown.join(" ") + more
}

fn registry_entry(record: &Record<'_>) -> Option<Entry> {
    let mut fields = Fields(record.payload);
    Some(match record.kind {
        registry::DATABASE => {
            of(record, "database").number("database", fields.u32()?).text("name", fields.short_text()?)
        }
        registry::END => of(record, "end").number("records", fields.u32()?),
        _ => return None,
    })
}

fn current_entry(record: &Record<'_>) -> Option<Entry> {
    let number = Fields(record.payload).u64()?;
    (record.kind == manifest::CURRENT).then(|| of(record, "current").number("manifest", number))
}
