//! A snapshot that is held to the contract: it never changes, and its ways to read agree.

use super::codes::{self, Method};
use super::memory::Memory;
use super::must;
use super::rows::CheckedRows;
use quire_model::{Code, DocId, Filter, Name, Result, Rows, Scan, Seq, Snapshot, Stored, Support};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

pub(super) struct CheckedSnapshot(Arc<Held>);

/// What a snapshot shares with its pulls.
pub(super) struct Held {
    pub(super) inner: Arc<dyn Snapshot>,
    pub(super) seq: Seq,
    timeline: u64,
    collections: OnceLock<Vec<Name>>,
    memory: Mutex<Memory>,
}

impl CheckedSnapshot {
    pub(super) fn new(inner: Arc<dyn Snapshot>) -> CheckedSnapshot {
        let (seq, timeline) = (inner.seq(), inner.timeline());
        let (collections, memory) = (OnceLock::new(), Mutex::default());
        CheckedSnapshot(Arc::new(Held { inner, seq, timeline, collections, memory }))
    }
}

impl Held {
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn collections(&self) -> Result<Vec<Name>> {
        let names = codes::check(Method::Collections, self.inner.collections())?;
        must(names.is_sorted_by(|a, b| a < b), || format!("the collections {names:?} are not in order"));
        let before = self.collections.get_or_init(|| names.clone());
        must(*before == names, || format!("the snapshot at {} had {before:?}, now {names:?}", self.seq));
        Ok(names)
    }

    /// An absent collection is said to be absent, and no other.
    fn check_presence<T>(&self, collection: &Name, result: &Result<T>) -> Result<()> {
        let said = match result {
            Ok(_) => true,
            Err(error) if error.code() == Code::CollectionNotFound => false,
            Err(_) => return Ok(()),
        };
        let listed = self.collections()?.contains(collection);
        must(said == listed, || {
            format!("the snapshot at {} lists {collection}: {listed}, reads it: {said}", self.seq)
        });
        Ok(())
    }

    /// Reads documents by id and compares them with everything that was said of them before.
    pub(super) fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        let result = codes::check(Method::Get, self.inner.get(collection, ids));
        self.check_presence(collection, &result)?;
        let found = result?;
        must(found.len() == ids.len(), || format!("{} ids were asked for, {} came", ids.len(), found.len()));
        let mut memory = self.memory();
        for (id, stored) in ids.iter().zip(&found) {
            memory.said(self.seq, collection, id, stored.as_ref());
        }
        Ok(found)
    }
}

impl Snapshot for CheckedSnapshot {
    fn seq(&self) -> Seq {
        let (held, now) = (self.0.seq, self.0.inner.seq());
        must(held == now, || format!("a snapshot went from {held} to {now}"));
        held
    }

    fn timeline(&self) -> u64 {
        let (held, now) = (self.0.timeline, self.0.inner.timeline());
        must(held == now, || format!("a snapshot's timeline went from {held} to {now}"));
        held
    }

    fn collections(&self) -> Result<Vec<Name>> {
        self.0.collections()
    }

    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        self.0.get(collection, ids)
    }

    fn scan(&self, scan: Scan) -> Result<Box<dyn Rows>> {
        let support = self.0.inner.support(&scan.filter);
        let result = codes::check(Method::Scan, self.0.inner.scan(scan.clone()));
        self.0.check_presence(&scan.collection, &result)?;
        Ok(Box::new(CheckedRows::new(result?, self.0.clone(), scan, support)))
    }

    fn support(&self, filter: &Filter) -> Support {
        self.0.inner.support(filter)
    }
}
