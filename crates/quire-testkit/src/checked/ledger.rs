//! What each database answered so far: the numbers of its commits, its checkpoints, its timeline.
//!
//! It outlives the store, so that a restart is held to what was answered before it.

use super::{must, predict};
use quire_model::{Code, Committed, Name, Result, Seq, Snapshot, Store, WriteBatch};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What was answered so far.
#[derive(Default)]
pub struct Ledger(Mutex<Books>);

#[derive(Default)]
struct Books {
    open: BTreeMap<Name, Book>,
    /// Timelines of every database that there ever was.
    timelines: BTreeSet<u64>,
}

#[derive(Default)]
struct Book {
    timeline: Option<u64>,
    /// The newest commit that anybody was told of or shown.
    told: Seq,
    checkpoint_seq: Seq,
    /// Every commit up to this one was answered; `None` while it is not known which were.
    answered: Option<Seq>,
    /// Commits above that were answered before earlier ones.
    early: BTreeSet<Seq>,
    in_flight: usize,
    started: u64,
}

/// A commit that began.
pub(super) struct Begun {
    /// The state before it; `None` where there is no such database.
    pub(super) before: Option<Arc<dyn Snapshot>>,
    started: u64,
    alone: bool,
}

/// Where a database stands, to look later whether it moved.
pub(super) struct Marks {
    pub(super) told: Seq,
    pub(super) checkpoint_seq: Seq,
    /// Whether no commit is on its way.
    quiet: bool,
    started: u64,
}

impl Marks {
    /// Whether no commit was on its way from these marks to the later ones.
    pub(super) fn stood_still(&self, later: &Marks) -> bool {
        self.quiet && self.started == later.started
    }
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn told(&self, database: &Name) -> Seq {
        self.marks(database).told
    }

    pub(super) fn marks(&self, database: &Name) -> Marks {
        let mut books = self.lock();
        let book = books.open.entry(database.clone()).or_default();
        let (told, checkpoint_seq, started) = (book.told, book.checkpoint_seq, book.started);
        Marks { told, checkpoint_seq, quiet: book.in_flight == 0, started }
    }

    /// A database was made: it is empty, and nobody had its timeline before.
    pub(super) fn created(&self, database: &Name, snapshot: &dyn Snapshot) {
        let mut books = self.lock();
        let timeline = snapshot.timeline();
        let known = books.open.get(database).and_then(|book| book.timeline) == Some(timeline);
        let new = books.timelines.insert(timeline);
        must(new || known, || format!("the new database {database} has a timeline of another, {timeline}"));
        let book = books.open.entry(database.clone()).or_default();
        book.timeline = Some(timeline);
    }

    /// A database is gone; one of the same name has nothing to do with it.
    pub(super) fn dropped(&self, database: &Name) {
        self.lock().open.remove(database);
    }

    /// A snapshot was taken by somebody who had been told of commit `told`.
    pub(super) fn saw(&self, database: &Name, snapshot: &dyn Snapshot, told: Seq) {
        let (seq, timeline) = (snapshot.seq(), snapshot.timeline());
        must(seq >= told, || {
            format!("commit {told} was answered, a later snapshot of {database} is at {seq}")
        });
        let mut books = self.lock();
        books.timelines.insert(timeline);
        let book = books.open.entry(database.clone()).or_default();
        let before = *book.timeline.get_or_insert(timeline);
        must(timeline == before, || format!("the timeline of {database} went from {before} to {timeline}"));
        book.told = book.told.max(seq);
    }

    /// A checkpoint was told of.
    pub(super) fn checkpointed(&self, database: &Name, seq: Seq) {
        let mut books = self.lock();
        let book = books.open.entry(database.clone()).or_default();
        book.checkpoint_seq = book.checkpoint_seq.max(seq);
    }

    /// A commit begins.
    pub(super) fn begin(&self, database: &Name, store: &dyn Store) -> Begun {
        let mut books = self.lock();
        let book = books.open.entry(database.clone()).or_default();
        let alone = book.in_flight == 0;
        book.in_flight += 1;
        book.started += 1;
        let before = store.snapshot(database).ok();
        if let Some(seq) = before.as_ref().map(|snapshot| snapshot.seq())
            && alone
        {
            let answered = *book.answered.get_or_insert(seq);
            must(seq == answered, || {
                format!("{database} is at {seq}, and {answered} was its newest answered commit")
            });
        }
        Begun { before, started: book.started, alone }
    }

    /// A commit was answered. Tells whether no other was on its way at the same time.
    pub(super) fn finish(
        &self,
        database: &Name,
        begun: &Begun,
        batch: &WriteBatch,
        result: &Result<Committed>,
    ) -> bool {
        let mut books = self.lock();
        // Dropped meanwhile: what was answered is of no more use.
        let Some(book) = books.open.get_mut(database).filter(|book| book.in_flight > 0) else { return false };
        book.in_flight -= 1;
        match result {
            Ok(committed) => book.take(database, committed, batch),
            Err(error) if error.code() == Code::OutcomeUnknown => book.answered = None,
            Err(_) => {}
        }
        if book.in_flight == 0
            && let Some(answered) = book.answered
        {
            let early = std::mem::take(&mut book.early);
            must(early.is_empty(), || {
                format!("commits {early:?} of {database} were answered, and none after {answered}")
            });
        }
        begun.alone && begun.started == book.started
    }
}

impl Book {
    fn take(&mut self, database: &Name, committed: &Committed, batch: &WriteBatch) {
        let seq = committed.seq;
        if predict::effective(batch, &committed.previous)
            && let Some(answered) = &mut self.answered
        {
            must(seq > *answered && self.early.insert(seq), || {
                format!("two commits of {database} have the number {seq}")
            });
            while self.early.remove(&(*answered + 1)) {
                *answered += 1;
            }
        }
        self.told = self.told.max(seq);
    }
}
