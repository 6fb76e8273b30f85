//! What is shown of a file: one entry for each of its pieces, in the order in which they stand.

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it begins.
    pub offset: u64,
    /// How many bytes of the file it takes; none for what is only a part of another piece.
    pub bytes: u64,
    /// What it is, such as `commit` or `block`.
    pub kind: &'static str,
    /// What it says, in the order of the format.
    pub fields: Vec<(&'static str, Value)>,
    /// What is wrong with it.
    pub damage: Vec<String>,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(u64),
    /// A number that may be negative.
    Signed(i64),
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A document that was found to be JSON.
    Json(String),
}

impl Entry {
    /// A piece of which nothing is said yet.
    pub(crate) fn new(offset: u64, bytes: u64, kind: &'static str) -> Entry {
        Entry { offset, bytes, kind, fields: Vec::new(), damage: Vec::new() }
    }

    pub(crate) fn number(mut self, name: &'static str, value: impl Into<u64>) -> Entry {
        self.fields.push((name, Value::Number(value.into())));
        self
    }

    pub(crate) fn text(mut self, name: &'static str, value: impl ToString) -> Entry {
        self.fields.push((name, Value::Text(value.to_string())));
        self
    }

    pub(crate) fn flag(mut self, name: &'static str, value: bool) -> Entry {
        self.fields.push((name, Value::Flag(value)));
        self
    }

    pub(crate) fn value(mut self, name: &'static str, value: Value) -> Entry {
        self.fields.push((name, value));
        self
    }

    pub(crate) fn damaged(mut self, what: impl Into<String>) -> Entry {
        self.damage.push(what.into());
        self
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing into a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
