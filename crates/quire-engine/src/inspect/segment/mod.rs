//! A segment, piece by piece.
//!
//! 1. [`walk`] reads the header and the tops (`ends.rs`), and then everything in its order (`walk.rs`).
//! 2. Of each stripe it first takes index and filter, and then proves the blocks with them (`stripe.rs`), and each row
//!    (`rows.rs`).
//! 3. Each piece is told with what is wrong with it (`piece.rs`); here they become entries.

mod ends;
mod piece;
mod rows;
mod stripe;
mod walk;

pub use piece::Repair;
pub(crate) use piece::{Known, Piece, What};
pub(crate) use walk::walk;

use super::entry::{Entry, Value, hex};
use crate::segment::{Block, Footer, Top};

/// The entries of a piece: itself, and where asked the rows of a block.
pub(super) fn entries(piece: Piece<'_>, rows: bool, show: &mut dyn FnMut(Entry)) {
    let Piece { offset, bytes, what, faults, .. } = piece;
    let entry = |kind| Entry { damage: faults.clone(), ..Entry::new(offset, bytes, kind) };
    match what {
        What::Header(header) => show(match header {
            Some(header) => entry("header")
                .number("version", header.version)
                .number("cipher", header.cipher)
                .number("number", header.number)
                .text("salt", hex(&header.salt))
                .text("timeline", format_args!("{:016x}", header.timeline)),
            None => entry("header"),
        }),
        What::Block { ordinal, sizes, block, .. } => {
            show(block_entry(entry("block"), ordinal, sizes, block));
            if let Some(block) = block.filter(|_| rows) {
                (0..block.rows()).for_each(|at| show(row_entry(offset, block, at)));
            }
        }
        What::Parity { group } => show(entry("parity").number("group", group as u64)),
        What::Index { blocks, parities } => {
            let mut entry = entry("index");
            for (name, count) in [("blocks", blocks), ("parities", parities)] {
                if let Some(count) = count {
                    entry = entry.number(name, count as u64);
                }
            }
            show(entry);
        }
        What::Filter => show(entry("filter")),
        What::Copy => show(entry("index copy")),
        What::Top(top) => {
            show(match top {
                Some(top) => entry("top").number("stripes", top.pages.len() as u64),
                None => entry("top"),
            });
            top.into_iter().for_each(|top| parts(offset, top, show));
        }
        What::Footer(footer) => show(match footer {
            Some(footer) => footer_entry(entry("footer"), footer),
            None => entry("footer"),
        }),
        What::Gap => show(entry("gap")),
        What::Stripe { .. } if faults.is_empty() => {}
        What::Stripe { .. } => show(entry("stripe")),
    }
}

fn block_entry(
    mut entry: Entry,
    ordinal: Option<u32>,
    sizes: Option<(u32, u32)>,
    block: Option<&Block>,
) -> Entry {
    if let Some(ordinal) = ordinal {
        entry = entry.number("ordinal", ordinal);
    }
    entry = entry.flag("checksum_ok", block.is_some());
    let Some(block) = block else { return entry };
    if let Some((stored, raw)) = sizes {
        entry = entry.number("stored_bytes", stored).number("raw_bytes", raw);
    }
    let first = block.get(0);
    entry
        .number("collection", first.collection)
        .number("row", block.row)
        .number("rows", block.rows() as u64)
        .text("first_id", first.id)
}

fn row_entry(offset: u64, block: &Block, at: usize) -> Entry {
    let row = block.get(at);
    let mut entry = Entry::new(offset, 0, "row")
        .number("row", u64::from(block.row) + at as u64)
        .number("collection", row.collection)
        .number("seq", row.seq)
        .text("id", row.id)
        .flag("deleted", row.text.is_none());
    if !block.holds(at) {
        entry = entry.damaged("the row's checksum does not hold");
    }
    match row.text {
        Some(text) => entry.value("document", super::document_value(text)),
        None => entry,
    }
}

fn parts(offset: u64, top: &Top, show: &mut dyn FnMut(Entry)) {
    for part in &top.parts {
        show(
            Entry::new(offset, 0, "part")
                .number("collection", part.collection)
                .number("rows", part.rows)
                .number("deletes", part.deletes)
                .number("seq_min", part.seq_min)
                .number("seq_max", part.seq_max)
                .number("document_bytes", part.bytes),
        );
    }
}

fn footer_entry(entry: Entry, footer: Footer) -> Entry {
    entry
        .number("top_offset", footer.top_offset)
        .number("top_bytes", footer.top_bytes)
        .number("rows", footer.rows)
        .value("file_bytes", Value::Number(footer.bytes))
}

/// Whether bytes are the header of a segment whose checksum holds.
pub(super) fn holds(header: &[u8]) -> bool {
    ends::decode(header).is_some_and(|header| header.holds)
}
