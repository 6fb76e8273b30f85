//! One life of a store, from an open to whatever ends it: work beside the model, every answer compared.
//!
//! 1. [`Life::begin`] opens the store and finds out what became of commits in doubt.
//! 2. [`Life::act`] does one thing that the seed picks. An error is accepted only where the disk gave a reason during
//!    this very call, and then nothing may have changed.
//! 3. A commit whose outcome is unknown stays out of sight, and the database takes no more writes.

use crate::book::{Book, Books, Outcome, Shown};
use crate::check::{self, Trouble};
use crate::rig::Rig;
use crate::tally::Tally;
use crate::work::Work;
use quire_engine::{EngineStore, SimDisk};
use quire_model::{Code, Error, Name, Snapshot, Store, WriteBatch};
use quire_testkit::Random;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The second database, which comes and goes.
const SECOND: &str = "second";

/// Snapshots that are held at a time.
const HELD_MAX: usize = 3;

pub(crate) struct Life<'a> {
    disk: SimDisk,
    store: EngineStore,
    books: &'a mut Books,
    work: &'a Work,
    tally: &'a mut Tally,
    /// Databases that take no writes any more because a sync failed.
    poisoned: BTreeSet<Name>,
    held: Vec<(Name, Arc<dyn Snapshot>, Shown)>,
    /// Whether the disk is full or may become so.
    full: bool,
    /// Whether the power may go in the middle of rare work.
    mortal: bool,
}

/// Whether an error is how a failing disk may be answered.
fn blames_the_disk(error: &Error) -> bool {
    matches!(error.code(), Code::DiskFull | Code::Unavailable)
}

impl<'a> Life<'a> {
    /// Opens the store; `None` where the disk gave a reason that it could not be opened or read.
    pub(crate) fn begin(
        rig: &Rig,
        disk: &SimDisk,
        books: &'a mut Books,
        work: &'a Work,
        tally: &'a mut Tally,
        random: &mut Random,
    ) -> Outcome<Option<Life<'a>>> {
        let before = disk.faults_met();
        let excused = || disk.is_dead() || disk.faults_met() > before;
        tally.opens += 1;
        let store = match rig.open(disk) {
            Ok(store) => store,
            Err(error) if excused() && error.code() != Code::Corrupt => return Ok(None),
            Err(error) => return Err(format!("the open failed with {}: {error}", error.code())),
        };
        match settle_all(&store, books, random) {
            Ok(()) => {}
            Err(Trouble::Failed(error)) if excused() && blames_the_disk(&error) => return Ok(None),
            Err(trouble) => return Err(format!("after the open: {}", trouble.text())),
        }
        Ok(Some(Life {
            disk: disk.clone(),
            store,
            books,
            work,
            tally,
            poisoned: BTreeSet::new(),
            held: Vec::new(),
            full: false,
            mortal: false,
        }))
    }

    /// From here on the power may go in the middle of rare work: a checkpoint, a step of the background, a database
    /// that is made or dropped. By chance alone few deaths would hit those.
    pub(crate) fn make_mortal(&mut self) {
        self.mortal = true;
    }

    fn risk(&self, random: &mut Random) {
        if self.mortal && random.below(8) == 0 {
            self.disk.die_at(random.below(16) as u64 + 1);
        }
    }

    /// Whether the disk gave a reason for an error since it had met `before` faults.
    fn excused(&self, before: u64) -> bool {
        self.full || self.disk.is_dead() || self.disk.faults_met() > before
    }

    /// One thing of many.
    pub(crate) fn act(&mut self, random: &mut Random) -> Outcome<()> {
        let lot = random.below(100);
        if matches!(lot, 68..84 | 93..95) {
            self.risk(random);
        }
        match lot {
            0..68 => {
                let name = self.pick(random)?;
                let now = self.books[&name].snapshot()?;
                let batch = self.work.batch(&*now, random)?;
                drop(now);
                self.commit(&name, batch)
            }
            68..73 => self.checkpoint(random),
            73..84 => self.step(),
            84..87 => self.hold(random),
            87..90 => self.look_at_held(random),
            90..93 => self.look(random),
            93..95 => self.create_or_drop(random),
            95 => {
                self.full = !self.full;
                self.disk.set_bytes_free(self.full.then(|| random.below(40_000) as u64));
                Ok(())
            }
            _ => self.step().and_then(|()| self.step()),
        }
    }

    /// One thing of many on a disk that does not fail.
    pub(crate) fn act_well(&mut self, random: &mut Random) -> Outcome<()> {
        self.act(random)?;
        self.disk.set_bytes_free(None);
        self.full = false;
        Ok(())
    }

    /// One of the databases that are surely there.
    fn pick(&self, random: &mut Random) -> Outcome<Name> {
        let sure: Vec<&Name> = self.books.iter().filter(|(_, b)| !b.maybe_absent).map(|(n, _)| n).collect();
        let at = if random.below(5) == 0 { random.below(sure.len()) } else { 0 };
        sure.get(at).map(|name| (*name).clone()).ok_or_else(|| "no database is open".to_owned())
    }

    fn commit(&mut self, name: &Name, batch: WriteBatch) -> Outcome<()> {
        self.tally.operations += batch.operations.len() as u64;
        let batch = Arc::new(batch);
        let before = self.disk.faults_met();
        let answer = self.store.commit(name, WriteBatch::clone(&batch));
        let (excused, poisoned) = (self.excused(before), self.poisoned.contains(name));
        let book = self.books.get_mut(name).ok_or("a commit without a book")?;
        match answer {
            Ok(_) if poisoned => Err("a write was taken although the outcome of one is unknown".to_owned()),
            Ok(done) => {
                self.tally.commits += 1;
                match book.commit(&batch)? {
                    Ok(expected) if expected == done => Ok(()),
                    Ok(expected) => Err(format!("a commit answered {done:?} and not {expected:?}")),
                    Err(error) => Err(format!("a commit went well that should be {}", error.code())),
                }
            }
            Err(error) if poisoned && error.code() == Code::ReadOnly => Ok(()),
            Err(error) if excused && error.code() == Code::OutcomeUnknown => {
                book.unknown = Some(batch);
                self.poisoned.insert(name.clone());
                self.look_into(name, &mut Random::new(before))
            }
            Err(error) if excused && blames_the_disk(&error) => Ok(()),
            Err(error) => match book.commit(&batch)? {
                Err(expected) if (expected.code(), expected.parts()) == (error.code(), error.parts()) => {
                    Ok(())
                }
                Err(expected) => {
                    Err(format!("a commit was refused with {error:?} and not with {expected:?}"))
                }
                Ok(_) => Err(format!("a commit failed without a reason: {}: {error}", error.code())),
            },
        }
    }

    /// Judges an error of anything but a commit.
    fn accept<T>(
        &self,
        what: &str,
        name: Option<&Name>,
        before: u64,
        answer: Result<T, Error>,
    ) -> Outcome<()> {
        match answer {
            Ok(_) => Ok(()),
            Err(error) if self.excused(before) && blames_the_disk(&error) => Ok(()),
            Err(error)
                if error.code() == Code::ReadOnly
                    && name.is_some_and(|name| self.poisoned.contains(name)) =>
            {
                Ok(())
            }
            Err(error) => Err(format!("{what} failed without a reason: {}: {error}", error.code())),
        }
    }

    fn checkpoint(&mut self, random: &mut Random) -> Outcome<()> {
        let name = self.pick(random)?;
        let before = self.disk.faults_met();
        let answer = self.store.checkpoint(&name);
        self.accept("a checkpoint", Some(&name), before, answer)
    }

    fn step(&mut self) -> Outcome<()> {
        let before = self.disk.faults_met();
        let answer = self.store.step();
        self.accept("a step of the background", None, before, answer)
    }

    fn hold(&mut self, random: &mut Random) -> Outcome<()> {
        let name = self.pick(random)?;
        let snapshot = self.store.snapshot(&name).map_err(|e| e.to_string())?;
        if self.held.len() == HELD_MAX {
            self.held.remove(0);
        }
        let shown = self.books[&name].shown()?;
        self.held.push((name, snapshot, shown));
        Ok(())
    }

    fn look_at_held(&mut self, random: &mut Random) -> Outcome<()> {
        for (name, snapshot, shown) in &self.held {
            let before = self.disk.faults_met();
            let seen = check::snapshot(&**snapshot, shown, random);
            self.forgive(before, seen).map_err(|what| format!("a held snapshot of {name}: {what}"))?;
        }
        Ok(())
    }

    fn look(&mut self, random: &mut Random) -> Outcome<()> {
        let name = self.pick(random)?;
        self.look_into(&name, random)
    }

    fn look_into(&self, name: &Name, random: &mut Random) -> Outcome<()> {
        let before = self.disk.faults_met();
        let seen = check::database(&self.store, name, &self.books[name].shown()?, random);
        self.forgive(before, seen).map_err(|what| format!("{name}: {what}"))
    }

    /// Wrong answers are never forgiven; errors are where the disk gave a reason.
    fn forgive(&self, before: u64, seen: Result<(), Trouble>) -> Outcome<()> {
        match seen {
            Ok(()) => Ok(()),
            Err(Trouble::Failed(error)) if self.excused(before) && blames_the_disk(&error) => Ok(()),
            Err(trouble) => Err(trouble.text()),
        }
    }

    fn create_or_drop(&mut self, random: &mut Random) -> Outcome<()> {
        let name = Name::new(SECOND).map_err(|e| e.to_string())?;
        let before = self.disk.faults_met();
        match self.books.get(&name).map(|book| book.maybe_absent) {
            // What is unsure becomes sure with the next open.
            Some(true) => Ok(()),
            Some(false) if random.below(3) > 0 => {
                let answer = self.store.create_database(&name).map_err(|e| e.code());
                let faulty = self.excused(before) && answer.is_err();
                if answer == Err(Code::DatabaseExists) || faulty {
                    return Ok(());
                }
                Err(format!("a database that exists was made again: {answer:?}"))
            }
            Some(false) => {
                let answer = self.store.drop_database(&name);
                self.poisoned.remove(&name);
                if let Err(error) = answer {
                    if let Some(book) = self.books.get_mut(&name) {
                        book.maybe_absent = true;
                    }
                    return self.doubt("dropping a database", before, error);
                }
                self.books.remove(&name);
                Ok(())
            }
            None => {
                let answer = self.store.create_database(&name);
                let maybe_absent = answer.is_err();
                self.books.insert(name, Book::new(maybe_absent));
                answer.or_else(|error| self.doubt("making a database", before, error))
            }
        }
    }

    fn doubt(&self, what: &str, before: u64, error: Error) -> Outcome<()> {
        let known = blames_the_disk(&error) || error.code() == Code::OutcomeUnknown;
        if self.excused(before) && known { Ok(()) } else { Err(format!("{what} failed: {error}")) }
    }

    /// Ends in good order.
    pub(crate) fn close(self) -> Outcome<()> {
        let before = self.disk.faults_met();
        let answer = self.store.close();
        self.accept("a close", None, before, answer)
    }
}

/// Finds out for each book what became of what was in doubt, and compares everything.
pub(crate) fn settle_all(store: &dyn Store, books: &mut Books, random: &mut Random) -> Result<(), Trouble> {
    let found = store.databases()?;
    if let Some(extra) = found.iter().find(|name| !books.contains_key(*name)) {
        return Err(Trouble::Wrong(format!(
            "there is a database {extra} that nobody made or that was dropped"
        )));
    }
    let names: Vec<Name> = books.keys().cloned().collect();
    for name in names {
        if !found.contains(&name) {
            match books.remove(&name) {
                Some(book) if book.maybe_absent => continue,
                _ => return Err(Trouble::Wrong(format!("the database {name} is lost"))),
            }
        }
        let Some(book) = books.get_mut(&name) else { continue };
        let futures = book.futures().map_err(Trouble::Wrong)?;
        check::settle(store, &name, book, &futures, random)?;
    }
    Ok(())
}
