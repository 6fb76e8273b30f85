//! The two ends of a segment: the header, and behind the stripes the two tops with their footers.

use super::piece::{Header, Known, Piece, Repair, What};
use crate::codec::{Checksum, Fields, checksum};
use crate::inspect::window::Window;
use crate::segment::{FOOTER_BYTES, FOOTER_MAGIC, Footer, HEADER_BYTES, MAGIC, Top, VERSION, unseal};

/// The header as it stands, whether it holds or not.
pub(super) fn header(window: &mut Window, known: Option<&Known<'_>>) -> Piece<'static> {
    let bytes = window.length().min(HEADER_BYTES as u64);
    let mut piece = Piece { offset: 0, bytes, what: What::Header(None), faults: Vec::new(), repair: None };
    piece.repair = known.map(|_| Repair::Rebuild);
    let header = match window.bytes(0, HEADER_BYTES as u64) {
        Ok(bytes) => decode(bytes),
        Err(fault) => {
            piece.faults.push(format!("the header: {fault}"));
            return piece;
        }
    };
    let ours = |header: &Header| {
        known.is_none_or(|known| {
            header.number == known.row.number
                && header.salt == known.row.salt
                && header.timeline == known.timeline
        })
    };
    match &header {
        None => piece.faults.push("the header cannot be read".to_owned()),
        Some(header) if !header.holds => piece.faults.push("the header's checksum does not hold".to_owned()),
        Some(header) if header.version != VERSION || header.cipher != 0 => {
            let (version, cipher) = (header.version, header.cipher);
            piece.faults.push(format!("it has format version {version} and cipher {cipher}"));
        }
        Some(header) if !ours(header) => piece.faults.push("the header is that of another file".to_owned()),
        Some(_) => {}
    }
    piece.what = What::Header(header);
    piece
}

pub(super) fn decode(bytes: &[u8]) -> Option<Header> {
    let mut fields = Fields(bytes);
    let magic = fields.bytes(MAGIC.len())? == MAGIC;
    let (version, cipher) = (fields.u16()?, fields.u8()?);
    fields.bytes(5)?;
    let (number, salt, timeline) = (fields.u64()?, fields.bytes(16)?.try_into().ok()?, fields.u64()?);
    let crc = Fields(bytes.get(60..)?).u32()?;
    let holds = magic && checksum(bytes.get(..60)?) == crc;
    Some(Header { version, cipher, number, salt, timeline, holds })
}

/// Where the tops are.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) first: u64,
    pub(super) bytes: u64,
}

impl Place {
    /// `None` where they would end behind every file.
    fn new(first: u64, bytes: u64) -> Option<Place> {
        let one = bytes.checked_add(FOOTER_BYTES as u64)?;
        first.checked_add(one.checked_mul(2)?).map(|_| Place { first, bytes })
    }
}

/// Where the tops are: the manifest says it; else the last footer, else the one between the tops.
pub(super) fn place(window: &mut Window, seed: &Checksum, known: Option<&Known<'_>>) -> Option<Place> {
    let footer_bytes = FOOTER_BYTES as u64;
    if let Some(Known { row, .. }) = known {
        let bytes = (row.bytes.checked_sub(row.top)? / 2).checked_sub(footer_bytes)?;
        return Place::new(row.top, bytes);
    }
    let last = window.length().checked_sub(footer_bytes)?;
    if let Some(footer) = footer_at(window, seed, last) {
        let first = footer.top_offset.checked_sub(footer.top_bytes.checked_add(footer_bytes)?)?;
        return Place::new(first, footer.top_bytes);
    }
    // From the back, because the stripes before the tops are by far the larger part.
    let mut at = last;
    while at > HEADER_BYTES as u64 {
        let from = at.saturating_sub(1 << 20).max(HEADER_BYTES as u64);
        let found = found_in(window, seed, from, at);
        if found.is_some() {
            return found;
        }
        at = from;
    }
    None
}

/// The place of the tops by a footer that begins in a range.
fn found_in(window: &mut Window, seed: &Checksum, from: u64, to: u64) -> Option<Place> {
    let magic_at = (FOOTER_BYTES - FOOTER_MAGIC.len()) as u64;
    let end = (to + FOOTER_BYTES as u64).min(window.length());
    let bytes = window.bytes(from, end - from).ok()?.to_vec();
    let marks = bytes.windows(FOOTER_MAGIC.len()).enumerate().filter(|(_, four)| four == FOOTER_MAGIC);
    let places: Vec<u64> = marks.filter_map(|(n, _)| (from + n as u64).checked_sub(magic_at)).collect();
    let footer = places.into_iter().rev().find_map(|at| footer_at(window, seed, at))?;
    Place::new(footer.top_offset, footer.top_bytes)
}

fn footer_at(window: &mut Window, seed: &Checksum, at: u64) -> Option<Footer> {
    Footer::decode(seed, at, window.bytes(at, FOOTER_BYTES as u64).ok()?)
}

/// What stands behind the stripes.
pub(super) struct Tops {
    place: Place,
    tops: [Result<Top, String>; 2],
    footers: [Option<Footer>; 2],
}

impl Tops {
    pub(super) fn read(window: &mut Window, seed: &Checksum, place: Place) -> Tops {
        let mut top = |n: u64| {
            let at = place.first + n * (place.bytes + FOOTER_BYTES as u64);
            let bytes = window.bytes(at, place.bytes)?;
            let top = unseal(seed, at, bytes).ok_or("the top's checksum does not hold")?;
            Top::decode(top).ok_or_else(|| "the top does not fit together".to_owned())
        };
        let tops = [top(0), top(1)];
        let mut footer = |n: u64| {
            let at = place.first + n * (place.bytes + FOOTER_BYTES as u64) + place.bytes;
            footer_at(window, seed, at)
        };
        Tops { place, tops, footers: [footer(0), footer(1)] }
    }

    /// The one that counts.
    pub(super) fn top(&self) -> Option<&Top> {
        self.tops.iter().find_map(|top| top.as_ref().ok())
    }

    /// Behind the last footer.
    pub(super) fn end(&self) -> u64 {
        self.place.first + 2 * (self.place.bytes + FOOTER_BYTES as u64)
    }

    /// The four pieces; `rows` as the stripes have them.
    pub(super) fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        for n in 0..2 {
            let at = self.place.first + n as u64 * (self.place.bytes + FOOTER_BYTES as u64);
            let other = self.tops[1 - n].is_ok();
            let repair = Some(if other { Repair::SecondCopy } else { Repair::Rebuild });
            let mut faults: Vec<String> = self.tops[n].as_ref().err().cloned().into_iter().collect();
            if let (1, Ok(first), Ok(second)) = (n, &self.tops[0], &self.tops[1])
                && first != second
            {
                faults.push("it differs from the first".to_owned());
            }
            let what = What::Top(self.tops[n].as_ref().ok());
            pieces.push(Piece { offset: at, bytes: self.place.bytes, what, faults, repair });
            let footer = self.footers[n];
            let (at, bytes) = (at + self.place.bytes, FOOTER_BYTES as u64);
            let faults = self.footer_fault(n, at).into_iter().collect();
            let (what, repair) = (What::Footer(footer), Some(Repair::Rebuild));
            pieces.push(Piece { offset: at, bytes, what, faults, repair });
        }
        pieces
    }

    fn footer_fault(&self, n: usize, at: u64) -> Option<String> {
        let Some(footer) = self.footers[n] else {
            return Some("the footer's checksum does not hold".to_owned());
        };
        let rows = self.top().map_or(footer.rows, |top| top.parts.iter().map(|p| u64::from(p.rows)).sum());
        let fits = footer.top_offset.checked_add(self.place.bytes) == Some(at)
            && footer.top_bytes == self.place.bytes
            && footer.bytes == self.end()
            && footer.rows == rows;
        (!fits).then(|| "the footer does not fit what is before it".to_owned())
    }
}
