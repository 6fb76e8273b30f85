//! Names of databases and collections.

use crate::{Code, Error, Result};
use std::fmt;

/// The most bytes that a name may have.
pub const NAME_BYTES_MAX: usize = 63;

/// A checked name: `[A-Za-z_][A-Za-z0-9_-]{0,62}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

impl Name {
    /// Checks a name. A name that begins with `_` is the system's: see [`Name::is_system`].
    ///
    /// # Errors
    /// `invalid_name`, saying what is wrong.
    pub fn new(text: &str) -> Result<Name> {
        let bytes = text.as_bytes();
        let fault = if bytes.is_empty() {
            "it is empty".to_owned()
        } else if bytes.len() > NAME_BYTES_MAX {
            format!("it has {} bytes, at most {NAME_BYTES_MAX} are allowed", bytes.len())
        } else if !(bytes[0].is_ascii_alphabetic() || bytes[0] == b'_') {
            "it must begin with a letter or '_'".to_owned()
        } else if !bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            "only letters, digits, '_' and '-' are allowed".to_owned()
        } else {
            return Ok(Name(text.into()));
        };
        Err(Error::new(Code::InvalidName, format!("{:?} is not a name: {fault}", shorten(text))))
    }

    /// Checks a name that a user may create: as [`Name::new`], and not one of the system's.
    ///
    /// # Errors
    /// `invalid_name`, saying what is wrong.
    pub fn for_user(text: &str) -> Result<Name> {
        let name = Name::new(text)?;
        if name.is_system() {
            return Err(Error::new(
                Code::InvalidName,
                format!("{text:?} is not a name for you: names that begin with '_' are the system's"),
            ));
        }
        Ok(name)
    }

    /// Whether the name is reserved for the system.
    pub fn is_system(&self) -> bool {
        self.0.starts_with('_')
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// At most forty characters of a text that came from outside, for a message.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_on_both_sides_of_the_limit() {
        for good in ["a", "_a", "A-1_b", &"x".repeat(63)] {
            assert_eq!(Name::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "1a", "-a", "a b", "a/b", "..", "a\0", "é", &"x".repeat(64)] {
            assert_eq!(Name::new(bad).unwrap_err().code(), Code::InvalidName, "{bad:?}");
        }
        assert_eq!(Name::for_user("_sys").unwrap_err().code(), Code::InvalidName);
    }
}
