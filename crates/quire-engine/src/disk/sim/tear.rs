//! What becomes of one change in a power cut: lost, kept, or torn at the borders of sectors.

use super::bytes::Bytes;
use super::file::Kind;
use super::lots::Lots;

/// What becomes of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Lost,
    Kept,
    /// Of a write: each sector for itself. Of anything else: kept.
    Torn,
}

/// What stands where nothing new was written.
pub(super) struct Rest {
    /// Bytes of a sector: a write is whole within one.
    sector: usize,
    /// Whether zeros, noise and bytes of other files may appear, beside the old bytes.
    garbage: bool,
    /// Bytes that other files have or had.
    others: Vec<Bytes>,
}

impl Rest {
    /// Only old bytes, and zeros where there were none.
    pub(super) fn plain(sector: usize) -> Rest {
        Rest { sector, garbage: false, others: Vec::new() }
    }

    /// Anything, also what other files hold.
    pub(super) fn garbage(sector: usize, others: Vec<Bytes>) -> Rest {
        Rest { sector, garbage: true, others }
    }

    /// Fills `bytes`, which hold what stood there before, with what may be found instead.
    fn leave(&self, bytes: &mut [u8], offset: usize, lots: &mut Lots) {
        match if self.garbage { lots.below(6) } else { 0 } {
            3 => bytes.fill(0),
            4 => lots.noise(bytes),
            5 => {
                if let Some(other) = self.others.get(lots.below(self.others.len())) {
                    other.read(bytes, offset);
                }
            }
            _ => {}
        }
    }
}

/// Changes `to` by what is left of a change.
pub(super) fn apply(to: &mut Bytes, kind: &Kind, fate: Fate, rest: &Rest, lots: &mut Lots) {
    match (kind, fate) {
        (_, Fate::Lost) => {}
        (Kind::Length { length, .. }, _) => {
            let before = to.len();
            to.set_len(*length);
            if rest.garbage && *length > before {
                fill(to, before, *length, rest, lots);
            }
        }
        (Kind::Bytes { offset, bytes }, Fate::Kept) => to.write(*offset, bytes),
        (Kind::Bytes { offset, bytes }, Fate::Torn) => tear(to, *offset, bytes, rest, lots),
    }
}

/// Blocks that a file gained by growing and that were never written.
fn fill(to: &mut Bytes, from: usize, end: usize, rest: &Rest, lots: &mut Lots) {
    for (at, count) in sectors(from, end - from, rest.sector) {
        let mut sector = vec![0; count];
        rest.leave(&mut sector, at, lots);
        to.write(at, &sector);
    }
}

fn tear(to: &mut Bytes, offset: usize, bytes: &[u8], rest: &Rest, lots: &mut Lots) {
    for (at, count) in sectors(offset, bytes.len(), rest.sector) {
        let new = &bytes[at - offset..at - offset + count];
        if lots.chance(5) {
            to.write(at, new);
            continue;
        }
        let mut old = vec![0; count];
        // A sector that gets the bytes it has already is not changed by half. What is behind the end is not kept.
        if to.read(&mut old, at) && old != new {
            rest.leave(&mut old, at, lots);
            to.write(at, &old);
        }
    }
}

/// The parts of a range by sector, each with its first byte and its bytes.
fn sectors(offset: usize, count: usize, sector: usize) -> impl Iterator<Item = (usize, usize)> {
    let end = offset + count;
    let mut at = offset;
    std::iter::from_fn(move || {
        let piece = (sector - at % sector).min(end - at);
        at += piece;
        (piece > 0).then_some((at - piece, piece))
    })
}
