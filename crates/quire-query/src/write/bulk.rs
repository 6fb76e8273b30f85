//! Many changes, each with an answer of its own, as few commits as they fit in.
//!
//! 1. Changes are gathered to a group of bounded size.
//! 2. The group is tried as one commit. Mostly that is all.
//! 3. Where one of the group cannot be done, everything the group finds is read, those that cannot be done
//!    get their answers, and the rest is committed.
//! 4. Where others are quicker again and again, each change is committed by itself.

use super::change::{Change, Written};
use super::commit::{Failed, written};
use super::prepare::{Prepared, Preparer};
use super::resolve::{Checks, resolve};
use super::view::View;
use crate::Session;
use quire_model::{Code, Committed, Error, Operation, Result, WriteBatch};

/// The size of a group: large enough that one sync serves many, small enough that nobody waits behind it for
/// long.
const GROUP_CHANGES_MAX: usize = 1000;
const GROUP_BYTES_MAX: usize = 8 << 20;

/// How often a group is tried as one before its changes go one by one.
const GROUP_ATTEMPTS_MAX: usize = 3;

type Answers = Vec<Option<Result<Written>>>;

/// Takes the answer of a change of the group by its position.
type Answer<'a> = dyn FnMut(usize, Result<Written>) + 'a;

impl Session {
    /// Makes changes that have nothing to do with each other: each is a transaction with its own answer, in
    /// order. The errors' pointers are into the change's own body.
    pub fn apply_each(&self, changes: Vec<Change>) -> Vec<Result<Written>> {
        let mut answers: Answers = Vec::with_capacity(changes.len());
        let mut preparer = Preparer::new(self.limits());
        let (mut group, mut group_bytes) = (Vec::new(), 0);
        for (n, change) in changes.into_iter().enumerate() {
            match preparer.change(&change) {
                Ok(prepared) => {
                    group_bytes += prepared.bytes();
                    group.push((n, prepared));
                    answers.push(None);
                }
                Err(misplaced) => answers.push(Some(Err(misplaced.error))),
            }
            if group.len() >= GROUP_CHANGES_MAX || group_bytes >= GROUP_BYTES_MAX {
                self.apply_group(std::mem::take(&mut group), &mut answers);
                group_bytes = 0;
            }
        }
        self.apply_group(group, &mut answers);
        let unanswered = || Err(Error::internal("a change of a bulk was left without an answer"));
        answers.into_iter().map(|answer| answer.unwrap_or_else(unanswered)).collect()
    }

    fn apply_group(&self, group: Vec<(usize, Prepared)>, answers: &mut Answers) {
        let (places, changes): (Vec<usize>, Vec<Prepared>) = group.into_iter().unzip();
        if changes.is_empty() {
            return;
        }
        let mut answer = |position: usize, result: Result<Written>| {
            if let Some(slot) = places.get(position).and_then(|place| answers.get_mut(*place)) {
                *slot = Some(result);
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
