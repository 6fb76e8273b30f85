//! One commit of prepared changes.

use super::change::Written;
use super::prepare::{Prepared, Work};
use super::resolve::{Checks, resolve};
use super::retry::Retry;
use super::view::View;
use crate::Session;
use crate::hint::no_collection;
use quire_model::{Code, Committed, Error, Result, WriteBatch};

/// An error of a commit, with the position of the change at fault where there is one.
pub(crate) struct Failed {
    pub(crate) index: Option<usize>,
    pub(crate) error: Error,
}

impl Failed {
    /// An error that is about all changes.
    pub(crate) fn whole(error: Error) -> Failed {
        Failed { index: None, error }
    }

    /// Takes the position out of an error of the store.
    pub(super) fn from_store(error: Error) -> Failed {
        let index = error.parts().iter().find_map(|part| operation_index(&part.pointer));
        Failed { index, error: without_place(error) }
    }
}

/// The error of a store without pointers into its batch, which mean nothing to whoever did not send one.
pub(crate) fn without_place(error: Error) -> Error {
    if !error.parts().iter().any(|part| operation_index(&part.pointer).is_some()) {
        return error;
    }
    Error::new(error.code(), error.detail())
}

fn operation_index(pointer: &str) -> Option<usize> {
    pointer.strip_prefix("/operations/")?.split('/').next()?.parse().ok()
}

impl Session {
    /// Commits changes, all or nothing. Where a patch without an expectation was overtaken, everything is
    /// read and tried again.
    pub(super) fn commit_all(&self, changes: &[Prepared]) -> std::result::Result<Committed, Failed> {
        let mut retry = Retry::default();
        loop {
            let batch = self.plan(changes)?;
            let failed = match self.store().commit(self.database(), batch) {
                Ok(committed) => return Ok(committed),
                Err(error) => Failed::from_store(error),
            };
            let Some(change) =
                failed.index.and_then(|n| changes.get(n)).filter(|c| was_overtaken(c, &failed.error))
            else {
                return Err(self.explain(failed, changes));
            };
            if !retry.wait() {
                let (id, collection) = (&change.id, &change.collection);
                let detail =
                    format!("document {id:?} in {collection} is changed by others all the time; try again");
                return Err(Failed { index: failed.index, error: Error::new(Code::Conflict, detail) });
            }
        }
    }

    /// Commits one change.
    pub(super) fn commit_one(&self, change: Prepared) -> Result<Written> {
        let changes = [change];
        let committed = self.commit_all(&changes).map_err(|failed| failed.error)?;
        let [change] = changes;
        Ok(written(change, 0, &committed))
    }

    /// The batch of the changes. The snapshot that some of them are read from is let go before the commit.
    fn plan(&self, changes: &[Prepared]) -> std::result::Result<WriteBatch, Failed> {
        let read = || changes.iter().filter(|change| change.operation().is_none());
        if read().next().is_none() {
            let operations = changes.iter().filter_map(Prepared::operation).collect();
            return Ok(WriteBatch { operations });
        }
        let snapshot = self.snapshot().map_err(Failed::whole)?;
        let mut view = View::load(snapshot, read()).map_err(Failed::whole)?;
        let mut operations = Vec::with_capacity(changes.len());
        for (n, change) in changes.iter().enumerate() {
            let operation = resolve(change, &mut view, Checks::AtCommit, self.limits());
            operations.push(operation.map_err(|error| Failed { index: Some(n), error })?);
        }
        Ok(WriteBatch { operations })
    }

    /// Says of a document that was not found whether already its collection is not there.
    fn explain(&self, failed: Failed, changes: &[Prepared]) -> Failed {
        let change = failed.index.and_then(|n| changes.get(n));
        let (Some(change), Code::DocumentNotFound) = (change, failed.error.code()) else { return failed };
        let Ok(snapshot) = self.snapshot() else { return failed };
        let made_earlier = changes.iter().take(failed.index.unwrap_or(0)).any(|earlier| {
            earlier.collection == change.collection && matches!(earlier.work, Work::Put { .. })
        });
        match snapshot.collections() {
            Ok(names) if !made_earlier && !names.contains(&change.collection) => {
                Failed { error: no_collection(&change.collection, &*snapshot), ..failed }
            }
            _ => failed,
        }
    }
}

/// Whether a change that would take the document as it is now was made for what it was before.
fn was_overtaken(change: &Prepared, error: &Error) -> bool {
    (change.one_of.is_some() || matches!(change.work, Work::Patch { expect: None, .. }))
        && matches!(error.code(), Code::RevisionMismatch | Code::DocumentNotFound)
}

/// What became of the change at a position of a commit.
pub(super) fn written(change: Prepared, position: usize, committed: &Committed) -> Written {
    let was_absent = committed.previous.get(position).is_some_and(Option::is_none);
    let created = was_absent && matches!(change.work, Work::Put { .. });
    Written { id: change.id, rev: committed.seq, created, replayed: false }
}
