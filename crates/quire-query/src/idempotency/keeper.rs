//! How many records there are, and when it is time to sweep: for each database, in memory.
//!
//! The number is counted from the store's figures now and then and by hand in between. Where several processes
//! share a store it may be off by what the others wrote since; the limit is about a size, not a promise.

use super::COLLECTION;
use crate::{Clock, Session};
use quire_model::{Code, DocId, Error, Name, Result};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keyed commits between two sweeps, and the records that each sweep looks at. More are looked at than can have
/// been written singly in between, so the sweep comes round.
const COMMITS_PER_SWEEP: u32 = 16;
pub(super) const SWEEP_RECORDS: usize = 128;

/// Records that are looked at where the limit is reached.
const SWEEP_RECORDS_AT_LIMIT: usize = 1_000;

/// Commits after which the figures are asked again.
const COMMITS_PER_COUNT: u32 = 1_024;

/// What is known of the records of each database.
pub(crate) struct Keeper {
    clock: Clock,
    databases: Mutex<HashMap<Name, Books>>,
}

#[derive(Default)]
struct Books {
    /// A database that was dropped and made anew has another one.
    timeline: u64,
    records: u64,
    /// Where the next sweep begins; at the first record where there is none.
    after: Option<DocId>,
    commits_until_count: u32,
    commits_until_sweep: u32,
}

impl Keeper {
    pub(crate) fn new(clock: Clock) -> Keeper {
        Keeper { clock, databases: Mutex::default() }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// Lets so many new records in, if there is room for them.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub(crate) fn admit(&self, session: &Session, timeline: u64, count: usize) -> Result<()> {
        let records_max = session.limits().idempotency_records_max;
        let fits = |records: u64| records.saturating_add(count as u64) <= records_max as u64;
        if fits(self.records(session, timeline)?) {
            return Ok(());
        }
        let expired = super::sweep::sweep(session, SWEEP_RECORDS_AT_LIMIT)?;
        if expired > 0 && fits(self.records(session, timeline)?) {
            return Ok(());
        }
        let lifetime_ms = session.limits().idempotency_lifetime.as_millis();
        let detail = format!(
            "the database keeps at most {records_max} idempotency keys, each for {lifetime_ms} ms; try again when \
             older ones have expired, or send the request without a key"
        );
        Err(Error::new(Code::QuotaExceeded, detail))
    }

    /// Takes notice of a commit that brought new records; says whether it is time to sweep.
    pub(crate) fn committed(&self, session: &Session, timeline: u64, count: usize, last: &DocId) -> bool {
        let mut databases = self.lock();
        let Some(books) = databases.get_mut(session.database()).filter(|b| b.timeline == timeline) else {
            return false;
        };
        books.records = books.records.saturating_add(count as u64);
        books.commits_until_count = books.commits_until_count.saturating_sub(1);
        if books.commits_until_sweep > 0 {
            books.commits_until_sweep -= 1;
            return false;
        }
        books.commits_until_sweep = COMMITS_PER_SWEEP - 1;
        // A process that ends after one commit would else look at the same records as the one before.
        books.after.get_or_insert_with(|| last.clone());
        true
    }

    /// Where a sweep begins.
    pub(super) fn place(&self, session: &Session) -> Option<DocId> {
        self.lock().get(session.database())?.after.clone()
    }

    /// Takes notice of a sweep: where the next one begins, and how many records are gone.
    pub(super) fn swept(&self, session: &Session, after: Option<DocId>, gone: usize) {
        if let Some(books) = self.lock().get_mut(session.database()) {
            books.after = after;
            books.records = books.records.saturating_sub(gone as u64);
        }
    }

    fn records(&self, session: &Session, timeline: u64) -> Result<u64> {
        if let Some(books) = self.lock().get(session.database())
            && books.timeline == timeline
            && books.commits_until_count > 0
        {
            return Ok(books.records);
        }
        let statistics = session.store().statistics(session.database())?;
        let kept = statistics.collections.iter().find(|c| c.name.as_str() == COLLECTION);
        let records = kept.map_or(0, |kept| kept.documents);
        let mut databases = self.lock();
        let books = databases.entry(session.database().clone()).or_default();
        if books.timeline != timeline {
            *books = Books { timeline, ..Books::default() };
        }
        books.records = records;
        books.commits_until_count = COMMITS_PER_COUNT;
        Ok(records)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Name, Books>> {
        // Every change of the books is one step, so a panic leaves nothing half done.
        self.databases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
