//! Takes out the white space that means nothing.

use super::block::{skip_space, space_or_quote};
use super::skip::string_close;

/// Appends the checked `text` without its insignificant white space; nothing else changes.
///
/// Runs between white space are copied whole; strings, whose white space counts, are part of such runs.
pub fn compact_into(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len());
    let mut run = 0;
    let mut at = 0;
    loop {
        at = space_or_quote(bytes, at);
        match bytes.get(at) {
            Some(b'"') => at = string_close(bytes, at + 1).0 + 1,
            Some(_) => {
                out.extend_from_slice(bytes.get(run..at).unwrap_or_default());
                run = skip_space(bytes, at);
                // A control character that is no white space stays, as does any other foreign byte.
                at = run.max(at + 1);
            }
            None => {
                out.extend_from_slice(bytes.get(run..).unwrap_or_default());
                return;
            }
        }
    }
}
