//! Sixteen bytes at a time with SSE2, which every x86-64 processor has.

use core::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
};

use super::{Masks, plain};

/// As `plain::string_stop`.
#[inline(always)]
pub(in super::super) fn string_stop(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let block = Block::load(block);
        let quote_or_backslash = block.equal(b'"').or(block.equal(b'\\'));
        let found = block.up_to(0x1f).or(quote_or_backslash).bits();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 16;
    }
    plain::string_stop(bytes, at)
}

/// As `plain::space_or_quote`.
#[inline(always)]
pub(in super::super) fn space_or_quote(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let block = Block::load(block);
        let found = block.up_to(b' ').or(block.equal(b'"')).bits();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 16;
    }
    plain::space_or_quote(bytes, at)
}

/// As `plain::masks`.
#[inline(always)]
pub(in super::super) fn masks(block: &[u8; 64]) -> Masks {
    let mut masks = Masks::default();
    let (parts, _) = block.as_chunks::<16>();
    for (part, shift) in parts.iter().zip([0, 16, 32, 48]) {
        let part = Block::load(part);
        // One bit apart: `[` and `{`, `]` and `}`. No other byte folds onto these.
        let folded = part.or(Block::all(0x20));
        masks.quote |= u64::from(part.equal(b'"').bits()) << shift;
        masks.backslash |= u64::from(part.equal(b'\\').bits()) << shift;
        masks.open |= u64::from(folded.equal(b'{').bits()) << shift;
        masks.close |= u64::from(folded.equal(b'}').bits()) << shift;
    }
    masks
}

/// Sixteen bytes in a register. A comparison leaves all bits of a byte set where it holds.
#[derive(Clone, Copy)]
struct Block(__m128i);

impl Block {
    #[inline(always)]
    fn load(bytes: &[u8; 16]) -> Block {
        // SAFETY: the reference holds sixteen readable bytes, `loadu` asks for no alignment, and this module
        // is compiled only where SSE2 is known to be there.
        Block(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn all(byte: u8) -> Block {
        // SAFETY: works on registers only; this module is compiled only where SSE2 is known to be there.
        Block(unsafe { _mm_set1_epi8(byte.cast_signed()) })
    }

    #[inline(always)]
    fn or(self, other: Block) -> Block {
        // SAFETY: as in `all`.
        Block(unsafe { _mm_or_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn equal(self, byte: u8) -> Block {
        // SAFETY: as in `all`.
        Block(unsafe { _mm_cmpeq_epi8(self.0, Block::all(byte).0) })
    }

    /// The bytes not above `most`: SSE2 has no unsigned comparison, but a minimum.
    #[inline(always)]
    fn up_to(self, most: u8) -> Block {
        // SAFETY: as in `all`.
        Block(unsafe { _mm_cmpeq_epi8(_mm_min_epu8(self.0, Block::all(most).0), self.0) })
    }

    /// Bit `i` is the highest bit of byte `i`.
    #[inline(always)]
    fn bits(self) -> u32 {
        // SAFETY: as in `all`.
        unsafe { _mm_movemask_epi8(self.0) }.cast_unsigned()
    }
}
