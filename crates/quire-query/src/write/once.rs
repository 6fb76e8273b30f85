//! A commit that happens once: together with the record of its key. See `idempotency/`.

use super::change::Written;
use super::commit::Failed;
use super::prepare::Prepared;
use super::resolve::{Checks, resolve};
use super::retry::Retry;
use super::single::the_one;
use super::view::View;
use crate::Session;
use crate::idempotency::{Answer, Fingerprint, Found, lookup, mismatch, put, sweep_some};
use crate::visible::Visible;
use quire_model::{Code, DocId, Error, Expect, Operation, Result, Seq, Snapshot, WriteBatch};
use std::sync::Arc;

/// What a commit will do, by one snapshot, and what is then answered.
pub(crate) struct Planned {
    pub(crate) operations: Vec<Operation>,
    pub(crate) answer: Answer,
}

/// What was done, by this request or by an earlier one.
pub(crate) struct Done {
    pub(crate) seq: Seq,
    pub(crate) answer: Answer,
    pub(crate) replayed: bool,
}

impl Done {
    pub(super) fn written(self) -> Vec<Written> {
        let Done { seq, answer, replayed } = self;
        let written = answer.into_iter();
        written.map(|(id, created)| Written { id, rev: seq, created, replayed }).collect()
    }
}

impl Session {
    /// Commits what `plan` makes of a snapshot, and a record beside it, unless there is such a record.
    ///
    /// The plan refuses what cannot be done by its snapshot. So whatever is refused at the commit was overtaken
    /// by another commit, perhaps by the same request, and everything begins again.
    pub(crate) fn commit_once(
        &self,
        record: DocId,
        request: Fingerprint,
        plan: impl Fn(&Arc<dyn Snapshot>) -> std::result::Result<Planned, Failed>,
    ) -> std::result::Result<Done, Failed> {
        let mut retry = Retry::default();
        loop {
            let snapshot = self.whole_snapshot().map_err(Failed::whole)?;
            let timeline = snapshot.timeline();
            let wanted = [(record.clone(), request)];
            let mut found = lookup(self, &*snapshot, &wanted).map_err(Failed::whole)?;
            let expect = match found.pop() {
                Some(Found::Done(done)) => {
                    return Ok(Done { seq: done.rev, answer: done.answer, replayed: true });
                }
                Some(Found::Other) => return Err(Failed::whole(mismatch())),
                Some(Found::Free(expect)) => expect,
                None => return Err(Failed::whole(Error::internal("a key was looked up without an answer"))),
            };
            let fresh = usize::from(expect == Expect::Absent);
            self.keeper().admit(self, timeline, fresh).map_err(Failed::whole)?;
            let visible = Visible::of(snapshot);
            let Planned { operations: planned, answer } = plan(&visible)?;
            drop(visible);
            // The record goes first: of two equal requests the second one always stumbles over it.
            let kept = put(self, record.clone(), request, &answer, expect).map_err(Failed::whole)?;
            let operations = std::iter::once(kept).chain(planned).collect();
            match self.store().commit(self.database(), WriteBatch { operations }).map_err(Failed::from_store)
            {
                Ok(committed) => {
                    if self.keeper().committed(self, timeline, fresh, &record) {
                        sweep_some(self);
                    }
                    return Ok(Done { seq: committed.seq, answer, replayed: false });
                }
                Err(failed) if failed.index.is_none() => return Err(failed),
                Err(_) if retry.wait() => {}
                Err(_) => {
                    let detail = "what the request changes is changed by others all the time; try again";
                    return Err(Failed::whole(Error::new(Code::Conflict, detail)));
                }
            }
        }
    }

    /// Commits one change once. It is prepared only where it was not done before.
    pub(super) fn commit_one_once(
        &self,
        record: DocId,
        request: Fingerprint,
        prepare: impl Fn() -> Result<Prepared>,
    ) -> Result<Written> {
        let plan = |snapshot: &Arc<dyn Snapshot>| {
            let prepared = prepare().map_err(Failed::whole)?;
            self.plan_once(snapshot, &[prepared])
        };
        let done = self.commit_once(record, request, plan).map_err(|failed| failed.error)?;
        the_one(done.written())
    }

    /// What changes do, all or nothing, by one snapshot.
    pub(super) fn plan_once(
        &self,
        snapshot: &Arc<dyn Snapshot>,
        changes: &[Prepared],
    ) -> std::result::Result<Planned, Failed> {
        let mut view = View::load(Arc::clone(snapshot), changes.iter()).map_err(Failed::whole)?;
        let mut planned = Planned {
            operations: Vec::with_capacity(changes.len()),
            answer: Vec::with_capacity(changes.len()),
        };
        for (n, change) in changes.iter().enumerate() {
            let operation = resolve(change, &mut view, Checks::NowAndThen, self.limits());
            let operation = operation.map_err(|error| Failed { index: Some(n), error })?;
            planned.answer.push(answered(change, &operation));
            planned.operations.push(operation);
        }
        Ok(planned)
    }
}

/// What is answered to a change whose operation was resolved with [`Checks::NowAndThen`].
pub(super) fn answered(change: &Prepared, operation: &Operation) -> (DocId, bool) {
    let created = matches!(operation, Operation::Put { expect: Expect::Absent, .. });
    (change.id.clone(), created)
}
