//! One byte after the other: the meaning of each search, and the end of every text.

use super::Masks;

/// The first byte at or after `at` that ends a run of plain string text: `"`, `\` or a control character.
/// The length of `bytes` when there is none.
pub(in super::super) fn string_stop(bytes: &[u8], at: usize) -> usize {
    find(bytes, at, |byte| byte < 0x20 || byte == b'"' || byte == b'\\')
}

/// The first byte at or after `at` that is white space (or a control character) or `"`.
pub(in super::super) fn space_or_quote(bytes: &[u8], at: usize) -> usize {
    find(bytes, at, |byte| byte <= b' ' || byte == b'"')
}

fn find(bytes: &[u8], at: usize, is: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let found = rest.iter().position(|&byte| is(byte));
    found.map_or(bytes.len(), |far| at + far)
}

/// Where the bytes that shape a text stand in `block`.
#[cfg_attr(all(target_arch = "x86_64", target_feature = "sse2", not(test)), allow(dead_code))]
pub(in super::super) fn masks(block: &[u8; 64]) -> Masks {
    let mut masks = Masks::default();
    for (at, byte) in block.iter().enumerate() {
        let bit = 1 << at;
        match byte {
            b'"' => masks.quote |= bit,
            b'\\' => masks.backslash |= bit,
            b'[' | b'{' => masks.open |= bit,
            b']' | b'}' => masks.close |= bit,
            _ => {}
        }
    }
    masks
}
