//! The ends of values in checked text.
//!
//! Nothing is checked again: brackets pair up and strings close, or the end of the text is the end.
//! An array or object is passed 64 bytes at a time:
//!
//! 1. quotes behind a backslash are dropped from the quotes;
//! 2. a running exclusive-or over the quotes marks the bytes inside strings;
//! 3. brackets outside strings are counted, and looked at one by one only where the last may be among them.

use super::block::{masks, skip_space, string_stop};

/// The offset after the value that begins at `at`; `at` itself when none does.
#[inline]
pub(super) fn value_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'"') => (string_close(bytes, at + 1).0 + 1).min(bytes.len()),
        Some(b'{' | b'[') => container_end(bytes, at),
        _ => {
            let rest = bytes.get(at..).unwrap_or_default();
            let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b':' | ..=b' ');
            rest.iter().position(ends).map_or(bytes.len(), |length| at + length)
        }
    }
}

/// The offset of the quote that closes the string whose text begins at `at`, and whether it has escapes.
#[inline]
pub(super) fn string_close(bytes: &[u8], at: usize) -> (usize, bool) {
    let mut stop = string_stop(bytes, at);
    let mut escaped = false;
    loop {
        match bytes.get(stop) {
            Some(b'\\') => {
                escaped = true;
                stop += 2;
            }
            Some(b'"') => return (stop, escaped),
            Some(_) => stop += 1,
            None => return (bytes.len(), escaped),
        }
        stop = string_stop(bytes, stop);
    }
}

/// The first byte at or after `at` that is neither white space nor a comma.
#[inline]
pub(super) fn next_member(bytes: &[u8], at: usize) -> usize {
    let at = skip_space(bytes, at);
    if bytes.get(at) == Some(&b',') {
        return skip_space(bytes, at + 1);
    }
    at
}

/// The offset after the array or object that begins at `at`.
fn container_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut inside = 0_u64;
    let mut escape_carry = 0_u64;
    let mut rest = bytes.get(at..).unwrap_or_default();
    while !rest.is_empty() {
        let base = bytes.len() - rest.len();
        let mut padded = [b' '; 64];
        let (block, next) = match rest.split_first_chunk::<64>() {
            Some(split) => split,
            None => {
                for (to, from) in padded.iter_mut().zip(rest) {
                    *to = *from;
                }
                (&padded, Default::default())
            }
        };
        rest = next;
        let found = masks(block);
        let quotes = found.quote & !escaped(found.backslash, &mut escape_carry);
        let strings = running_xor(quotes) ^ inside;
        // All ones when the block ends inside a string.
        inside = (strings.cast_signed() >> 63).cast_unsigned();
        let opens = found.open & !strings;
        let closes = found.close & !strings;
        if closes.count_ones() as usize >= depth
            && let Some(bit) = last_close(opens, closes, depth)
        {
            return base + bit + 1;
        }
        depth = (depth + opens.count_ones() as usize).saturating_sub(closes.count_ones() as usize);
    }
    bytes.len()
}

/// The bit of the bracket that brings `depth` to zero.
#[inline]
fn last_close(opens: u64, mut closes: u64, depth: usize) -> Option<usize> {
    let mut closed = 0;
    while closes != 0 {
        let bit = closes.trailing_zeros();
        closed += 1;
        let opened = (opens & ((1 << bit) - 1)).count_ones() as usize;
        if depth + opened <= closed {
            return Some(bit as usize);
        }
        closes &= closes - 1;
    }
    None
}

/// The bytes that an odd run of backslashes stands before; `carry` is 1 when such a run ends a block.
#[inline]
fn escaped(backslashes: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    if backslashes == 0 {
        return std::mem::take(carry);
    }
    let backslashes = backslashes & !*carry;
    let follows = backslashes << 1 | *carry;
    // Adding a run's first bit ripples through the run: runs from odd places turn even and the other way round.
    let odd_starts = backslashes & !EVEN & !follows;
    let (rippled, overflow) = odd_starts.overflowing_add(backslashes);
    *carry = u64::from(overflow);
    (EVEN ^ (rippled << 1)) & follows
}

/// Bit `i` is the exclusive-or of the bits up to and with `i`.
#[inline]
fn running_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
