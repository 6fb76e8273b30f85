//! Finds the key an object has twice.
//!
//! 1. Each key gets a tag from its length, its first and its last eight bytes. A set of 64 bits per object
//!    says that a tag is new: most keys need nothing else.
//! 2. Otherwise the few keys of a small object are gone through; equal tags are settled by the bytes.
//! 3. The key after the thirty-second moves the object to a hash table with a seeded hash, so that neither many
//!    keys nor chosen keys cost more than their share.
//!
//! Keys with escapes are compared as the text they stand for, kept in `unescaped`.

use super::escape;
use super::table::{Place, Table};

/// From here on an object is a large one.
const SMALL_MAX: usize = 32;

/// A key of a small object that is still open.
#[derive(Debug)]
struct Entry {
    tag: u64,
    place: Place,
}

/// What the keys of one open object need to be remembered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ObjectKeys {
    /// The tags seen, folded onto 64 bits. All set for a large object: its keys always take the long way.
    seen: u64,
    /// Where the entries of this object begin.
    base: usize,
    /// The name of a large object in the table; 0 for a small object.
    large: u32,
}

/// The keys of all open objects.
#[derive(Debug, Default)]
pub(super) struct Keys {
    entries: Vec<Entry>,
    unescaped: Vec<u8>,
    table: Table,
    large_count: u32,
}

impl Keys {
    /// Starts over for another text.
    pub(super) fn begin(&mut self) {
        self.entries.clear();
        self.unescaped.clear();
        // One hostile text must not hold its memory for good.
        self.unescaped.shrink_to(1 << 16);
        self.table.begin();
        self.large_count = 0;
    }

    /// An object opens.
    #[inline(always)]
    pub(super) fn open(&self) -> ObjectKeys {
        ObjectKeys { seen: 0, base: self.entries.len(), large: 0 }
    }

    /// That object, the innermost, closes.
    #[inline(always)]
    pub(super) fn close(&mut self, object: ObjectKeys) {
        self.entries.truncate(object.base);
    }

    /// Adds the key `bytes[from..to]`; whether it is new in its object.
    #[inline(always)]
    pub(super) fn add(&mut self, object: &mut ObjectKeys, bytes: &[u8], from: usize, to: usize) -> bool {
        let tag = tag_of(bytes, from, to);
        let bit = 1 << (tag >> 58);
        if object.seen & bit == 0 && self.entries.len() - object.base < SMALL_MAX {
            object.seen |= bit;
            let place = Place::in_text(from, to);
            self.entries.push(Entry { tag, place });
            return true;
        }
        self.add_slowly(object, bytes, tag, Place::in_text(from, to))
    }

    /// Adds a key with escapes, `raw` between its quotes; whether it is new, and its text.
    #[cold]
    pub(super) fn add_escaped(&mut self, object: &mut ObjectKeys, bytes: &[u8], raw: &str) -> (bool, &[u8]) {
        let from = self.unescaped.len();
        self.unescaped.extend_from_slice(escape::unescape(raw).as_bytes());
        let to = self.unescaped.len();
        let tag = tag_of(&self.unescaped, from, to);
        let new = self.add_slowly(object, bytes, tag, Place::in_unescaped(from, to));
        (new, self.unescaped.get(from..).unwrap_or_default())
    }

    #[inline(never)]
    fn add_slowly(&mut self, object: &mut ObjectKeys, bytes: &[u8], tag: u64, place: Place) -> bool {
        let unescaped = self.unescaped.as_slice();
        if object.large != 0 {
            return self.table.insert(object.large, place, bytes, unescaped);
        }
        let entries = self.entries.get(object.base..).unwrap_or_default();
        let key = place.of(bytes, unescaped);
        let same = |entry: &Entry| entry.tag == tag && entry.place.of(bytes, unescaped) == key;
        if entries.iter().any(same) {
            return false;
        }
        if entries.len() < SMALL_MAX {
            object.seen |= 1 << (tag >> 58);
            self.entries.push(Entry { tag, place });
            return true;
        }
        self.large_count += 1;
        object.large = self.large_count;
        object.seen = u64::MAX;
        for entry in entries {
            self.table.insert(object.large, entry.place, bytes, unescaped);
        }
        self.entries.truncate(object.base);
        self.table.insert(object.large, place, bytes, unescaped)
    }
}

/// The tag of `bytes[from..to]`: equal keys have equal tags, different keys mostly different ones.
#[inline(always)]
fn tag_of(bytes: &[u8], from: usize, to: usize) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let length = to - from;
    let eight = |at: usize| -> Option<u64> { Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?)) };
    let mixed = if length > 8 {
        let (first, last) = (eight(from).unwrap_or(0), eight(to - 8).unwrap_or(0));
        first.wrapping_mul(ODD).rotate_left(29) ^ last
    } else {
        // The bytes after a short key are read with it and masked away; only at the end of the text are there none.
        match eight(from) {
            Some(_) if length == 0 => 0,
            Some(word) => word & (u64::MAX >> (64 - 8 * length)),
            None => {
                let key = bytes.get(from..to).unwrap_or_default();
                key.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
            }
        }
    };
    (mixed ^ length as u64).wrapping_mul(ODD)
}
