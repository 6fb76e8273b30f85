//! Many changes in one commit: all or nothing.

use super::change::{Batched, Change};
use super::commit::{Failed, written};
use super::prepare::Preparer;
use crate::Session;
use quire_model::{Code, Error, Result};

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
        let mut preparer = Preparer::new(self.limits());
        let mut prepared = Vec::with_capacity(count);
        for (n, change) in changes.into_iter().enumerate() {
            let checked = preparer.change(&change);
            prepared.push(checked.map_err(|misplaced| in_operation(n, misplaced.at, misplaced.error))?);
        }
        let committed = self.commit_all(&prepared).map_err(|failed| match failed {
            Failed { index: Some(n), error } => in_operation(n, "", error),
            Failed { index: None, error } => error,
        })?;
        let written = prepared.into_iter().enumerate().map(|(n, change)| written(change, n, &committed));
        Ok(Batched { seq: committed.seq, written: written.collect() })
    }
}

fn in_operation(n: usize, at: &str, error: Error) -> Error {
    error.under(&format!("/operations/{n}{at}")).context(format!("operation {n}"))
}
