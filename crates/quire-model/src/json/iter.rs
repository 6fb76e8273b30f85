//! The members of objects and arrays, one after the other in their order.

use std::borrow::Cow;
use std::iter::FusedIterator;

use super::block::skip_space;
use super::escape;
use super::skip::{next_member, value_end};
use super::view::{Json, string_at};

/// The key of a field.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Key<'a> {
    /// The text between the quotes, escapes as they are written.
    #[inline]
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// The key itself.
    #[inline]
    pub fn unescape(self) -> Cow<'a, str> {
        if self.escaped { escape::unescape(self.raw) } else { Cow::Borrowed(self.raw) }
    }

    /// Whether `key` is the key, however it is written.
    #[inline]
    pub fn is(self, key: &str) -> bool {
        if self.escaped { escape::unescape(self.raw) == key } else { self.raw == key }
    }
}

/// The fields of an object; see [`Json::fields`].
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Fields<'a> {
    #[inline]
    pub(super) fn new(text: &'a str) -> Fields<'a> {
        let at = if text.starts_with('{') { 1 } else { text.len() };
        Fields { text, at }
    }

    #[inline]
    fn step(&mut self) -> Option<(Key<'a>, Json<'a>)> {
        let bytes = self.text.as_bytes();
        let at = next_member(bytes, self.at);
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let (raw, escaped, end) = string_at(self.text, at);
        let colon = skip_space(bytes, end);
        if bytes.get(colon) != Some(&b':') {
            return None;
        }
        let from = skip_space(bytes, colon + 1);
        self.at = value_end(bytes, from);
        let value = self.text.get(from..self.at)?;
        Some((Key { raw, escaped }, Json::new(value)))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (Key<'a>, Json<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let field = self.step();
        if field.is_none() {
            self.at = self.text.len();
        }
        field
    }
}

impl FusedIterator for Fields<'_> {}

/// The elements of an array; see [`Json::items`].
#[derive(Clone, Debug)]
pub struct Items<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Items<'a> {
    #[inline]
    pub(super) fn new(text: &'a str) -> Items<'a> {
        let at = if text.starts_with('[') { 1 } else { text.len() };
        Items { text, at }
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Json<'a>;

    #[inline]
    fn next(&mut self) -> Option<Json<'a>> {
        let bytes = self.text.as_bytes();
        let from = next_member(bytes, self.at);
        let end = value_end(bytes, from);
        // The closing bracket is no value, nor is anything else that would not move on.
        match self.text.get(from..end) {
            Some(value) if from < end => {
                self.at = end;
                Some(Json::new(value))
            }
            _ => {
                self.at = self.text.len();
                None
            }
        }
    }
}

impl FusedIterator for Items<'_> {}
