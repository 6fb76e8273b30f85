//! What stands where no record can be read.
//!
//! It is a torn tail, unless something says that it was durable: a later commit, the manifest, or a record that only a
//! single bit keeps from being whole. Recovery judges in the same way, but for the single bit: that it takes for a torn
//! tail too.

use super::Log;
use super::walk::Walk;
use crate::disk::DiskFile;
use crate::inspect::flip::flipped_byte;
use crate::inspect::window::{NotZero, not_zero};
use crate::log::{HEADER_BYTES, LogReader, Lsn};
use crate::wal::{COMMIT, COMMIT_BYTES, Entry};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What stands behind the last commit of a file.
pub(super) struct Tail {
    pub(super) path: PathBuf,
    pub(super) at: u64,
    pub(super) bytes: Option<NotZero>,
    pub(super) told: bool,
}

impl Walk<'_, '_> {
    /// Bytes that are not a record; whether the file goes on behind them.
    pub(super) fn bad(
        &mut self,
        path: &Path,
        file: &Arc<dyn DiskFile>,
        reader: &mut LogReader,
        lsn: Lsn,
    ) -> bool {
        let at = lsn.offset();
        let looked = not_zero(&**file, at);
        let Some(bytes) = self.context.told(path, looked) else { return false };
        let mut told = false;
        if bytes.is_some() {
            let flipped = flipped_byte(&**file, reader.header(), lsn, reader.length());
            if let Some(byte) = self.context.told(path, flipped).flatten() {
                let what =
                    "one bit of a record is flipped; in the last group an open would take it for a torn tail";
                self.damaged(path, byte, what.to_owned());
                told = true;
            }
        }
        self.leave(Tail { path: path.to_owned(), at, bytes, told });
        reader.seek(at);
        loop {
            let found = reader.search(&[(COMMIT, COMMIT_BYTES)]);
            let Some(Some(record)) = self.context.told(path, found) else { return false };
            let marker_at = record.lsn;
            let Some(Entry::Commit(marker)) = Entry::decode(record.kind, record.payload) else { continue };
            if marker.durable > self.end || told {
                if marker.durable > self.end {
                    self.lost(marker.durable);
                    self.end = marker.durable;
                }
                self.tails.clear();
                self.sure = false;
                reader.seek(marker_at.offset());
                return true;
            }
        }
    }

    /// Notes where a file's commits end.
    pub(super) fn leave(&mut self, tail: Tail) {
        self.tails.push(tail);
        self.transaction = Default::default();
    }

    fn damaged(&mut self, path: &Path, offset: u64, what: String) {
        self.context.damage(path, offset, what, None);
        self.doubt();
    }

    /// Commits that were durable up to there cannot be read.
    pub(super) fn lost(&mut self, durable: Lsn) {
        self.doubt();
        let what = format!("the log was durable up to {durable}, and cannot be read from here on");
        let tails = std::mem::take(&mut self.tails);
        if tails.iter().any(|tail| tail.told) {
            return;
        }
        // Of several files the one that has something else than zeros is the one that lost it.
        match tails.iter().find(|tail| tail.bytes.is_some()).or(tails.first()) {
            Some(tail) => self.damaged(&tail.path, tail.at, what),
            None => self.damaged(&self.path.clone(), self.end.offset(), what),
        }
    }

    /// The log goes on in a later file: behind the commits of this one are the zeros that it was made with. Or a torn
    /// tail that a recovery cut off, and that came back with the power.
    pub(super) fn end_of_file(&mut self) {
        for Tail { path, bytes, told, .. } in std::mem::take(&mut self.tails) {
            match bytes.filter(|_| !told) {
                Some(NotZero { first, bits: 1, .. }) => {
                    let what = "one bit is flipped in the room behind the last commit of the file";
                    self.context.damage(&path, first, what, None);
                }
                Some(NotZero { first, .. }) => {
                    let what = "what stands behind the last commit of the file was never acknowledged";
                    self.context.note(&path, first, what);
                }
                None => {}
            }
        }
    }

    /// Judges what stands at the end of the log.
    pub(super) fn finish(mut self, missing: bool) -> Log {
        if !missing && self.end.max(self.reached()) < self.manifest.durable_lsn {
            self.lost(self.manifest.durable_lsn);
        }
        for tail in std::mem::take(&mut self.tails) {
            if let Tail { path, at, bytes: Some(NotZero { first, last, .. }), told: false } = tail {
                let count = last + 1 - first;
                let what = format!(
                    "a torn tail: the {count} bytes from byte {first} on were never acknowledged, or the last \
                     group is damaged"
                );
                self.context.note(&path, at, what);
            }
        }
        self.log
    }

    /// The end of a log that has nothing behind the checkpoint.
    fn reached(&self) -> Lsn {
        let checkpoint = self.manifest.checkpoint_lsn;
        if checkpoint.offset() == HEADER_BYTES as u64 { checkpoint } else { Lsn::default() }
    }
}
