//! Many changes in one commit: all or nothing.

use super::asked::Asked;
use super::change::{Batched, Change};
use super::commit::{Failed, written};
use super::prepare::{Misplaced, Prepared, Preparer};
use crate::Session;
use crate::idempotency::Fingerprint;
use quire_model::{Code, Error, Result, Snapshot};
use std::sync::Arc;

impl Session {
    /// Commits changes together: all or nothing, in order, each seeing the ones before it.
    ///
    /// # Errors
    /// Of the first change that cannot be done, as the method of its kind; the pointers begin with
    /// `/operations/N`. `too_large` where there are too many, or too many bytes together.
    pub fn batch(&self, changes: Vec<Change>) -> Result<Batched> {
        let (count, count_max) = (changes.len(), self.limits().batch_operations_max);
        if count > count_max {
            let detail = format!("a batch has at most {count_max} operations, this one has {count}");
            return Err(Error::new(Code::TooLarge, detail));
        }
        let Some(key) = self.key() else {
            let prepared = self.prepared(&changes).map_err(Failed::in_operation)?;
            let committed = self.commit_all(&prepared).map_err(Failed::in_operation)?;
            let written = prepared.into_iter().enumerate().map(|(n, change)| written(change, n, &committed));
            return Ok(Batched { seq: committed.seq, written: written.collect(), replayed: false });
        };
        let request = Fingerprint::of_batch(changes.iter().map(Asked::from));
        let plan = |snapshot: &Arc<dyn Snapshot>| self.plan_once(snapshot, &self.prepared(&changes)?);
        let done = self.commit_once(key.record()?, request, plan).map_err(Failed::in_operation)?;
        Ok(Batched { seq: done.seq, replayed: done.replayed, written: done.written() })
    }

    fn prepared(&self, changes: &[Change]) -> std::result::Result<Vec<Prepared>, Failed> {
        let mut preparer = Preparer::new(self.limits());
        let prepare = |(n, change)| {
            let checked = preparer.change(&Asked::from(change));
            checked.map_err(|Misplaced { at, error }| Failed { index: Some(n), error: error.under(at) })
        };
        changes.iter().enumerate().map(prepare).collect()
    }
}

impl Failed {
    /// The error with the place of its operation in the list.
    fn in_operation(self) -> Error {
        match self {
            Failed { index: Some(n), error } => {
                error.under(&format!("/operations/{n}")).context(format!("operation {n}"))
            }
            Failed { index: None, error } => error,
        }
    }
}
