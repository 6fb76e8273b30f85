//! What should be there: for each database a model store, the batches that made it, and what is not known.

use quire_model::{Name, Result, Scan, Snapshot, Store, Stored, WriteBatch};
use quire_testkit::ModelStore;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a drill failed, for people.
pub(crate) type Outcome<T> = std::result::Result<T, String>;

/// The name of every model's one database.
fn main_name() -> Outcome<Name> {
    Name::new("main").map_err(|e| e.to_string())
}

/// What a database shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) seq: u64,
    pub(crate) collections: BTreeMap<Name, Vec<Stored>>,
}

impl Shown {
    /// Everything that a snapshot shows to scans.
    pub(crate) fn of(snapshot: &dyn Snapshot) -> Result<Shown> {
        let mut collections = BTreeMap::new();
        for name in snapshot.collections()? {
            collections.insert(name.clone(), scan(snapshot, Scan::all(name))?);
        }
        Ok(Shown { seq: snapshot.seq(), collections })
    }

    /// What differs, in a few words.
    pub(crate) fn difference(&self, expected: &Shown) -> Option<String> {
        if self == expected {
            return None;
        }
        for (name, rows) in &expected.collections {
            let Some(found) = self.collections.get(name) else {
                return Some(format!("collection {name} is missing, it has {} documents", rows.len()));
            };
            for row in rows {
                let id = row.document.id();
                match found.iter().find(|other| other.document.id() == id) {
                    None => return Some(format!("{name} {id:?} of revision {} is missing", row.rev)),
                    Some(other) if other.rev != row.rev => {
                        return Some(format!("{name} {id:?} has revision {} and not {}", other.rev, row.rev));
                    }
                    Some(other) if other != row => {
                        return Some(format!("{name} {id:?} at {} has other text", row.rev));
                    }
                    Some(_) => {}
                }
            }
            if let Some(extra) = found.iter().find(|row| !rows.contains(row)) {
                let id = extra.document.id();
                return Some(format!("{name} {id:?} of revision {} should not be there", extra.rev));
            }
            if found != rows {
                return Some(format!("{name} comes in another order"));
            }
        }
        let extra = self.collections.keys().find(|name| !expected.collections.contains_key(*name));
        Some(match extra {
            Some(name) => format!("collection {name} should not be there"),
            None => format!("the newest commit is {} and not {}", self.seq, expected.seq),
        })
    }
}

/// Pulls a scan to its end.
pub(crate) fn scan(snapshot: &dyn Snapshot, scan: Scan) -> Result<Vec<Stored>> {
    let mut rows = snapshot.scan(scan)?;
    let mut all = Vec::new();
    while let Some(batch) = rows.next_batch()? {
        all.extend(batch);
    }
    Ok(all)
}

/// One database as it should be.
pub(crate) struct Book {
    history: Vec<Arc<WriteBatch>>,
    model: ModelStore,
    /// A batch of which nobody knows whether it was committed: it may be there, whole, after the next open.
    pub(crate) unknown: Option<Arc<WriteBatch>>,
    /// Whether the database itself may be absent after the next open, because making or dropping it was cut off.
    pub(crate) maybe_absent: bool,
}

impl Book {
    /// A new database; `maybe_absent` where it is not known whether it was made.
    pub(crate) fn new(maybe_absent: bool) -> Book {
        Book { history: Vec::new(), model: ModelStore::new(), unknown: None, maybe_absent }
    }

    /// The same book, for another future.
    pub(crate) fn fork(&self) -> Outcome<Book> {
        let mut fork = Book::new(self.maybe_absent);
        for batch in &self.history {
            fork.commit(batch)?.map_err(|e| format!("the model refuses what it took before: {e}"))?;
        }
        fork.unknown.clone_from(&self.unknown);
        Ok(fork)
    }

    /// Commits to the model, which answers as the engine should.
    pub(crate) fn commit(&mut self, batch: &Arc<WriteBatch>) -> Outcome<Result<quire_model::Committed>> {
        let main = main_name()?;
        let before = self.model.snapshot(&main).map_err(|e| e.to_string())?.seq();
        let answer = self.model.commit(&main, WriteBatch::clone(batch));
        if answer.as_ref().is_ok_and(|done| done.seq > before) {
            self.history.push(batch.clone());
        }
        Ok(answer)
    }

    pub(crate) fn snapshot(&self) -> Outcome<Arc<dyn Snapshot>> {
        self.model.snapshot(&main_name()?).map_err(|e| e.to_string())
    }

    pub(crate) fn shown(&self) -> Outcome<Shown> {
        Shown::of(&*self.snapshot()?).map_err(|e| e.to_string())
    }

    /// What may be shown after the next open: without the batch in doubt, and with it.
    pub(crate) fn futures(&self) -> Outcome<Vec<Shown>> {
        let mut futures = vec![self.shown()?];
        if let Some(batch) = &self.unknown {
            let mut with = self.fork()?;
            with.commit(batch)?.map_err(|e| format!("the batch in doubt should have been refused: {e}"))?;
            futures.push(with.shown()?);
        }
        Ok(futures)
    }

    /// Takes the future with this number for the truth.
    pub(crate) fn settle(&mut self, future: usize) -> Outcome<()> {
        if let Some(batch) = self.unknown.take()
            && future == 1
        {
            self.commit(&batch)?.map_err(|e| e.to_string())?;
        }
        self.maybe_absent = false;
        Ok(())
    }

    /// Puts the last commit in doubt.
    pub(crate) fn doubt_last(&mut self) -> Outcome<()> {
        let last = self.history.pop();
        *self = self.fork()?;
        self.unknown = last;
        Ok(())
    }
}

/// Every database as it should be, by name.
pub(crate) type Books = BTreeMap<Name, Book>;

/// The books of a store before its first open: the default database may be there or not.
pub(crate) fn first_books() -> Outcome<Books> {
    Ok(Books::from([(main_name()?, Book::new(true))]))
}

/// All books, for another future.
pub(crate) fn fork(books: &Books) -> Outcome<Books> {
    books.iter().map(|(name, book)| Ok((name.clone(), book.fork()?))).collect()
}
