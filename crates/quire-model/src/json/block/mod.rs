//! Finding the bytes that matter, many at a time.
//!
//! `plain` says what each function means, byte by byte, and serves every target.
//! `sse2` does the same sixteen bytes at a time where the processor is known to have it.

mod plain;

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod sse2;

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
pub(super) use plain::{masks, space_or_quote, string_stop};
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
pub(super) use sse2::{masks, space_or_quote, string_stop};

/// Where the bytes that shape a text stand in a block of 64: bit `i` is byte `i`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// `"`.
    pub(super) quote: u64,
    /// `\`.
    pub(super) backslash: u64,
    /// `[` and `{`.
    pub(super) open: u64,
    /// `]` and `}`.
    pub(super) close: u64,
}

/// The first byte at or after `at` that is no white space.
#[inline(always)]
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

#[cfg(all(test, target_arch = "x86_64", target_feature = "sse2"))]
mod tests {
    use super::{plain, sse2};

    /// Bytes that matter, and their neighbours.
    const BYTES: &[u8] = b"\"\\[]{}\x00\x1f \x21\x7f\x80\x9b\xa2\xdb\xdd\xfb\xfd\xffaZ09";

    #[test]
    fn both_ways_to_find_bytes_agree() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for round in 0..20_000 {
            let mut block = [b'a'; 80];
            for byte in &mut block {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                if state % 64 < round % 65 {
                    *byte = BYTES[(state >> 32) as usize % BYTES.len()];
                }
            }
            let cut = &block[..(state >> 20) as usize % 81];
            for at in [0, 1, 15, 16, 17, 40, 79, 80, 81] {
                assert_eq!(plain::string_stop(cut, at), sse2::string_stop(cut, at));
                assert_eq!(plain::space_or_quote(cut, at), sse2::space_or_quote(cut, at));
            }
            if let Some(block) = block.first_chunk() {
                assert_eq!(plain::masks(block), sse2::masks(block));
            }
        }
    }
}
