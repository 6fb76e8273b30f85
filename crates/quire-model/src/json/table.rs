//! The keys of all large objects of one text, in one table with open addressing.
//!
//! An entry belongs to the object with its number, so that one table serves any nesting. Entries of closed
//! objects stay until the text ends: the table never has more of them than the text has keys.

use std::hash::{BuildHasher, RandomState};

/// Where the bytes of a key are: in the text, or unescaped beside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    from: u32,
    length: u32,
}

impl Place {
    /// The bit of `from` that says "unescaped"; no text is as long as that (`Limits::bytes_allowed`).
    const UNESCAPED: u32 = 1 << 31;

    #[inline(always)]
    pub(super) fn in_text(from: usize, to: usize) -> Place {
        Place { from: from as u32, length: (to - from) as u32 }
    }

    pub(super) fn in_unescaped(from: usize, to: usize) -> Place {
        Place { from: from as u32 | Place::UNESCAPED, length: (to - from) as u32 }
    }

    /// The bytes of the key.
    pub(super) fn of<'a>(self, text: &'a [u8], unescaped: &'a [u8]) -> &'a [u8] {
        let bytes = if self.from & Place::UNESCAPED == 0 { text } else { unescaped };
        let from = (self.from & !Place::UNESCAPED) as usize;
        bytes.get(from..from + self.length as usize).unwrap_or_default()
    }
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    object: u32,
    place: Place,
}

/// A set of (object, key).
#[derive(Debug, Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
    /// One more than the index of an entry, or 0. The length is a power of two, at least twice the entries.
    slots: Vec<u32>,
    seed: RandomState,
}

impl Table {
    /// Slots kept from one text to the next; clearing more than these would cost small texts too much.
    const SLOTS_KEPT: usize = 1 << 12;

    /// Starts over for another text.
    pub(super) fn begin(&mut self) {
        if self.entries.is_empty() {
            return;
        }
        self.entries.clear();
        if self.slots.len() > Table::SLOTS_KEPT {
            self.entries = Vec::new();
            self.slots = Vec::new();
        }
        self.slots.fill(0);
    }

    /// Adds a key; whether it is new in its object.
    pub(super) fn insert(&mut self, object: u32, place: Place, text: &[u8], unescaped: &[u8]) -> bool {
        if self.slots.len() < 2 * (self.entries.len() + 1) {
            self.grow();
        }
        let key = place.of(text, unescaped);
        let hash = self.seed.hash_one((object, key));
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while let Some(&filled @ 1..) = self.slots.get(slot) {
            if let Some(entry) = self.entries.get(filled as usize - 1)
                && entry.hash == hash
                && entry.object == object
                && entry.place.of(text, unescaped) == key
            {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        self.entries.push(Entry { hash, object, place });
        if let Some(free) = self.slots.get_mut(slot) {
            *free = self.entries.len() as u32;
        }
        true
    }

    fn grow(&mut self) {
        let length = (self.slots.len() * 2).max(128);
        self.slots.clear();
        self.slots.resize(length, 0);
        let mask = length - 1;
        for (index, entry) in (1..).zip(&self.entries) {
            let mut slot = entry.hash as usize & mask;
            while self.slots.get(slot).is_some_and(|&filled| filled != 0) {
                slot = (slot + 1) & mask;
            }
            if let Some(free) = self.slots.get_mut(slot) {
                *free = index;
            }
        }
    }
}
