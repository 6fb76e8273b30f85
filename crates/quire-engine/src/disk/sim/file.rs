//! One file: the bytes that are seen, those that a power cut leaves, and the changes between the two.

use super::bytes::Bytes;
use super::lots::Lots;
use super::tear::{Fate, Rest, apply};
use std::sync::Arc;

#[derive(Debug, Clone, Default)]
pub(super) struct File {
    pub(super) seen: Bytes,
    pub(super) durable: Bytes,
    /// What waits for a sync, oldest first.
    pub(super) waiting: Vec<Change>,
    /// A failed sync left bytes that are seen and that no later sync writes: the system takes them for written.
    pub(super) astray: bool,
    /// Open handles hold a clone each.
    pub(super) handles: Arc<()>,
}

/// A change of content. A write that makes a file longer is two: the size and the bytes.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// Its place among all changes of the disk.
    pub(super) order: u64,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Bytes {
        offset: usize,
        bytes: Arc<[u8]>,
    },
    /// A new length, by a write or by a call of its own.
    Length {
        length: usize,
        by_write: bool,
    },
}

impl File {
    /// A file that is wholly durable.
    pub(super) fn at_rest(bytes: Bytes) -> File {
        File { seen: bytes.clone(), durable: bytes, ..File::default() }
    }

    pub(super) fn write(&mut self, order: u64, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if end > self.seen.len() {
            self.seen.set_len(end);
            self.wait(order, Kind::Length { length: end, by_write: true });
        }
        self.seen.write(offset, bytes);
        self.wait(order, Kind::Bytes { offset, bytes: bytes.into() });
    }

    pub(super) fn set_len(&mut self, order: u64, length: usize) {
        if length != self.seen.len() {
            self.seen.set_len(length);
            self.wait(order, Kind::Length { length, by_write: false });
        }
    }

    fn wait(&mut self, order: u64, kind: Kind) {
        self.waiting.push(Change { order, kind });
    }

    /// Makes everything durable that waits.
    pub(super) fn sync(&mut self) {
        self.sync_first(self.waiting.len());
    }

    /// Makes the first `count` changes durable.
    pub(super) fn sync_first(&mut self, count: usize) {
        let whole = count == self.waiting.len() && !self.astray;
        for change in self.waiting.drain(..count) {
            match change.kind {
                Kind::Length { length, .. } => self.durable.set_len(length),
                // What is seen is what all changes together make of it, so its blocks can be taken as they are.
                Kind::Bytes { offset, bytes } if whole => self.durable.share(&self.seen, offset, bytes.len()),
                Kind::Bytes { offset, bytes } => self.durable.write(offset, &bytes),
            }
        }
        if whole {
            self.durable.set_len(self.seen.len());
        }
    }

    /// A sync that failed. Each change that waited has reached the disk or never will.
    pub(super) fn fail_sync(&mut self, lots: &mut Lots) {
        let rest = Rest::plain(512);
        for change in std::mem::take(&mut self.waiting) {
            let fate = [Fate::Lost, Fate::Kept, Fate::Torn][lots.below(3)];
            apply(&mut self.durable, &change.kind, fate, &rest, lots);
        }
        self.astray = true;
    }
}
