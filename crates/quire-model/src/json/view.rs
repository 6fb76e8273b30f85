//! A value seen in its text.

use std::borrow::Cow;

use super::escape;
use super::iter::{Fields, Items};
use super::kind::Kind;
use super::number::Number;
use super::skip::string_close;

/// A view of one value of checked text: the text itself, read anew on each call.
///
/// The text is trusted. On text that no [`Scanner`](super::Scanner) has checked the answers may be wrong, but
/// every call returns.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// The value that `text` is.
    #[inline]
    pub fn new(text: &'a str) -> Json<'a> {
        Json(text)
    }

    /// The text of the value.
    #[inline]
    pub fn text(self) -> &'a str {
        self.0
    }

    /// What kind of value it is.
    #[inline]
    pub fn kind(self) -> Kind {
        Kind::of_first(self.0.as_bytes().first().copied())
    }

    /// Whether it is `null`.
    #[inline]
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The truth value, if it is one.
    #[inline]
    pub fn as_bool(self) -> Option<bool> {
        match self.0.as_bytes().first() {
            Some(b't') => Some(true),
            Some(b'f') => Some(false),
            _ => None,
        }
    }

    /// The text a string stands for, if it is a string.
    #[inline]
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        self.raw_string().map(escape::unescape)
    }

    /// The text between the quotes, if it is a string.
    #[inline]
    pub(super) fn raw_string(self) -> Option<&'a str> {
        let inner = self.0.strip_prefix('"')?;
        inner.strip_suffix('"').or(Some(inner))
    }

    /// The number, if it is one.
    #[inline]
    pub fn as_number(self) -> Option<Number<'a>> {
        (self.kind() == Kind::Number).then(|| Number::trusted(self.0))
    }

    /// The fields of an object in their order; none for any other value.
    #[inline]
    pub fn fields(self) -> Fields<'a> {
        Fields::new(self.0)
    }

    /// The elements of an array in their order; none for any other value.
    #[inline]
    pub fn items(self) -> Items<'a> {
        Items::new(self.0)
    }

    /// The value of the field `key` of an object.
    #[inline]
    pub fn get(self, key: &str) -> Option<Json<'a>> {
        self.fields().find_map(|(name, value)| name.is(key).then_some(value))
    }

    /// The element of an array at `index`, counted from 0.
    #[inline]
    pub fn at(self, index: usize) -> Option<Json<'a>> {
        self.items().nth(index)
    }
}

/// The text between the quotes of the string that begins at `at`, whether it has escapes, and the offset after it.
#[inline]
pub(super) fn string_at(text: &str, at: usize) -> (&str, bool, usize) {
    let (close, escaped) = string_close(text.as_bytes(), at + 1);
    (text.get(at + 1..close).unwrap_or_default(), escaped, close + 1)
}
