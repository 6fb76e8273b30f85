//! A group of a bulk whose lines have keys: each line once, as few commits as they fit in.
//!
//! 1. The records of all lines are looked up at once; those that are there answer their lines.
//! 2. The other lines are resolved by the same snapshot; those that cannot be done get their answers.
//! 3. The rest is committed together, each line with its record.
//! 4. Where others are quicker, perhaps the same bulk, it begins again, and at last goes line by line.

use super::bulk::{GROUP_ATTEMPTS_MAX, Line};
use super::change::Written;
use super::commit::Failed;
use super::once::answered;
use super::prepare::Prepared;
use super::resolve::{Checks, resolve};
use super::retry::Retry;
use super::view::View;
use crate::Session;
use crate::idempotency::{Fingerprint, Found, Record, lookup, mismatch, put, sweep_some};
use crate::visible::Visible;
use quire_model::{Code, DocId, Error, Expect, Operation, Result, WriteBatch};

/// Takes the answer of a line by its position.
pub(super) type Answer<'a> = dyn FnMut(usize, Result<Written>) + 'a;

/// A line that has a key of its own.
pub(super) struct Keyed {
    pub(super) line: Line,
    pub(super) record: DocId,
    pub(super) request: Fingerprint,
}

/// A line that will be done, with what is answered then.
struct Ready {
    keyed: Keyed,
    answer: (DocId, bool),
}

impl Session {
    pub(super) fn apply_group_once(&self, mut group: Vec<Keyed>, answer: &mut Answer<'_>) {
        let mut retry = Retry::default();
        for _ in 0..GROUP_ATTEMPTS_MAX {
            group = match self.try_group_once(group, answer) {
                Ok(()) => return,
                Err(left) => left,
            };
            retry.wait();
        }
        for Keyed { line, record, request } in group {
            let prepare = || Ok(line.prepared.clone());
            answer(line.position, self.commit_one_once(record, request, prepare));
        }
    }

    /// Tries a group as one commit; gives the lines back that were not answered.
    fn try_group_once(&self, group: Vec<Keyed>, answer: &mut Answer<'_>) -> Result<(), Vec<Keyed>> {
        let (timeline, ready, operations, fresh) = match self.plan_group(group, answer) {
            Ok(planned) => planned,
            Err((group, error)) => return all_failed(group, &error, answer),
        };
        let Some(last) = ready.last().map(|ready| ready.keyed.record.clone()) else { return Ok(()) };
        let lines = |ready: Vec<Ready>| ready.into_iter().map(|ready| ready.keyed).collect::<Vec<_>>();
        if let Err(error) = self.keeper().admit(self, timeline, fresh) {
            return all_failed(lines(ready), &error, answer);
        }
        match self.store().commit(self.database(), WriteBatch { operations }).map_err(Failed::from_store) {
            Ok(committed) => {
                for Ready { keyed, answer: (id, created) } in ready {
                    let written = Written { id, rev: committed.seq, created, replayed: false };
                    answer(keyed.line.position, Ok(written));
                }
                if self.keeper().committed(self, timeline, fresh, &last) {
                    sweep_some(self);
                }
                Ok(())
            }
            Err(Failed { index: Some(_), .. }) => Err(lines(ready)),
            // Together they are too large; one by one they may fit.
            Err(failed) if failed.error.code() == Code::TooLarge => Err(lines(ready)),
            Err(failed) => all_failed(lines(ready), &failed.error, answer),
        }
    }

    /// Answers what can be answered by a snapshot; gives the rest with its operations and the number of new
    /// records among them.
    #[allow(clippy::type_complexity, reason = "it has one caller, which takes it apart at once")]
    fn plan_group(
        &self,
        group: Vec<Keyed>,
        answer: &mut Answer<'_>,
    ) -> Result<(u64, Vec<Ready>, Vec<Operation>, usize), (Vec<Keyed>, Error)> {
        let wanted: Vec<_> = group.iter().map(|keyed| (keyed.record.clone(), keyed.request)).collect();
        let read = self.whole_snapshot().and_then(|snapshot| {
            let found = lookup(self, &*snapshot, &wanted)?;
            let timeline = snapshot.timeline();
            let open = group.iter().zip(&found).filter(|(_, found)| matches!(found, Found::Free(_)));
            let view = View::load(Visible::of(snapshot), open.map(|(keyed, _)| &keyed.line.prepared))?;
            Ok((timeline, found, view))
        });
        let (timeline, found, mut view) = match read {
            Ok(read) => read,
            Err(error) => return Err((group, error)),
        };
        let (mut ready, mut operations, mut fresh) = (Vec::new(), Vec::new(), 0);
        for (keyed, found) in group.into_iter().zip(found) {
            let position = keyed.line.position;
            let expect = match found {
                Found::Done(record) => {
                    answer(position, replayed(record));
                    continue;
                }
                Found::Other => {
                    answer(position, Err(mismatch()));
                    continue;
                }
                Found::Free(expect) => expect,
            };
            let change: &Prepared = &keyed.line.prepared;
            let resolved =
                resolve(change, &mut view, Checks::NowAndThen, self.limits()).and_then(|operation| {
                    let done = answered(change, &operation);
                    let kept = put(self, keyed.record.clone(), keyed.request, &vec![done.clone()], expect)?;
                    Ok((done, kept, operation))
                });
            match resolved {
                Ok((done, kept, operation)) => {
                    operations.extend([kept, operation]);
                    fresh += usize::from(expect == Expect::Absent);
                    ready.push(Ready { keyed, answer: done });
                }
                Err(error) => answer(position, Err(error)),
            }
        }
        Ok((timeline, ready, operations, fresh))
    }
}

/// The answer that a line got before.
fn replayed(record: Record) -> Result<Written> {
    let Record { answer, rev, .. } = record;
    let written = answer.into_iter().map(|(id, created)| Written { id, rev, created, replayed: true });
    super::single::the_one(written.collect())
}

/// Answers every line with an error that is about all of them.
fn all_failed(group: Vec<Keyed>, error: &Error, answer: &mut Answer<'_>) -> Result<(), Vec<Keyed>> {
    group.iter().for_each(|keyed| answer(keyed.line.position, Err(error.clone())));
    Ok(())
}
