//! Two stores at once: every answer and every error code must be the same, and the first difference is named.
//!
//! Calls take turns, so that both stores see the same order. Timelines, sizes and the cut of a scan into batches are
//! each store's own affair. What is answered is the left store's answer.

use quire_model::{
    Checkpoint, Code, Committed, DatabaseStatistics, DocId, Filter, Name, Result, Row, Rows, Scan, Seq,
    Snapshot, Store, Stored, Support, WriteBatch,
};
use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A store made of two that must agree.
pub struct Mirror {
    left: Box<dyn Store>,
    right: Box<dyn Store>,
    calls: Mutex<u64>,
}

/// More of an answer than this is not shown.
const SHOWN_CHARS: usize = 400;

fn shown(value: &dyn Debug) -> String {
    let text = format!("{value:?}");
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// An answer as far as two stores must agree on it: an error by its code and the places it names.
fn comparable<T, V>(result: &Result<T>, view: impl Fn(&T) -> V) -> Result<V, (Code, Vec<(String, Code)>)> {
    result.as_ref().map(view).map_err(|error| {
        (error.code(), error.parts().iter().map(|part| (part.pointer.clone(), part.code)).collect())
    })
}

#[track_caller]
fn same<T, V: PartialEq + Debug>(
    call: &dyn Debug,
    left: Result<T>,
    right: Result<T>,
    view: impl Fn(&T) -> V,
) -> Result<T> {
    let (ours, theirs) = (comparable(&left, &view), comparable(&right, &view));
    if ours != theirs {
        panic!("the mirror differs at {}:\n left: {}\nright: {}", shown(call), shown(&ours), shown(&theirs));
    }
    left
}

impl Mirror {
    /// A store that does everything twice and compares.
    pub fn new(left: Box<dyn Store>, right: Box<dyn Store>) -> Mirror {
        Mirror { left, right, calls: Mutex::new(0) }
    }

    fn turn(&self) -> MutexGuard<'_, u64> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls += 1;
        calls
    }
}

impl Store for Mirror {
    fn databases(&self) -> Result<Vec<Name>> {
        let turn = self.turn();
        same(&(*turn, "databases"), self.left.databases(), self.right.databases(), Vec::clone)
    }

    fn create_database(&self, database: &Name) -> Result<()> {
        let turn = self.turn();
        let (left, right) = (self.left.create_database(database), self.right.create_database(database));
        same(&(*turn, "create_database", database), left, right, |()| ())
    }

    fn drop_database(&self, database: &Name) -> Result<()> {
        let turn = self.turn();
        let (left, right) = (self.left.drop_database(database), self.right.drop_database(database));
        same(&(*turn, "drop_database", database), left, right, |()| ())
    }

    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        let turn = self.turn();
        let (left, right) = (self.left.snapshot(database), self.right.snapshot(database));
        let place = (*turn, "snapshot", database);
        let right_too = right.as_ref().ok().cloned();
        let left = same(&place, left, right, |snapshot| snapshot.seq())?;
        match right_too {
            Some(right) => Ok(Arc::new(Both { left, right })),
            None => Ok(left),
        }
    }

    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        let turn = self.turn();
        let left = self.left.commit(database, batch.clone());
        let right = self.right.commit(database, batch.clone());
        same(&(*turn, "commit", database, &batch), left, right, Committed::clone)
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        let turn = self.turn();
        let (left, right) = (self.left.checkpoint(database), self.right.checkpoint(database));
        same(&(*turn, "checkpoint", database), left, right, |checkpoint| checkpoint.seq)
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        let turn = self.turn();
        let (left, right) = (self.left.statistics(database), self.right.statistics(database));
        let view =
            |s: &DatabaseStatistics| (s.name.clone(), s.seq, s.collections.clone(), s.read_only.is_some());
        same(&(*turn, "statistics", database), left, right, view)
    }
}

struct Both {
    left: Arc<dyn Snapshot>,
    right: Arc<dyn Snapshot>,
}

impl Snapshot for Both {
    fn seq(&self) -> Seq {
        self.left.seq()
    }

    fn timeline(&self) -> u64 {
        self.left.timeline()
    }

    fn collections(&self) -> Result<Vec<Name>> {
        let place = ("collections", self.seq());
        same(&place, self.left.collections(), self.right.collections(), Vec::clone)
    }

    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        let place = ("get", self.seq(), collection, ids);
        same(&place, self.left.get(collection, ids), self.right.get(collection, ids), Vec::clone)
    }

    fn scan(&self, scan: Scan) -> Result<Box<dyn Rows>> {
        let (left, right) = (self.left.scan(scan.clone()), self.right.scan(scan.clone()));
        let place = format!("scan at {}: {scan:?}", self.seq());
        match (left, right) {
            (Ok(left), Ok(right)) => {
                let side = |snapshot: &dyn Snapshot| Side::new(&scan, snapshot.support(&scan.filter));
                let (ours, theirs) = (side(&*self.left), side(&*self.right));
                Ok(Box::new(BothRows { left, right, ours, theirs, place }))
            }
            (left, right) => same(&place, left, right, |_| ()),
        }
    }

    /// The left one's, because its rows are given.
    fn support(&self, filter: &Filter) -> Support {
        self.left.support(filter)
    }
}

/// What one side of a scan gave and was not compared yet, without what its support lets it give too much.
struct Side {
    /// What is still wanted of a side that is not exact: which rows, and how many.
    inexact: Option<(Filter, usize)>,
    rows: VecDeque<Stored>,
    ended: bool,
}

impl Side {
    fn new(scan: &Scan, support: Support) -> Side {
        let wanted = || (scan.filter.clone(), scan.limit.unwrap_or(usize::MAX));
        Side { inexact: (support != Support::Exact).then(wanted), rows: VecDeque::new(), ended: false }
    }

    fn add(&mut self, batch: Option<&[Stored]>) {
        let Some(batch) = batch else {
            self.ended = true;
            return;
        };
        let Some((filter, left)) = &mut self.inexact else {
            self.rows.extend(batch.iter().cloned());
            return;
        };
        for stored in batch {
            if *left > 0 && filter.matches(Row::from(stored)) {
                *left -= 1;
                self.rows.push_back(stored.clone());
            }
        }
    }
}

struct BothRows {
    left: Box<dyn Rows>,
    right: Box<dyn Rows>,
    ours: Side,
    theirs: Side,
    place: String,
}

impl Rows for BothRows {
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>> {
        let batch = self.left.next_batch();
        if let Ok(batch) = &batch {
            self.ours.add(batch.as_deref());
        }
        // The right one is pulled until it can be compared with everything that the left one gave.
        while !self.theirs.ended && (self.ours.ended || self.theirs.rows.len() < self.ours.rows.len()) {
            match self.right.next_batch() {
                Ok(pulled) => self.theirs.add(pulled.as_deref()),
                Err(error) => return same(&self.place, batch, Err(error), Clone::clone),
            }
        }
        while let (Some(ours), Some(theirs)) = (self.ours.rows.front(), self.theirs.rows.front()) {
            same(&self.place, Ok(ours), Ok(theirs), |stored| (*stored).clone())?;
            self.ours.rows.pop_front();
            self.theirs.rows.pop_front();
        }
        let more = |side: &Side| side.rows.front().filter(|_| self.ours.ended && self.theirs.ended).cloned();
        same(&self.place, Ok(more(&self.ours)), Ok(more(&self.theirs)), Clone::clone)?;
        if self.theirs.ended {
            let extra = self.ours.rows.front().cloned();
            same(&self.place, Ok(extra), Ok(None), Clone::clone)?;
        }
        batch
    }
}
