//! The tokens of foreign text: strings, numbers and the three words.

use super::block::string_stop;
use super::escape;
use super::fault::{Fault, FaultKind};

/// The byte at `at`, or 0 after the end; no token has a 0, so both are refused alike.
#[inline(always)]
pub(super) fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// Checks the string whose text begins at `at`; the offset of its closing quote and whether it has escapes.
#[inline(always)]
pub(super) fn string(bytes: &[u8], at: usize) -> Result<(usize, bool), Fault> {
    let stop = string_stop(bytes, at);
    if byte_at(bytes, stop) == b'"' {
        return Ok((stop, false));
    }
    string_with_escapes(bytes, stop).map(|stop| (stop, true))
}

#[inline(never)]
fn string_with_escapes(bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(at),
            Some(b'\\') => at = escape::check(bytes, at)?,
            Some(_) => return Err(Fault::new(FaultKind::ControlCharacter, at)),
            None => return Err(Fault::expected(bytes, at, "the closing quote of a string")),
        }
        at = string_stop(bytes, at);
    }
}

/// Checks the number that begins at `at` with a digit or a minus; the offset after it.
#[inline(always)]
pub(super) fn number(bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
    if byte_at(bytes, at) == b'-' {
        at += 1;
    }
    match byte_at(bytes, at) {
        b'0' => {
            at += 1;
            if byte_at(bytes, at).is_ascii_digit() {
                return Err(Fault::new(FaultKind::Syntax("no digit after a leading zero"), at));
            }
        }
        b'1'..=b'9' => at = digits(bytes, at + 1),
        _ => return Err(Fault::expected(bytes, at, "a digit")),
    }
    if byte_at(bytes, at) == b'.' {
        at = some_digits(bytes, at + 1)?;
    }
    if byte_at(bytes, at) | 0x20 == b'e' {
        at += 1;
        if matches!(byte_at(bytes, at), b'+' | b'-') {
            at += 1;
        }
        at = some_digits(bytes, at)?;
    }
    Ok(at)
}

#[inline(always)]
fn some_digits(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let end = digits(bytes, at);
    if end == at {
        return Err(Fault::expected(bytes, at, "a digit"));
    }
    Ok(end)
}

#[inline(always)]
fn digits(bytes: &[u8], mut at: usize) -> usize {
    while byte_at(bytes, at).is_ascii_digit() {
        at += 1;
    }
    at
}

/// Checks that `word` stands at `at`; the offset after it.
#[inline(always)]
pub(super) fn word(bytes: &[u8], at: usize, word: &'static str) -> Result<usize, Fault> {
    let end = at + word.len();
    if bytes.get(at..end) == Some(word.as_bytes()) {
        return Ok(end);
    }
    Err(Fault::new(FaultKind::Syntax("a value"), at))
}
