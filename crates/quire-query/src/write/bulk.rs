//! Many changes, each with an answer of its own, as few commits as they fit in.
//!
//! 1. Changes are gathered to a group of bounded size.
//! 2. The group is tried as one commit. Mostly that is all.
//! 3. Where one of the group cannot be done, everything the group finds is read, those that cannot be done
//!    get their answers, and the rest is committed.
//! 4. Where others are quicker again and again, each change is committed by itself.
//! 5. Where the session has a key, `once_each.rs` takes the place of steps 2 to 4.

use super::asked::Asked;
use super::change::{Change, Written};
use super::commit::{Failed, written};
use super::once::Planned;
use super::once_each::{Answer, Keyed};
use super::prepare::{Prepared, Preparer};
use super::resolve::{Checks, resolve};
use super::view::View;
use crate::idempotency::Fingerprint;
use crate::{Seen, Session};
use quire_model::{Code, Committed, Error, Name, Operation, Result, Snapshot, WriteBatch};
use std::sync::Arc;

/// The size of a group: large enough that one sync serves many, small enough that nobody waits behind it for
/// long.
const GROUP_CHANGES_MAX: usize = 1000;
const GROUP_BYTES_MAX: usize = 8 << 20;

/// How often a group is tried as one before its changes go one by one.
pub(super) const GROUP_ATTEMPTS_MAX: usize = 3;

type Answers = Vec<Option<Result<Written>>>;

/// A change of a list, with its place there.
pub(super) struct Line {
    pub(super) position: usize,
    pub(super) prepared: Prepared,
}

impl Session {
    /// Makes changes that have nothing to do with each other: each is a transaction with its own answer, in
    /// order. The errors' pointers are into the change's own body. With a key they are numbered from 1; see
    /// [`Session::apply_numbered`].
    pub fn apply_each(&self, changes: Vec<Change>) -> Vec<Result<Written>> {
        self.apply_numbered((1..).zip(changes).collect())
    }

    /// As [`Session::apply_each`], for changes that have numbers. With a key, each change happens once under the
    /// key and its number together, so that a list which broke off can be sent again from its beginning.
    pub fn apply_numbered(&self, changes: Vec<(u64, Change)>) -> Vec<Result<Written>> {
        let mut answers: Answers = changes.iter().map(|_| None).collect();
        let mut preparer = Preparer::new(self.limits());
        let (mut group, mut group_bytes) = (Vec::new(), 0);
        for (position, (number, change)) in changes.into_iter().enumerate() {
            let asked = Asked::from(&change);
            match preparer.change(&asked) {
                Ok(prepared) => {
                    group_bytes += prepared.bytes();
                    let request = self.key().map(|_| Fingerprint::of_change(&asked));
                    group.push((Line { position, prepared }, number, request));
                }
                Err(misplaced) => answers[position] = Some(Err(misplaced.error)),
            }
            if group.len() >= GROUP_CHANGES_MAX || group_bytes >= GROUP_BYTES_MAX {
                self.apply_gathered(std::mem::take(&mut group), &mut answers);
                group_bytes = 0;
            }
        }
        self.apply_gathered(group, &mut answers);
        let unanswered = || Err(Error::internal("a change of a bulk was left without an answer"));
        answers.into_iter().map(|answer| answer.unwrap_or_else(unanswered)).collect()
    }

    /// What every change of a list would meet is met here, before the first: whether there is such a collection to
    /// write into, and whether the key, where there is one, was used for something else. Says whether the list was
    /// begun before under this key.
    ///
    /// # Errors
    /// `invalid_name`, `database_not_found`, `idempotency_mismatch`, `quota_exceeded`.
    pub fn begin_bulk(&self, collection: &str) -> Result<Seen<bool>> {
        let collection = Name::for_user(collection)?;
        let mut begun = false;
        if let Some(key) = self.key() {
            let request = Fingerprint::of_words(&["bulk", collection.as_str()]);
            let nothing = |_: &Arc<dyn Snapshot>| Ok(Planned { operations: Vec::new(), answer: Vec::new() });
            let done = self.commit_once(key.record()?, request, nothing);
            begun = done.map_err(|failed| failed.error)?.replayed;
        }
        Ok(Seen { seq: self.newest()?, value: begun })
    }

    fn apply_gathered(&self, group: Vec<(Line, u64, Option<Fingerprint>)>, answers: &mut Answers) {
        if group.is_empty() {
            return;
        }
        let mut answer = |position: usize, result: Result<Written>| {
            if let Some(slot) = answers.get_mut(position) {
                *slot = Some(result);
            }
        };
        let Some(key) = self.key() else {
            return self.apply_group(group.into_iter().map(|(line, _, _)| line).collect(), &mut answer);
        };
        let mut keyed = Vec::with_capacity(group.len());
        for (line, number, request) in group {
            match (key.line_record(number), request) {
                (Ok(record), Some(request)) => keyed.push(Keyed { line, record, request }),
                (Err(error), _) => answer(line.position, Err(error)),
                (Ok(_), None) => {}
            }
        }
        self.apply_group_once(keyed, &mut answer);
    }

    fn apply_group(&self, group: Vec<Line>, answer: &mut Answer<'_>) {
        let (places, changes): (Vec<usize>, Vec<Prepared>) =
            group.into_iter().map(|line| (line.position, line.prepared)).unzip();
        let mut answer = |n: usize, result: Result<Written>| {
            if let Some(position) = places.get(n) {
                answer(*position, result);
            }
        };
        let undone = match self.commit_all(&changes) {
            Ok(committed) => {
                for (n, change) in changes.into_iter().enumerate() {
                    answer(n, Ok(written(change, n, &committed)));
                }
                return;
            }
            Err(Failed { index: Some(_), .. }) => self.apply_checked(changes, &mut answer),
            Err(failed) => give_up(changes, failed.error, &mut answer),
        };
        for (n, change) in undone.into_iter().enumerate() {
            answer(n, self.commit_one(change));
        }
    }

    /// Answers what cannot be done by one snapshot and commits the rest. Gives the changes back where that
    /// did not succeed; nothing was committed then.
    fn apply_checked(&self, changes: Vec<Prepared>, answer: &mut Answer<'_>) -> Vec<Prepared> {
        for _ in 0..GROUP_ATTEMPTS_MAX {
            let Ok(verdicts) = self.verdicts(&changes) else { return changes };
            let operations = verdicts.iter().filter_map(|verdict| verdict.as_ref().ok().cloned()).collect();
            let committed = match self.commit_some(operations) {
                Ok(committed) => committed,
                Err(Failed { index: Some(_), .. }) => continue,
                Err(failed) => return give_up(changes, failed.error, answer),
            };
            let mut position = 0;
            for (n, (change, verdict)) in changes.into_iter().zip(verdicts).enumerate() {
                match (verdict, &committed) {
                    (Err(error), _) => answer(n, Err(error)),
                    (Ok(_), None) => {}
                    (Ok(_), Some(committed)) => {
                        answer(n, Ok(written(change, position, committed)));
                        position += 1;
                    }
                }
            }
            return Vec::new();
        }
        changes
    }

    fn commit_some(&self, operations: Vec<Operation>) -> std::result::Result<Option<Committed>, Failed> {
        if operations.is_empty() {
            return Ok(None);
        }
        let committed = self.store().commit(self.database(), WriteBatch { operations });
        committed.map(Some).map_err(Failed::from_store)
    }

    /// For each change, in order, its operation, or why it cannot be done, all by one snapshot.
    fn verdicts(&self, changes: &[Prepared]) -> Result<Vec<Result<Operation>>> {
        let mut view = View::load(self.snapshot()?, changes.iter())?;
        Ok(changes.iter().map(|change| resolve(change, &mut view, Checks::Now, self.limits())).collect())
    }
}

/// Answers the whole group with an error that is about all of it: what its members found may rest on what was
/// not committed. Only what is too large together is given back, to be done one by one.
fn give_up(changes: Vec<Prepared>, error: Error, answer: &mut Answer<'_>) -> Vec<Prepared> {
    if error.code() == Code::TooLarge {
        return changes;
    }
    (0..changes.len()).for_each(|n| answer(n, Err(error.clone())));
    Vec::new()
}
