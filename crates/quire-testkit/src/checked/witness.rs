//! Old snapshots that are kept and read again now and then, whatever a test itself looks at.

use super::memory::print;
use super::must;
use quire_model::{Code, Name, Result, Scan, Snapshot, Store};
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many snapshots are kept, each with at most so many rows.
const WITNESSES_MAX: usize = 4;
const WITNESS_ROWS_MAX: usize = 300;
/// A snapshot is kept after every so many commits.
const COMMITS_APART: u64 = 5;

#[derive(Default)]
pub(super) struct Witnesses(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    witnesses: VecDeque<Witness>,
    commits: u64,
}

struct Witness {
    database: Name,
    snapshot: Arc<dyn Snapshot>,
    hash: u64,
}

impl Witness {
    /// Reads the snapshot once more. Answers whether it can be read at all: a disk may have failed.
    fn testify(&self) -> bool {
        let seq = self.snapshot.seq();
        match whole(&*self.snapshot) {
            Ok(hash) => {
                must(hash == Some(self.hash), || {
                    format!("the snapshot of {} at {seq} has changed", self.database)
                });
                true
            }
            Err(error) => {
                must(error.code() != Code::CollectionNotFound, || {
                    format!("the snapshot of {} at {seq} has lost something: {error}", self.database)
                });
                false
            }
        }
    }
}

impl Witnesses {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After a commit: the oldest witness is heard, and now and then a new one is called.
    pub(super) fn look(&self, database: &Name, store: &dyn Store) {
        let mut kept = self.lock();
        kept.commits += 1;
        if let Some(witness) = kept.witnesses.pop_front()
            && witness.testify()
        {
            kept.witnesses.push_back(witness);
        }
        if kept.commits % COMMITS_APART == 1
            && let Ok(snapshot) = store.snapshot(database)
            && let Ok(Some(hash)) = whole(&*snapshot)
        {
            if kept.witnesses.len() == WITNESSES_MAX {
                kept.witnesses.pop_front();
            }
            kept.witnesses.push_back(Witness { database: database.clone(), snapshot, hash });
        }
    }

    /// A database was dropped: its witnesses are heard a last time.
    pub(super) fn dismiss(&self, database: &Name) {
        self.lock().witnesses.retain(|witness| {
            if witness.database != *database {
                return true;
            }
            witness.testify();
            false
        });
    }
}

/// A hash of everything that a snapshot shows; `None` where that is much.
fn whole(snapshot: &dyn Snapshot) -> Result<Option<u64>> {
    let mut hasher = DefaultHasher::new();
    let mut count = 0;
    for collection in snapshot.collections()? {
        collection.as_str().hash(&mut hasher);
        let mut rows = snapshot.scan(Scan::all(collection))?;
        while let Some(batch) = rows.next_batch()? {
            count += batch.len();
            if count > WITNESS_ROWS_MAX {
                return Ok(None);
            }
            batch.iter().for_each(|stored| (stored.document.id(), print(stored)).hash(&mut hasher));
        }
    }
    Ok(Some(hasher.finish()))
}
