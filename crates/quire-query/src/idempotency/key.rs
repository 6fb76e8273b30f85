//! Idempotency keys.

use quire_model::{Code, DocId, Error, Result};

/// The most bytes that a key may have.
const BYTES_MAX: usize = 255;

/// A key under which a write happens once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(Box<str>);

impl Key {
    /// Checks a key.
    ///
    /// # Errors
    /// `invalid_request`.
    pub(crate) fn new(text: &str) -> Result<Key> {
        if (1..=BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Key(text.into()));
        }
        let detail =
            format!("an idempotency key has 1 to {BYTES_MAX} visible ASCII characters, and no white space");
        Err(Error::new(Code::InvalidRequest, detail))
    }

    /// The id of the key's own record.
    pub(crate) fn record(&self) -> Result<DocId> {
        DocId::new(self.0.clone())
    }

    /// The id of the record of a line under the key. No key has a space in it, so none is taken for a line.
    pub(crate) fn line_record(&self, line: u64) -> Result<DocId> {
        DocId::new(format!("{} {line}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_1_to_255_visible_ascii_characters() {
        for good in ["k", "!~", "018f-2c/\"{}\\", &"x".repeat(255)] {
            assert_eq!(Key::new(good).unwrap().record().unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "a\n", "\u{7f}", "é", "a\0", &"x".repeat(256)] {
            assert_eq!(Key::new(bad).unwrap_err().code(), Code::InvalidRequest, "{bad:?}");
        }
    }
}
