//! Every order in which a writer, a reader and the background can take turns.
//!
//! 1. A [`Program`] says what each of the three does, step by step.
//! 2. [`every_order`] runs it once for each order of the steps, on a fresh backend each time ([`interleavings`]).
//! 3. After each step, every snapshot that is held must show what the model store showed at that number, by id and by
//!    scan. At the end the power is cut, and what comes back is compared too.

#![allow(clippy::unwrap_used, reason = "a stepped run fails as a test does")]

use crate::shorthand::{commit, main_db, rows};
use crate::{Backend, Fixture, ModelStore};
use quire_model::{Code, DocId, Name, Operation, Scan, Seq, Snapshot, Store, Stored};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// What the three do.
#[derive(Debug, Clone)]
pub struct Program {
    /// Commits before anybody else comes, each with a checkpoint behind it: what older files hold.
    pub before: Vec<Vec<Operation>>,
    /// Commits, in order.
    pub writer: Vec<Vec<Operation>>,
    /// What the reader does, in order.
    pub reader: Vec<Reading>,
    /// What happens in the background, in order.
    pub background: Vec<Job>,
}

/// A step of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Takes a snapshot, and keeps it.
    Take,
    /// Lets the oldest snapshot go.
    Release,
}

/// A step of the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// A whole checkpoint.
    Checkpoint,
    /// The smallest piece of background work there is ([`Backend::step`]).
    Step,
}

/// Every order in which programs of these lengths can take turns: each is a list of whose turn it is.
pub fn interleavings(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut orders = Vec::new();
    extend(&mut lengths.to_vec(), &mut Vec::new(), &mut orders);
    orders
}

fn extend(left: &mut [usize], order: &mut Vec<usize>, orders: &mut Vec<Vec<usize>>) {
    if left.iter().all(|steps| *steps == 0) {
        orders.push(order.clone());
        return;
    }
    for turn in 0..left.len() {
        if left[turn] > 0 {
            left[turn] -= 1;
            order.push(turn);
            extend(left, order, orders);
            order.pop();
            left[turn] += 1;
        }
    }
}

/// Runs a program in every order; answers how many there are.
///
/// # Panics
/// Where a snapshot shows something else than the model, naming the order.
pub fn every_order(program: &Program, make: &dyn Fn() -> Box<dyn Backend>) -> usize {
    let lengths = [program.writer.len(), program.reader.len(), program.background.len()];
    let orders = interleavings(&lengths);
    for order in &orders {
        let run = AssertUnwindSafe(|| Run::new(program, make()).all(order));
        if let Err(panic) = std::panic::catch_unwind(run) {
            let letters: String = order.iter().map(|turn| ["w", "r", "b"][*turn]).collect();
            let said = panic.downcast_ref::<String>().map_or("", String::as_str);
            panic!("in the order {letters} of {program:?}: {said}");
        }
    }
    orders.len()
}

/// What a snapshot shows: its collections by scan, and by id every address that the program writes to.
#[derive(PartialEq)]
struct Seen {
    by_scan: Vec<(Name, Vec<Stored>)>,
    by_id: Vec<Result<Option<Stored>, Code>>,
}

struct Run<'p> {
    program: &'p Program,
    // Before the fixture: snapshots go before their store does.
    held: VecDeque<Arc<dyn Snapshot>>,
    fixture: Fixture,
    model: ModelStore,
    /// What the model showed at each number.
    shown: BTreeMap<Seq, Seen>,
    addresses: BTreeSet<(Name, DocId)>,
    done: [usize; 3],
}

impl<'p> Run<'p> {
    fn new(program: &'p Program, backend: Box<dyn Backend>) -> Run<'p> {
        let address = |operation: &Operation| match operation {
            Operation::Put { collection, document, .. } => Some((collection.clone(), document.id().clone())),
            Operation::Delete { collection, id, .. } => Some((collection.clone(), id.clone())),
            _ => None,
        };
        let mut run = Run {
            program,
            held: VecDeque::new(),
            fixture: Fixture::new(backend),
            model: ModelStore::new(),
            shown: BTreeMap::new(),
            addresses: program.writer.iter().flatten().filter_map(address).collect(),
            done: [0; 3],
        };
        run.note();
        for operations in &program.before {
            run.write(operations.clone());
            run.background(Job::Checkpoint);
        }
        run
    }

    fn all(mut self, order: &[usize]) {
        for turn in order {
            let step = self.done[*turn];
            self.done[*turn] += 1;
            match turn {
                0 => self.write(self.program.writer[step].clone()),
                1 => self.read(self.program.reader[step]),
                _ => self.background(self.program.background[step]),
            }
            self.compare(&format!("after {:?} steps", self.done));
        }
        while self.fixture.step() {
            self.compare("after the background's last steps");
        }
        self.held.clear();
        self.fixture.crash();
        self.compare("after a power cut");
    }

    fn write(&mut self, operations: Vec<Operation>) {
        let wanted = commit(&self.model, operations.clone()).map_err(|error| error.code());
        let came = commit(self.fixture.store(), operations).map_err(|error| error.code());
        assert_eq!(came, wanted);
        self.note();
    }

    fn read(&mut self, reading: Reading) {
        match reading {
            Reading::Take => self.held.push_back(self.fixture.store().snapshot(&main_db()).unwrap()),
            Reading::Release => drop(self.held.pop_front()),
        }
    }

    fn background(&mut self, job: Job) {
        match job {
            Job::Checkpoint => drop(self.fixture.store().checkpoint(&main_db()).unwrap()),
            Job::Step => drop(self.fixture.step()),
        }
    }

    /// Notes what the model shows now.
    fn note(&mut self) {
        let snapshot = self.model.snapshot(&main_db()).unwrap();
        let seen = self.see(&*snapshot);
        self.shown.insert(snapshot.seq(), seen);
    }

    fn see(&self, snapshot: &dyn Snapshot) -> Seen {
        let by_id = |(collection, id): &(Name, DocId)| {
            let found = snapshot.get(collection, std::slice::from_ref(id));
            found.map(|mut found| found.remove(0)).map_err(|error| error.code())
        };
        let by_scan = |collection: Name| {
            let rows = rows(snapshot, Scan::all(collection.clone())).unwrap();
            (collection, rows)
        };
        Seen {
            by_scan: snapshot.collections().unwrap().into_iter().map(by_scan).collect(),
            by_id: self.addresses.iter().map(by_id).collect(),
        }
    }

    fn compare(&self, when: &str) {
        let newest = self.fixture.store().snapshot(&main_db()).unwrap();
        assert_eq!(Some(newest.seq()), self.shown.keys().next_back().copied(), "{when}");
        for snapshot in self.held.iter().chain([&newest]) {
            let (seq, came) = (snapshot.seq(), self.see(&**snapshot));
            let wanted = &self.shown[&seq];
            if came != *wanted {
                panic!("{when}, the snapshot at {seq} shows {}", differing(&came, wanted));
            }
        }
    }
}

/// What two looks differ in, without the large texts.
fn differing(came: &Seen, wanted: &Seen) -> String {
    let lines = |rows: &[Stored]| rows.iter().map(line).collect::<Vec<_>>().join(", ");
    let scans = |seen: &Seen| {
        let each = |(collection, rows): &(Name, Vec<Stored>)| format!("{collection}: [{}]", lines(rows));
        seen.by_scan.iter().map(each).collect::<Vec<_>>().join(", ")
    };
    if came.by_scan != wanted.by_scan {
        return format!("by scan {}, and should show {}", scans(came), scans(wanted));
    }
    let ids = |seen: &Seen| {
        let each = |found: &Result<Option<Stored>, Code>| match found {
            Ok(found) => found.as_ref().map_or("nothing".to_owned(), line),
            Err(code) => code.to_string(),
        };
        seen.by_id.iter().map(each).collect::<Vec<_>>().join(", ")
    };
    format!("by id {}, and should show {}", ids(came), ids(wanted))
}

/// A document as a short line.
fn line(stored: &Stored) -> String {
    let text = stored.document.text();
    let begin: String = text.chars().take(60).collect();
    format!("{begin} ({} bytes, rev {})", text.len(), stored.rev)
}

#[cfg(test)]
mod tests {
    use super::interleavings;

    #[test]
    fn every_order_comes_once() {
        assert_eq!(interleavings(&[2, 1]), [[0, 0, 1], [0, 1, 0], [1, 0, 0]]);
        let all = interleavings(&[3, 2, 2]);
        assert_eq!(all.len(), 5040 / (6 * 2 * 2));
        assert!(all.is_sorted_by(|a, b| a < b));
        assert_eq!(interleavings(&[]).len(), 1);
    }
}
