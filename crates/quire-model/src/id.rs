//! Document ids.

use crate::{Code, Error, Result};
use std::fmt;

/// The most bytes that an `_id` may have.
pub const ID_BYTES_MAX: usize = 512;

/// A document's `_id`: a string of 1 to 512 bytes of UTF-8. Ids are ordered by their bytes, which for UTF-8 is the
/// order of code points.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(Box<str>);

impl DocId {
    /// Checks an id.
    ///
    /// # Errors
    /// `invalid_id` when it is empty or too long.
    pub fn new(text: impl Into<Box<str>>) -> Result<DocId> {
        let text = text.into();
        match text.len() {
            0 => Err(Error::new(Code::InvalidId, "an _id must not be empty")),
            1..=ID_BYTES_MAX => Ok(DocId(text)),
            n => Err(Error::new(
                Code::InvalidId,
                format!("this _id has {n} bytes, at most {ID_BYTES_MAX} are allowed"),
            )),
        }
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl std::borrow::Borrow<str> for DocId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_1_to_512_bytes() {
        assert!(DocId::new("a").is_ok());
        assert!(DocId::new("x".repeat(512)).is_ok());
        for bad in [String::new(), "x".repeat(513), "é".repeat(257)] {
            assert_eq!(DocId::new(bad).unwrap_err().code(), Code::InvalidId);
        }
    }
}
