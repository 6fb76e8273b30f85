//! The walk over a segment's bytes from the first to the last: every piece is read and proved, none is skipped.

use super::ends::{self, Tops};
use super::piece::{Header, Known, Piece, Repair, Seen, What};
use super::rows::Rows;
use super::stripe::{Stripe, sealed};
use crate::codec::Checksum;
use crate::disk::DiskFile;
use crate::inspect::window::Window;
use crate::segment::{Block, HEADER_BYTES, PagePlace};
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Who is told of each piece; a break ends the walk.
pub(crate) type Look<'a> = &'a mut dyn FnMut(Piece<'_>) -> ControlFlow<()>;

/// Where the walk is.
pub(super) struct Walk<'a> {
    pub(super) window: Window,
    pub(super) seed: Checksum,
    pub(super) number: u64,
    /// Everything before is told.
    pub(super) at: u64,
    /// The number of the next block in the file, where it is known.
    pub(super) ordinal: Option<u32>,
    seen: &'a mut Seen,
}

/// Walks over a segment. What `known` says is taken as true; without it the file's own header is.
pub(crate) fn walk(
    file: Arc<dyn DiskFile>,
    known: Option<&Known<'_>>,
    look: Look<'_>,
) -> io::Result<(Seen, ControlFlow<()>)> {
    let mut seen = Seen::default();
    let mut window = Window::new(file)?;
    let header = ends::header(&mut window, known);
    let own = match &header.what {
        What::Header(header) => header.clone(),
        _ => None,
    };
    let (salt, number) = match (known, &own) {
        (Some(known), _) => (known.row.salt, known.row.number),
        (None, Some(Header { salt, number, .. })) => (*salt, *number),
        (None, None) => ([0; 16], 0),
    };
    let seed = Checksum::new().with(&salt);
    let at = HEADER_BYTES as u64;
    let walk = Walk { window, seed, number, at, ordinal: Some(0), seen: &mut seen };
    let ended = match look(header) {
        ControlFlow::Continue(()) => walk.pieces(known, look),
        broken => broken,
    };
    Ok((seen, ended))
}

impl Walk<'_> {
    fn pieces(mut self, known: Option<&Known<'_>>, look: Look<'_>) -> ControlFlow<()> {
        let length = self.window.length();
        let tops = ends::place(&mut self.window, &self.seed, known)
            .map(|place| Tops::read(&mut self.window, &self.seed, place));
        let Some(tops) = tops else {
            self.seen.blocks_lost += 1;
            let fault = "neither footer can be read, so it is not known where anything is".to_owned();
            let (offset, bytes) = (self.at.min(length), length.saturating_sub(self.at));
            return look(Piece {
                offset,
                bytes,
                what: What::Footer(None),
                faults: vec![fault],
                repair: None,
            });
        };
        let mut rows = Rows::new();
        let pages = tops.top().map_or(&[][..], |top| &top.pages);
        if tops.top().is_none() {
            self.seen.blocks_lost += 1;
        }
        for place in pages {
            let stripe = Stripe::read(&self, place);
            stripe.walk(&mut self, &mut rows, look)?;
        }
        for place in pages {
            self.copy(place, look)?;
        }
        for piece in tops.pieces() {
            if tops.top().is_some() {
                self.come_to(piece.offset, look)?;
            }
            self.at = piece.offset + piece.bytes;
            look(piece)?;
        }
        self.seen.parts = rows.into_parts();
        self.parts(&tops, look)?;
        // Of a file that is too short, the pieces that it lacks were told.
        if length > self.at { self.come_to(length, look) } else { ControlFlow::Continue(()) }
    }

    /// The second copy of a stripe's index.
    fn copy(&mut self, place: &PagePlace, look: Look<'_>) -> ControlFlow<()> {
        let (offset, bytes) = (place.copy, u64::from(place.index_bytes));
        self.come_to(offset, look)?;
        let first = sealed(self, place.offset, bytes);
        let mut faults = Vec::new();
        match (sealed(self, offset, bytes), &first) {
            (Err(fault), _) => faults.push(format!("the second copy of an index: {fault}")),
            (Ok(second), Ok(first)) if second != *first => {
                faults.push("the second copy of an index differs from the first".to_owned());
            }
            _ => {}
        }
        let repair = Some(if first.is_ok() { Repair::SecondCopy } else { Repair::Rebuild });
        self.at = offset.saturating_add(bytes);
        look(Piece { offset, bytes, what: What::Copy, faults, repair })
    }

    /// Whether the parts are what the rows make of them; with blocks missing nobody can tell.
    fn parts(&mut self, tops: &Tops, look: Look<'_>) -> ControlFlow<()> {
        match tops.top() {
            Some(top) if self.seen.blocks_lost == 0 && top.parts != self.seen.parts => {
                let faults = vec!["its parts do not say what its rows are".to_owned()];
                let (what, repair) = (What::Gap, Some(Repair::Rebuild));
                look(Piece { offset: tops.end(), bytes: 0, what, faults, repair })
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// Tells of bytes between what was told and `offset`: there must be none, and nothing twice.
    pub(super) fn come_to(&mut self, offset: u64, look: Look<'_>) -> ControlFlow<()> {
        if offset == self.at {
            return ControlFlow::Continue(());
        }
        let (from, to) = (self.at.min(offset), self.at.max(offset));
        let fault = match offset < self.at {
            true => format!("what should begin behind byte {to} begins here"),
            false => format!("{} bytes belong to nothing", to - from),
        };
        self.at = offset;
        let what = What::Gap;
        look(Piece { offset: from, bytes: to - from, what, faults: vec![fault], repair: None })
    }

    /// Counts a block, and answers its number in the file.
    pub(super) fn saw(&mut self, block: Option<&Block>) -> Option<u32> {
        let ordinal = self.ordinal;
        self.ordinal = ordinal.and_then(|ordinal| ordinal.checked_add(1));
        self.seen.blocks += 1;
        match block {
            Some(block) => self.seen.rows += block.rows() as u64,
            None => self.seen.blocks_lost += 1,
        }
        ordinal
    }

    /// Blocks of a stripe may be missing, nobody can tell how many.
    pub(super) fn lose_place(&mut self) {
        self.seen.blocks_lost += 1;
        self.ordinal = None;
    }
}
