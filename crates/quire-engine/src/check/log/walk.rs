//! The walk over the records of all files.

use super::Log;
use super::tail::Tail;
use crate::check::context::Context;
use crate::disk::DiskFile;
use crate::inspect::LOG_FILE_BYTES_MAX;
use crate::inspect::document::{Documents, id_fault};
use crate::log::{FileKind, HEADER_BYTES, HeaderFault, LogReader, Lsn, RECORD_HEADER_BYTES, Step};
use crate::manifest::Manifest;
use crate::wal::{self, COMMIT_BYTES, CommitMarker, Entry};
use quire_model::{Result, Seq};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The walk over all files.
pub(super) struct Walk<'a, 'b> {
    pub(super) context: &'a mut Context<'b>,
    pub(super) manifest: &'a Manifest,
    pub(super) documents: Documents,
    pub(super) log: Log,
    /// Collections that exist.
    pub(super) collections: BTreeSet<u32>,
    /// Behind the last whole commit, and its file.
    pub(super) end: Lsn,
    pub(super) path: PathBuf,
    pub(super) last: Option<(Seq, u64)>,
    /// Whether nothing is missing since the last commit.
    pub(super) sure: bool,
    /// Whether nothing was missing anywhere.
    pub(super) whole: bool,
    /// Whether the checkpoint is behind the walk.
    pub(super) passed: bool,
    pub(super) transaction: Transaction,
    /// Where the commits of files end, since the last commit.
    pub(super) tails: Vec<Tail>,
}

/// The operations since the last commit.
#[derive(Default)]
pub(super) struct Transaction {
    pub(super) operations: u32,
    touched: BTreeSet<u32>,
    created: BTreeSet<u32>,
    dropped: BTreeSet<u32>,
}

impl<'a, 'b> Walk<'a, 'b> {
    pub(super) fn new(context: &'a mut Context<'b>, folder: &Path, manifest: &'a Manifest) -> Walk<'a, 'b> {
        Walk {
            context,
            manifest,
            documents: Documents::new(),
            log: Log::default(),
            collections: manifest.collections.keys().copied().collect(),
            end: Lsn::default(),
            path: folder.join(wal::file_name(manifest.checkpoint_lsn.file())),
            last: None,
            sure: true,
            whole: true,
            passed: false,
            transaction: Transaction::default(),
            tails: Vec::new(),
        }
    }

    /// Something was missing.
    pub(super) fn doubt(&mut self) {
        (self.sure, self.whole) = (false, false);
    }

    /// What was before a file is not there.
    pub(super) fn begin_at(&mut self, number: u64) {
        self.end = Lsn::new(number & u64::from(u32::MAX), HEADER_BYTES as u64);
        (self.last, self.sure) = (None, true);
        self.transaction = Transaction::default();
        self.end_of_file();
    }

    pub(super) fn file(&mut self, path: PathBuf, number: u64) -> Result<()> {
        let Some(file) = self.context.open(&path, None) else {
            self.lose(number);
            return Ok(());
        };
        let opened = LogReader::open(file.clone());
        let reader = match self.context.told(&path, opened) {
            Some(Ok(reader)) => reader,
            Some(Err(fault @ HeaderFault::Version(_))) => return Err(fault.error(path.display())),
            fault => {
                if fault.is_some() {
                    self.context.damage(&path, 0, "the header's checksum does not hold", None);
                }
                self.lose(number);
                return Ok(());
            }
        };
        self.context.read(reader.length());
        let header = reader.header();
        let fault = if header.kind != FileKind::WriteAhead || header.number != number {
            Some((0, "the header is that of another file"))
        } else if header.timeline != self.manifest.timeline {
            Some((40, "the file belongs to another database or timeline"))
        } else if reader.length() > LOG_FILE_BYTES_MAX {
            Some((LOG_FILE_BYTES_MAX, "the file is longer than a log file can be"))
        } else {
            None
        };
        match fault {
            Some((offset, what)) => {
                self.context.damage(&path, offset, what, None);
                self.lose(number);
            }
            None => self.records(&path, &file, reader),
        }
        Ok(())
    }

    /// A file cannot be read at all.
    pub(super) fn lose(&mut self, number: u64) {
        self.begin_at(number + 1);
        self.doubt();
    }

    fn records(&mut self, path: &Path, file: &Arc<dyn DiskFile>, mut reader: LogReader) {
        loop {
            let step = reader.step();
            match self.context.told(path, step) {
                None => return self.lose(reader.header().number),
                Some(Step::End(lsn)) => {
                    if self.transaction.operations > 0 {
                        self.leave(Tail {
                            path: path.to_owned(),
                            at: lsn.offset(),
                            bytes: None,
                            told: false,
                        });
                    }
                    return;
                }
                Some(Step::Bad(lsn)) => {
                    if !self.bad(path, file, &mut reader, lsn) {
                        return;
                    }
                }
                Some(Step::Record(record)) => {
                    let lsn = record.lsn;
                    match Entry::decode(record.kind, record.payload) {
                        Some(Entry::Commit(marker)) => self.commit(path, lsn, marker),
                        Some(entry) => self.operation(path, lsn, &entry),
                        None => {
                            let what =
                                format!("a record has kind {} or a shape that is not known", record.kind);
                            self.context.damage(path, lsn.offset(), what, None);
                        }
                    }
                }
            }
        }
    }

    fn operation(&mut self, path: &Path, lsn: Lsn, entry: &Entry<'_>) {
        self.transaction.operations += 1;
        let fault = match entry {
            Entry::Put { collection, id, text, .. } => {
                self.transaction.touched.insert(*collection);
                id_fault(id)
                    .or_else(|| self.documents.fault(id, text))
                    .map(|fault| format!("document {id:?}: {fault}"))
            }
            Entry::Delete { collection, id, .. } => {
                self.transaction.touched.insert(*collection);
                id_fault(id)
            }
            Entry::Create { collection, .. } => {
                self.transaction.created.insert(*collection);
                None
            }
            Entry::Drop { collection } => {
                self.transaction.dropped.insert(*collection);
                None
            }
            Entry::Commit(_) => None,
        };
        if let Some(fault) = fault {
            self.context.damage(path, lsn.offset(), fault, None);
        }
    }

    fn commit(&mut self, path: &Path, lsn: Lsn, marker: CommitMarker) {
        let behind = lsn.plus(RECORD_HEADER_BYTES + COMMIT_BYTES);
        if marker.durable > self.end {
            self.lost(marker.durable);
        }
        self.end_of_file();
        let transaction = std::mem::take(&mut self.transaction);
        let first = !self.passed && behind > self.manifest.checkpoint_lsn;
        self.passed |= first;
        let mut faults = Vec::new();
        if self.sure {
            let checkpoint = self.manifest.checkpoint_seq;
            let before = if first { Some(checkpoint) } else { self.last.map(|(seq, _)| seq) };
            if let Some(before) = before.filter(|before| before.checked_add(1) != Some(marker.seq)) {
                faults.push(format!("commit {} follows commit {before}", marker.seq));
            }
            if behind == self.manifest.checkpoint_lsn && marker.seq != checkpoint {
                faults.push(format!(
                    "commit {} ends where the checkpoint is at commit {checkpoint}",
                    marker.seq
                ));
            }
            let (seen, said) = (transaction.operations, marker.operations);
            if seen != said {
                faults.push(format!("commit {} has {seen} of its {said} operations", marker.seq));
            }
        }
        if self.last.is_some_and(|(_, time_ms)| time_ms > marker.time_ms) {
            faults.push(format!("commit {} is earlier than the one before it", marker.seq));
        }
        if self.passed {
            faults.extend(self.define(&transaction, marker.seq));
        }
        for fault in faults {
            self.context.damage(path, lsn.offset(), fault, None);
        }
        self.sure = true;
        self.last = Some((marker.seq, marker.time_ms));
        (self.end, self.path) = (behind, path.to_owned());
        self.log.commits += 1;
        self.context.report.totals.commits += 1;
    }

    /// What a commit makes of the collections.
    fn define(&mut self, transaction: &Transaction, seq: Seq) -> Option<String> {
        self.collections.extend(&transaction.created);
        let unknown = transaction.touched.difference(&self.collections).next().copied();
        self.collections.retain(|number| !transaction.dropped.contains(number));
        self.log.dropped.extend(&transaction.dropped);
        let number = unknown.filter(|_| self.whole)?;
        Some(format!("commit {seq} writes to collection {number}, which does not exist"))
    }
}
