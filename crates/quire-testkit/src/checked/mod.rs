//! A wrapper that holds a store to the contract at every call. What breaks it stops the test, with a sentence.
//!
//! The life of a commit:
//! 1. `ledger.rs` notes that it began, and looks where the database stands.
//! 2. `predict.rs` says from the state before what the batch must answer and leave.
//! 3. The store commits; `codes.rs` looks whether an error is one that the method may give.
//! 4. `ledger.rs` takes the number: the next one, never one twice, none left out. Where nobody came between, the answer
//!    and the new state are what was predicted.
//! 5. `witness.rs` reads an old snapshot again: it must not have changed.
//!
//! The life of a scan: `snapshot.rs` gives it out, `rows.rs` looks at every row, and at the end compares them with what
//! a scan without a filter says. `memory.rs` keeps what a snapshot said of each document.
//!
//! Only the wrapper may write to the store. Checks that would cost much look at the first rows only ([`ROWS_MAX`]).

mod codes;
mod ledger;
mod memory;
mod predict;
mod rows;
mod snapshot;
mod witness;

pub use ledger::Ledger;

use codes::Method;
use predict::Prediction;
use quire_model::{
    Checkpoint, Code, Committed, DatabaseStatistics, Name, Result, Scan, Snapshot, Store, WriteBatch,
};
use snapshot::CheckedSnapshot;
use std::sync::Arc;
use witness::Witnesses;

/// So many rows of a collection are compared and counted.
const ROWS_MAX: usize = 20_000;

/// A store that is held to the contract.
pub struct Checked {
    witnesses: Witnesses,
    inner: Box<dyn Store>,
    ledger: Arc<Ledger>,
}

/// Stops the test where the contract does not hold.
#[track_caller]
fn must(holds: bool, breach: impl FnOnce() -> String) {
    if !holds {
        panic!("the store breaks its contract: {}", breach());
    }
}

impl Checked {
    /// Holds a store to the contract from now on.
    pub fn new(inner: Box<dyn Store>) -> Checked {
        Checked::with_ledger(inner, Arc::default())
    }

    /// Holds a store to the contract, and to what the stores before it on the same ledger answered.
    pub fn with_ledger(inner: Box<dyn Store>, ledger: Arc<Ledger>) -> Checked {
        Checked { witnesses: Witnesses::default(), inner, ledger }
    }

    fn accepted(
        &self,
        database: &Name,
        batch: &WriteBatch,
        committed: &Committed,
        predicted: Option<(u64, Prediction)>,
    ) {
        let count = batch.operations.len();
        must(committed.previous.len() == count, || {
            format!("a commit of {count} operations answers {} times", committed.previous.len())
        });
        // Somebody may have dropped the database since.
        let Ok(after) = self.inner.snapshot(database) else { return };
        must(after.seq() >= committed.seq, || {
            format!("commit {} was answered and a snapshot is at {}", committed.seq, after.seq())
        });
        let Some((seq_before, prediction)) = predicted else { return };
        let step = u64::from(predict::effective(batch, &committed.previous));
        if committed.seq == seq_before + step {
            prediction.check_answer(committed, seq_before);
            if after.seq() == committed.seq {
                prediction.check_state(&*after, committed.seq);
            }
        }
    }

    /// Counts what statistics say, where nothing was committed meanwhile.
    fn check_counts(&self, snapshot: &dyn Snapshot, statistics: &DatabaseStatistics) {
        let listed: Vec<&Name> = statistics.collections.iter().map(|c| &c.name).collect();
        let Ok(collections) = snapshot.collections() else { return };
        must(listed == collections.iter().collect::<Vec<_>>(), || {
            format!("statistics list {listed:?}, the snapshot at {} has {collections:?}", snapshot.seq())
        });
        for collection in &statistics.collections {
            let Some(counted) = count(snapshot, &collection.name) else { continue };
            must(collection.documents == counted, || {
                format!(
                    "statistics say that {} has {} documents, a scan finds {counted}",
                    collection.name, collection.documents
                )
            });
        }
    }
}

/// The documents of a collection; `None` where they are too many to count or cannot be read.
fn count(snapshot: &dyn Snapshot, collection: &Name) -> Option<u64> {
    let mut rows = snapshot.scan(Scan::all(collection.clone())).ok()?;
    let mut counted = 0;
    while let Some(batch) = rows.next_batch().ok()? {
        counted += batch.len();
        if counted > ROWS_MAX {
            return None;
        }
    }
    Some(counted as u64)
}

impl Store for Checked {
    fn databases(&self) -> Result<Vec<Name>> {
        let names = codes::check(Method::Databases, self.inner.databases())?;
        must(names.is_sorted_by(|a, b| a < b), || format!("the databases {names:?} are not in order"));
        must(names.iter().any(|n| n.as_str() == "main"), || format!("no default database in {names:?}"));
        Ok(names)
    }

    fn create_database(&self, database: &Name) -> Result<()> {
        codes::check(Method::CreateDatabase, self.inner.create_database(database))?;
        if let Ok(snapshot) = self.inner.snapshot(database) {
            self.ledger.created(database, &*snapshot);
        }
        Ok(())
    }

    fn drop_database(&self, database: &Name) -> Result<()> {
        let dropped = codes::check(Method::DropDatabase, self.inner.drop_database(database));
        let fixed = database.as_str() == "main";
        must(!(fixed && dropped.is_ok()), || "the default database was dropped".to_owned());
        let forbidden = dropped.as_ref().is_err_and(|error| error.code() == Code::InvalidName);
        must(fixed || !forbidden, || format!("{database} is not the default database and may be dropped"));
        if dropped.is_ok() {
            self.ledger.dropped(database);
            // A snapshot keeps what it sees, even when its database is gone.
            self.witnesses.dismiss(database);
        }
        dropped
    }

    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        let told = self.ledger.told(database);
        let snapshot = codes::check(Method::Snapshot, self.inner.snapshot(database))?;
        self.ledger.saw(database, &*snapshot, told);
        Ok(Arc::new(CheckedSnapshot::new(snapshot)))
    }

    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        let begun = self.ledger.begin(database, &*self.inner);
        let before = begun.before.as_ref();
        let predicted = before.and_then(|b| Some((b.seq(), Prediction::of(&**b, &batch)?)));
        let result = codes::check(Method::Commit, self.inner.commit(database, batch.clone()));
        let alone = self.ledger.finish(database, &begun, &batch, &result);
        match &result {
            Ok(committed) => self.accepted(database, &batch, committed, predicted),
            Err(error) => {
                codes::check_part(error, batch.operations.len());
                if let Some((_, prediction)) = predicted.filter(|_| alone) {
                    prediction.check_refusal(error);
                }
            }
        }
        self.witnesses.look(database, &*self.inner);
        result
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        let told = self.ledger.told(database);
        let checkpoint = codes::check(Method::Checkpoint, self.inner.checkpoint(database))?;
        must(checkpoint.seq >= told, || {
            format!("commit {told} was answered before a checkpoint that reaches only to {}", checkpoint.seq)
        });
        self.ledger.checkpointed(database, checkpoint.seq);
        Ok(checkpoint)
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        let marks = self.ledger.marks(database);
        let before = self.inner.snapshot(database);
        let statistics = codes::check(Method::Statistics, self.inner.statistics(database))?;
        let (seq, checkpoint_seq) = (statistics.seq, statistics.checkpoint_seq);
        must(statistics.name == *database, || format!("statistics of {database} are of {}", statistics.name));
        must(seq >= marks.told, || format!("commit {} was answered, statistics are at {seq}", marks.told));
        must(checkpoint_seq <= seq, || format!("the checkpoint at {checkpoint_seq} is beyond commit {seq}"));
        must(checkpoint_seq >= marks.checkpoint_seq, || {
            format!("the checkpoint went back from {} to {checkpoint_seq}", marks.checkpoint_seq)
        });
        self.ledger.checkpointed(database, checkpoint_seq);
        if let Ok(before) = before
            && before.seq() == seq
            && marks.stood_still(&self.ledger.marks(database))
        {
            self.check_counts(&*before, &statistics);
        }
        Ok(statistics)
    }
}
