//! The check of foreign bytes, from the outside.
//!
//! 1. The size is compared with the limit.
//! 2. simdutf8 checks the whole input at once; from here on it is text.
//! 3. White space around the value is set aside.
//! 4. `walk` reads the value once: grammar, depth, escapes, keys and the asked paths.

use std::ops::Range;

use super::block::skip_space;
use super::fault::{Fault, FaultKind};
use super::keys::Keys;
use super::kind::Kind;
use super::limits::Limits;
use super::paths::Paths;
use super::walk::{self, Frame};

/// Checks that bytes are exactly one JSON value and finds values in it by their paths.
///
/// Accepted is the strict grammar of RFC 8259 in valid UTF-8, without lone surrogate escapes, without two
/// equal keys (after unescaping) in one object, within the [`Limits`]. The buffers are kept from one check to
/// the next.
#[derive(Debug)]
pub struct Scanner {
    limits: Limits,
    buffers: Buffers,
}

/// What a walk needs and leaves behind for the next one.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    pub(super) stack: Vec<Frame>,
    pub(super) keys: Keys,
    pub(super) paths: Paths,
}

/// What a check found.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a, 's> {
    /// The value, without the white space around it.
    pub text: &'a str,
    /// The kind of the value.
    pub kind: Kind,
    /// Whether there is no insignificant white space inside `text`.
    pub compact: bool,
    /// For each asked path the place of its value in `text`; `None` where there is none.
    pub ranges: &'s [Option<Range<usize>>],
}

impl Scanner {
    /// A scanner that keeps `limits`.
    pub fn new(limits: Limits) -> Scanner {
        Scanner { limits, buffers: Buffers::default() }
    }

    /// Checks `bytes` and finds the values at `paths`.
    ///
    /// A path is a list of object keys; a step that is a plain decimal number also names the element of an
    /// array at that position, counted from 0. The empty path is the whole value.
    pub fn check<'a, 's>(&'s mut self, bytes: &'a [u8], paths: &[&[&str]]) -> Result<Checked<'a, 's>, Fault> {
        let bytes_max = self.limits.bytes_allowed();
        if bytes.len() > bytes_max {
            return Err(Fault::new(FaultKind::TooLarge { bytes_max }, bytes_max));
        }
        let text = match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => return Err(utf8_fault(bytes)),
        };
        let from = skip_space(bytes, 0);
        let text = text.trim_end_matches([' ', '\t', '\n', '\r']);
        if from >= text.len() {
            return Err(Fault::new(FaultKind::Empty, bytes.len()));
        }
        if text.starts_with('\u{feff}') {
            return Err(Fault::new(FaultKind::ByteOrderMark, 0));
        }
        let compact = walk::walk(&mut self.buffers, text, from, self.limits.depth_max, paths)?;
        Ok(Checked {
            text: text.get(from..).unwrap_or_default(),
            kind: Kind::of_first(bytes.get(from).copied()),
            compact,
            ranges: self.buffers.paths.ranges(),
        })
    }
}

/// simdutf8 says only that something is wrong; the standard library says where.
#[cold]
fn utf8_fault(bytes: &[u8]) -> Fault {
    let offset = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| 0);
    Fault::new(FaultKind::Utf8, offset)
}
