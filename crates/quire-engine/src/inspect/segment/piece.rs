//! The pieces of a segment, each with what is wrong with it.

use crate::facts::{Part, SegmentRow};
use crate::segment::{Block, Footer, Top};

/// What could bring a damaged piece back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// The parity of its group: every other block of the group is whole.
    Parity,
    /// The second copy of it in the same file.
    SecondCopy,
    /// It is derived from what is whole, and can be made anew.
    Rebuild,
}

impl Repair {
    /// As it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Repair::Parity => "parity",
            Repair::SecondCopy => "second copy",
            Repair::Rebuild => "rebuild",
        }
    }
}

/// A piece of a segment.
pub(crate) struct Piece<'a> {
    pub(crate) offset: u64,
    pub(crate) bytes: u64,
    pub(crate) what: What<'a>,
    pub(crate) faults: Vec<String>,
    pub(crate) repair: Option<Repair>,
}

/// What a piece is; what could not be read of it is absent.
pub(crate) enum What<'a> {
    Header(Option<Header>),
    Block {
        ordinal: Option<u32>,
        /// Among whose blocks its parity was formed, where that is known.
        group: Option<usize>,
        sizes: Option<(u32, u32)>,
        block: Option<&'a Block>,
    },
    Parity {
        group: usize,
    },
    Index {
        blocks: Option<usize>,
        parities: Option<usize>,
    },
    Filter,
    Copy,
    Top(Option<&'a Top>),
    Footer(Option<Footer>),
    /// Bytes that belong to nothing.
    Gap,
    /// The end of a stripe, of no bytes: the groups whose one damaged block can be formed anew.
    Stripe {
        mendable: u16,
    },
}

/// A segment's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) version: u16,
    pub(crate) cipher: u8,
    pub(crate) number: u64,
    pub(crate) salt: [u8; 16],
    pub(crate) timeline: u64,
    /// Whether its checksum holds.
    pub(crate) holds: bool,
}

/// What is known of a segment before its file is read.
pub(crate) struct Known<'a> {
    pub(crate) row: &'a SegmentRow,
    pub(crate) timeline: u64,
}

/// What a walk found in all.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// What the rows make of each collection; only where no block was damaged.
    pub(crate) parts: Vec<Part>,
    /// Blocks that could not be read, or stripes' worth of them that could not even be found.
    pub(crate) blocks_lost: u64,
    pub(crate) blocks: u64,
    pub(crate) rows: u64,
}
