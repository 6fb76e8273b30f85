//! The fields seen in the objects at one place.

use super::{Room, Shape};
use crate::sql::types::{JSON, field};
use datafusion::arrow::datatypes::DataType;
use quire_model::json::{Json, Key};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// The fields of objects, in the order of their first appearance.
#[derive(Debug)]
pub(in crate::sql) struct Fields {
    list: Vec<(Box<str>, Shape)>,
    index: HashMap<Box<str>, usize>,
    /// How many are remembered.
    max: usize,
    /// Whether there were more.
    overflowed: bool,
}

impl Fields {
    /// No fields yet, and at most so many.
    pub(super) fn new(max: usize) -> Fields {
        Fields { list: Vec::new(), index: HashMap::new(), max, overflowed: false }
    }

    /// Counts the fields of an object inside of a document.
    pub(super) fn see(&mut self, object: Json<'_>, depth: usize, room: &mut Room) {
        self.see_fields(object, None, depth, room);
    }

    /// Counts the fields of a document; those named by `words` are remembered in any case.
    pub(super) fn see_document(&mut self, document: Json<'_>, words: &HashSet<String>, room: &mut Room) {
        self.see_fields(document, Some(words), 0, room);
    }

    fn see_fields(
        &mut self,
        object: Json<'_>,
        words: Option<&HashSet<String>>,
        depth: usize,
        room: &mut Room,
    ) {
        // Objects at one place mostly have the same keys in the same order, so the next place is tried first.
        let mut expected = 0;
        for (key, value) in object.fields() {
            let found = match self.list.get(expected) {
                Some((name, _)) if key.is(name) => Some(expected),
                _ => self.find_or_add(key, words, room),
            };
            if let Some(at) = found {
                expected = at + 1;
                self.list[at].1.see(value, depth + 1, room);
            }
        }
    }

    fn find_or_add(
        &mut self,
        key: Key<'_>,
        words: Option<&HashSet<String>>,
        room: &mut Room,
    ) -> Option<usize> {
        let name: Cow<'_, str> = key.unescape();
        if let Some(at) = self.index.get(&*name) {
            return Some(*at);
        }
        let full = self.list.len() >= self.max;
        let kept = match words {
            Some(words) => !full || words.contains(&*name),
            None => !full && room.take(),
        };
        if !kept {
            self.overflowed = true;
            return None;
        }
        self.index.insert(Box::from(&*name), self.list.len());
        self.list.push((Box::from(&*name), Shape::default()));
        Some(self.list.len() - 1)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there were more fields than are remembered.
    pub(super) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// The fields, the most frequent first; those that are as frequent in the order of their first
    /// appearance.
    pub(super) fn by_frequency(&self) -> Vec<(&str, &Shape)> {
        let mut list: Vec<(&str, &Shape)> = self.list.iter().map(|(name, shape)| (&**name, shape)).collect();
        list.sort_by_key(|(_, shape)| std::cmp::Reverse(shape.count));
        list
    }

    /// A struct, if it can be one.
    pub(super) fn struct_type(&self, depth: usize, left: &mut usize) -> DataType {
        if self.overflowed || self.list.is_empty() || self.list.len() > *left {
            return JSON;
        }
        *left -= self.list.len();
        let fields = self.by_frequency().into_iter();
        DataType::Struct(fields.map(|(name, shape)| field(name, shape.data_type(depth + 1, left))).collect())
    }
}
