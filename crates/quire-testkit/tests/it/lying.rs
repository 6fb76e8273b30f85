//! A store that breaks the contract in one way: the checked wrapper, the mirror and the suite must each notice.

use quire_model::{
    Checkpoint, Code, Committed, DatabaseStatistics, DocId, Error, Expect, Filter, Name, Operation, Result,
    Rows, Scan, Seq, Snapshot, Store, Stored, Support, WriteBatch,
};
use quire_testkit::ModelStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One way to break the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// Commits are answered with the number of the one after.
    NumberTooHigh,
    /// What was replaced is said to have been absent.
    PreviousForgotten,
    /// Every fifth write is answered and not done.
    WriteLost,
    /// Expectations of revisions are not looked at.
    ExpectationIgnored,
    /// What stands before the refused operation stays.
    HalfBatchKept,
    /// A refusal does not name its operation.
    PlaceForgotten,
    /// A refusal has the code of a defect.
    CodeWrong,
    /// Two rows of a batch change places.
    RowsUnsorted,
    /// The last row of a batch comes twice.
    RowTwice,
    /// The row at which a scan was to begin comes too.
    AfterIncluded,
    /// A scan does not stop at its limit.
    LimitIgnored,
    /// A filtered scan leaves out its last row.
    MatchLeftOut,
    /// A scan does not look at its filter.
    FilterIgnored,
    /// A scan shows another text than a read by id.
    ScanDiffers,
    /// Revisions by id are of the future.
    RevisionTooHigh,
    /// A snapshot shows what came later.
    SnapshotMoves,
    /// Counts are one too many.
    CountWrong,
    /// The checkpoint is behind.
    CheckpointBehind,
    /// Every snapshot has another timeline.
    TimelineMoves,
    /// Databases come in the wrong order.
    DatabasesUnsorted,
}

pub(crate) const LIES: [Lie; 20] = [
    Lie::NumberTooHigh,
    Lie::PreviousForgotten,
    Lie::WriteLost,
    Lie::ExpectationIgnored,
    Lie::HalfBatchKept,
    Lie::PlaceForgotten,
    Lie::CodeWrong,
    Lie::RowsUnsorted,
    Lie::RowTwice,
    Lie::AfterIncluded,
    Lie::LimitIgnored,
    Lie::MatchLeftOut,
    Lie::FilterIgnored,
    Lie::ScanDiffers,
    Lie::RevisionTooHigh,
    Lie::SnapshotMoves,
    Lie::CountWrong,
    Lie::CheckpointBehind,
    Lie::TimelineMoves,
    Lie::DatabasesUnsorted,
];

/// A model store with one lie.
pub(crate) struct Lying {
    inner: Arc<ModelStore>,
    lie: Lie,
    calls: AtomicU64,
}

impl Lying {
    pub(crate) fn new(lie: Lie) -> Lying {
        Lying { inner: Arc::default(), lie, calls: AtomicU64::new(0) }
    }

    /// A refusal as it should be, told wrongly.
    fn refusal(&self, database: &Name, operations: Vec<Operation>, error: Error) -> Error {
        match (self.lie, error.parts()) {
            (Lie::PlaceForgotten, [_, ..]) => Error::new(error.code(), error.detail()),
            (Lie::CodeWrong, [_, ..]) => Error::new(Code::Internal, error.detail()),
            (Lie::HalfBatchKept, [part]) => {
                let at = part.pointer.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or(0);
                let kept = operations.into_iter().take(at).collect();
                self.inner.commit(database, WriteBatch { operations: kept }).unwrap();
                error
            }
            _ => error,
        }
    }
}

impl Store for Lying {
    fn databases(&self) -> Result<Vec<Name>> {
        let mut names = self.inner.databases()?;
        if self.lie == Lie::DatabasesUnsorted {
            names.reverse();
        }
        Ok(names)
    }

    fn create_database(&self, database: &Name) -> Result<()> {
        self.inner.create_database(database)
    }

    fn drop_database(&self, database: &Name) -> Result<()> {
        self.inner.drop_database(database)
    }

    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        let inner = self.inner.snapshot(database)?;
        let timeline = match self.lie {
            Lie::TimelineMoves => 1000 + self.calls.fetch_add(1, Ordering::Relaxed),
            _ => inner.timeline(),
        };
        let (store, database) = (self.inner.clone(), database.clone());
        Ok(Arc::new(LyingSnapshot { inner, store, database, timeline, lie: self.lie }))
    }

    fn commit(&self, database: &Name, mut batch: WriteBatch) -> Result<Committed> {
        let operations = batch.operations.clone();
        if self.lie == Lie::WriteLost && self.calls.fetch_add(1, Ordering::Relaxed) % 5 == 4 {
            let snapshot = self.inner.snapshot(database)?;
            let previous = vec![None; operations.len()];
            return Ok(Committed { seq: snapshot.seq() + 1, previous });
        }
        for operation in &mut batch.operations {
            if let (Lie::ExpectationIgnored, Operation::Put { expect, .. }) = (self.lie, operation)
                && matches!(expect, Expect::Revision(_))
            {
                *expect = Expect::Any;
            }
        }
        let mut committed =
            self.inner.commit(database, batch).map_err(|error| self.refusal(database, operations, error))?;
        match self.lie {
            Lie::NumberTooHigh => committed.seq += 1,
            Lie::PreviousForgotten => committed.previous.fill(None),
            _ => {}
        }
        Ok(committed)
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        let mut checkpoint = self.inner.checkpoint(database)?;
        if self.lie == Lie::CheckpointBehind {
            checkpoint.seq = checkpoint.seq.saturating_sub(1);
        }
        Ok(checkpoint)
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        let mut statistics = self.inner.statistics(database)?;
        for collection in statistics.collections.iter_mut().filter(|_| self.lie == Lie::CountWrong) {
            collection.documents += 1;
        }
        Ok(statistics)
    }
}

struct LyingSnapshot {
    inner: Arc<dyn Snapshot>,
    store: Arc<ModelStore>,
    database: Name,
    timeline: u64,
    lie: Lie,
}

impl LyingSnapshot {
    /// The snapshot, or one of now where snapshots move.
    fn read(&self) -> Arc<dyn Snapshot> {
        match self.lie {
            Lie::SnapshotMoves => self.store.snapshot(&self.database).unwrap_or_else(|_| self.inner.clone()),
            _ => self.inner.clone(),
        }
    }
}

impl Snapshot for LyingSnapshot {
    fn seq(&self) -> Seq {
        self.inner.seq()
    }

    fn timeline(&self) -> u64 {
        self.timeline
    }

    fn collections(&self) -> Result<Vec<Name>> {
        self.read().collections()
    }

    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        let mut found = self.read().get(collection, ids)?;
        for stored in found.iter_mut().flatten().filter(|_| self.lie == Lie::RevisionTooHigh) {
            stored.rev += 1;
        }
        Ok(found)
    }

    fn scan(&self, mut scan: Scan) -> Result<Box<dyn Rows>> {
        let filtered = !scan.filter.is_all();
        match (self.lie, &scan.after) {
            (Lie::LimitIgnored, _) => scan.limit = None,
            (Lie::FilterIgnored, _) => scan.filter = Filter::all(),
            (Lie::AfterIncluded, Some(after)) => {
                let shorter: String =
                    after.as_str().chars().take(after.as_str().chars().count() - 1).collect();
                scan.after = DocId::new(shorter).ok();
            }
            _ => {}
        }
        Ok(Box::new(LyingRows { inner: self.read().scan(scan)?, lie: self.lie, filtered }))
    }

    fn support(&self, _filter: &Filter) -> Support {
        Support::Exact
    }
}

struct LyingRows {
    inner: Box<dyn Rows>,
    lie: Lie,
    filtered: bool,
}

impl Rows for LyingRows {
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>> {
        let mut batch = self.inner.next_batch()?;
        let Some(rows) = &mut batch else { return Ok(None) };
        let length = rows.len();
        match self.lie {
            Lie::RowsUnsorted if length > 1 => rows.swap(length - 1, length - 2),
            Lie::RowTwice => rows.push(rows[length - 1].clone()),
            Lie::MatchLeftOut if self.filtered => drop(rows.pop()),
            Lie::ScanDiffers => {
                let stored = &mut rows[length - 1];
                let text = stored.document.text().replace("\"v\":", "\"w\":");
                stored.document = quire_model::Document::from_checked(stored.document.id().clone(), text);
            }
            _ => {}
        }
        Ok(batch)
    }
}
