//! Where an offset is, for people.

use super::block::skip_space;
use super::escape::unescape;
use super::skip::{string_close, value_end};

/// An open array or object on the way to an offset.
enum Open {
    /// The place of the key last read, between its quotes.
    Object(usize, usize),
    /// The position of the element that is read or comes next.
    Array(usize),
}

/// Deeper than this nobody reads a pointer, and a hostile text must not make a long one.
const STEPS_MAX: usize = 1024;

/// The JSON pointer (RFC 6901) of the value that holds the byte at `offset`; the empty pointer is the whole text.
///
/// A key belongs to the value of its field; commas and closing brackets belong to the array or object. The text
/// may be faulty: the pointer is then as good as the text up to `offset` allows.
pub fn pointer_at(bytes: &[u8], offset: usize) -> String {
    let mut open = Vec::new();
    // Whether what is read now is the field or element that the innermost open value names.
    let mut named = false;
    let mut at = skip_space(bytes, 0);
    while let Some(&byte) = bytes.get(at)
        && at <= offset
        && open.len() < STEPS_MAX
    {
        let here = at == offset;
        match (byte, open.last_mut()) {
            (b'{', _) if !here => {
                open.push(Open::Object(0, 0));
                named = false;
                at += 1;
            }
            (b'[', _) if !here => {
                open.push(Open::Array(0));
                named = true;
                at += 1;
            }
            (b'}' | b']' | b',', _) if here => {
                named = false;
                break;
            }
            (b'}' | b']', _) => {
                open.pop();
                named = false;
                at += 1;
            }
            (b',', Some(Open::Array(position))) => {
                *position += 1;
                named = true;
                at += 1;
            }
            (b',', _) => {
                named = false;
                at += 1;
            }
            (b':', _) => at += 1,
            (b'"', Some(Open::Object(from, to))) if !named => {
                (*from, *to) = (at + 1, string_close(bytes, at + 1).0);
                named = true;
                at = *to + 1;
            }
            _ => {
                let end = value_end(bytes, at).max(at + 1);
                if here || offset < end {
                    break;
                }
                named = false;
                at = end;
            }
        }
        at = skip_space(bytes, at);
    }
    pointer(bytes, &open, named)
}

/// The pointer along `open`, with the step of the innermost value only if it is `named`.
fn pointer(bytes: &[u8], open: &[Open], named: bool) -> String {
    let mut pointer = String::new();
    let steps = if named { open.len() } else { open.len().saturating_sub(1) };
    for step in open.iter().take(steps) {
        pointer.push('/');
        match *step {
            Open::Array(position) => pointer.push_str(&position.to_string()),
            Open::Object(from, to) => {
                let raw = String::from_utf8_lossy(bytes.get(from..to).unwrap_or_default());
                pointer.push_str(&unescape(&raw).replace('~', "~0").replace('/', "~1"));
            }
        }
    }
    pointer
}

/// The line and the column, both from 1, of the byte at `offset`; columns count bytes.
pub fn line_column(bytes: &[u8], offset: usize) -> (usize, usize) {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    (line, before.len() - start + 1)
}
