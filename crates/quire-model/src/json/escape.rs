//! Escapes in strings: checked in foreign text, resolved in checked text.

use std::borrow::Cow;

use super::block::string_stop;
use super::fault::{Fault, FaultKind};

/// Checks the escape whose backslash is at `at`; the offset after it (after both halves of a pair).
#[inline]
pub(super) fn check(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match unit(bytes, at) {
            Some(0xd800..=0xdbff) => match unit(bytes, at + 6) {
                Some(0xdc00..=0xdfff) => Ok(at + 12),
                _ => Err(Fault::new(FaultKind::LoneSurrogate, at)),
            },
            Some(0xdc00..=0xdfff) => Err(Fault::new(FaultKind::LoneSurrogate, at)),
            Some(_) => Ok(at + 6),
            None => Err(Fault::new(FaultKind::Escape, at)),
        },
        Some(_) => Err(Fault::new(FaultKind::Escape, at)),
        None => Err(Fault::expected(bytes, at + 1, "the rest of an escape")),
    }
}

/// The UTF-16 unit of the `\uXXXX` at `at`, if that is what stands there.
#[inline]
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let escape: &[u8; 6] = bytes.get(at..)?.first_chunk()?;
    let [b'\\', b'u', digits @ ..] = escape else {
        return None;
    };
    digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)?))
}

/// Whether the text between the quotes of a checked string has an escape.
#[inline]
pub(super) fn has_escape(raw: &str) -> bool {
    string_stop(raw.as_bytes(), 0) < raw.len()
}

/// The text that `raw`, the text between the quotes of a checked string, stands for.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    if !has_escape(raw) {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        text.push_str(plain);
        let (character, used) = resolve(escape);
        text.push(character);
        rest = escape.get(used..).unwrap_or_default();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character of the escape that goes on with `escape` after its backslash, and the bytes it uses of it.
/// What a check would refuse becomes the replacement character.
fn resolve(escape: &str) -> (char, usize) {
    let character = match escape.chars().next() {
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => return resolve_unit(escape.as_bytes()),
        Some(itself) => itself,
        None => return (char::REPLACEMENT_CHARACTER, 0),
    };
    (character, escape.chars().next().map_or(0, char::len_utf8))
}

fn resolve_unit(escape: &[u8]) -> (char, usize) {
    let digits = |at: usize| -> Option<u32> {
        let digits: &[u8; 4] = escape.get(at..)?.first_chunk()?;
        digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)?))
    };
    let Some(first) = digits(1) else {
        return (char::REPLACEMENT_CHARACTER, 1);
    };
    if let Some(character) = char::from_u32(first) {
        return (character, 5);
    }
    if let (0xd800..=0xdbff, Some(b"\\u"), Some(second @ 0xdc00..=0xdfff)) =
        (first, escape.get(5..7), digits(7))
    {
        let code = 0x1_0000 + ((first - 0xd800) << 10 | (second - 0xdc00));
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::REPLACEMENT_CHARACTER, 5)
}
