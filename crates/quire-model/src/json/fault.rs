//! What can be wrong with a text that claims to be JSON.

use std::fmt;

/// What is wrong and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The byte of the input, as it was given, at which it is wrong.
    pub offset: usize,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// There is nothing but white space.
    Empty,
    /// The input is larger than allowed.
    TooLarge {
        /// The number of bytes allowed.
        bytes_max: usize,
    },
    /// Arrays and objects nest deeper than allowed.
    TooDeep {
        /// The depth allowed.
        depth_max: usize,
    },
    /// The bytes are no UTF-8.
    Utf8,
    /// The input begins with a byte order mark.
    ByteOrderMark,
    /// Something else stands where this was expected.
    Syntax(&'static str),
    /// The input ends where this was expected.
    End(&'static str),
    /// Something follows the value.
    Trailing,
    /// A string holds a control character that is not escaped.
    ControlCharacter,
    /// A backslash in a string is followed by something that is no escape.
    Escape,
    /// A `\u` escape names one half of a surrogate pair without the other.
    LoneSurrogate,
    /// An object has two keys that are the same text once unescaped; the offset is that of the second.
    DuplicateKey,
}

impl Fault {
    /// A fault of `kind` at `offset`.
    #[cold]
    pub(super) fn new(kind: FaultKind, offset: usize) -> Fault {
        Fault { kind, offset }
    }

    /// `what` was expected at `offset` and is not there.
    #[cold]
    pub(super) fn expected(bytes: &[u8], offset: usize, what: &'static str) -> Fault {
        let kind = if offset < bytes.len() { FaultKind::Syntax(what) } else { FaultKind::End(what) };
        Fault { kind, offset }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::Empty => f.write_str("The JSON text is empty."),
            FaultKind::TooLarge { bytes_max } => {
                write!(f, "The JSON text is larger than the {bytes_max} bytes allowed.")
            }
            FaultKind::TooDeep { depth_max } => {
                write!(f, "Arrays and objects nest deeper than the {depth_max} levels allowed.")
            }
            FaultKind::Utf8 => f.write_str("The text is not valid UTF-8."),
            FaultKind::ByteOrderMark => {
                f.write_str("The text begins with a byte order mark, which JSON does not allow.")
            }
            FaultKind::Syntax(what) => write!(f, "The JSON text must have {what} here."),
            FaultKind::End(what) => write!(f, "The JSON text ends where it must have {what}."),
            FaultKind::Trailing => f.write_str("Something follows the end of the JSON value."),
            FaultKind::ControlCharacter => {
                f.write_str("A control character in a string must be written as an escape.")
            }
            FaultKind::Escape => f.write_str("A backslash in a string does not begin a valid escape."),
            FaultKind::LoneSurrogate => {
                f.write_str("A \\u escape is one half of a surrogate pair without the other half.")
            }
            FaultKind::DuplicateKey => f.write_str("An object has the same key twice."),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for Fault {}
