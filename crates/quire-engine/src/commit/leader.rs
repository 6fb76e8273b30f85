//! Leading a group: admit, encode, append with one sync, apply, publish, answer.

use super::plan::{Admitted, Plan, Step};
use super::queue::{Answer, Pending, Queue};
use super::resolve::{Request, check_size, memory_bytes, resolve};
use crate::catalog::Catalog;
use crate::checkpoint;
use crate::compact::Compactor;
use crate::error::disk_error;
use crate::log::{Encoder, Lsn, RECORD_HEADER_BYTES};
use crate::memtable::{Memtable, Write};
use crate::planted::{self, Bug};
use crate::state::State;
use crate::sync::{lock, read};
use crate::version::{Mark, freeze};
use crate::wal::{self, CommitMarker, Wal};
use quire_model::{Code, Committed, Error, Result, Seq, WriteBatch};
use std::sync::{Arc, Mutex};

/// The commit path of one database.
pub(crate) struct Committer {
    state: Arc<State>,
    compactor: Arc<Compactor>,
    queue: Queue,
    leading: Mutex<Leading>,
}

/// What only the leader touches.
struct Leading {
    wal: Wal,
    time_ms: u64,
    buffer: Vec<u8>,
    /// Bytes of log since the memtable was frozen last: commits that take no memory fill the log all the same.
    unflushed_bytes: usize,
}

impl Committer {
    pub(crate) fn new(state: Arc<State>, compactor: Arc<Compactor>, wal: Wal, time_ms: u64) -> Committer {
        Committer {
            state,
            compactor,
            queue: Queue::default(),
            leading: Mutex::new(Leading { wal, time_ms, buffer: Vec::new(), unflushed_bytes: 0 }),
        }
    }

    /// Commits a batch; durable and visible when this returns `Ok`.
    pub(crate) fn commit(&self, mut batch: WriteBatch) -> Result<Committed> {
        let bytes = check_size(&batch)?;
        let memory_bytes = memory_bytes(&batch);
        for tries in 0.. {
            self.state.check_writable()?;
            self.make_room()?;
            // A batch that takes longer to look up than memory takes to fill would be sent back for ever. So the
            // second time
            // the next flush waits for it to be published: it goes on writing meanwhile.
            let _held_back = (tries > 0).then(|| read(&self.state.flush_gate));
            let published = self.state.live.get();
            let found = resolve(&published, &batch)?;
            let request = Request { batch, bytes, memory_bytes, noted: published.seq, found };
            drop(published);
            match self.queue.join(request, |group| self.lead(group)) {
                Answer::Done(result) => return result,
                Answer::Again(again) => batch = again,
            }
        }
        Err(Error::internal("a commit came to no end"))
    }

    fn make_room(&self) -> Result<()> {
        if self.state.options.background {
            self.state.wait_for_memory();
            return self.state.wait_for_room();
        }
        // Nobody else would do it. A merge is only work that can wait: what it meets is told and hinders no commit.
        while !self.state.live.get().version.frozen.is_empty() {
            checkpoint::flush(&self.state)?;
            self.compactor.step_or_tell(&self.state);
        }
        Ok(())
    }

    /// Freezes the memtable where it stands, so that a checkpoint can flush it.
    pub(crate) fn freeze(&self) {
        let mut leading = lock(&self.leading);
        freeze_now(&self.state, &mut leading);
    }

    /// Ends the log cleanly. Answers the place up to which it is durable, unless writes were refused before.
    pub(crate) fn close(&self) -> Result<Option<Lsn>> {
        let mut leading = lock(&self.leading);
        if self.state.refusal().is_some() {
            return Ok(None);
        }
        self.state.refuse_writes_quietly("the database is closed");
        leading.wal.close().map_err(|e| disk_error("close the log of", &self.state.name, e))?;
        Ok(Some(leading.wal.durable()))
    }

    fn lead(&self, group: Vec<Pending>) {
        let _turn = Turn { state: &self.state, queue: &self.queue };
        let mut leading = lock(&self.leading);
        let results = self.commit_group(&mut leading, &group);
        drop(leading);
        // The next leader can start before this one has told everybody.
        drop(_turn);
        for (pending, result) in group.into_iter().zip(results) {
            match result {
                Some(result) => pending.answer(result),
                None => pending.again(),
            }
        }
    }

    /// Commits what it can of a group: for each request its result, or `None` where it must be looked up again.
    fn commit_group(&self, leading: &mut Leading, group: &[Pending]) -> Vec<Option<Result<Committed>>> {
        if let Err(error) = self.state.check_writable() {
            return group.iter().map(|_| Some(Err(error.clone()))).collect();
        }
        let published = self.state.live.get();
        let active = &published.version.active;
        let mut plan = Plan::new(&published);
        let mut reserved = 0;
        let mut commits: Vec<Commit<'_>> = Vec::new();
        let mut results = Vec::new();
        for pending in group {
            let seq = published.seq + 1 + commits.len() as Seq;
            if pending.request.noted < published.version.flushed_seq {
                results.push(None);
                continue;
            }
            let memory_bytes = pending.request.memory_bytes;
            if let Err(error) = active.reserve(memory_bytes) {
                results.push(Some(Err(error)));
                continue;
            }
            let admitted = plan.admit(&pending.request, seq);
            if admitted.as_ref().is_ok_and(|admitted| !admitted.steps.is_empty()) {
                reserved += memory_bytes;
            } else {
                active.unreserve(memory_bytes);
            }
            results.push(Some(admitted.map(|Admitted { steps, previous }| {
                if steps.is_empty() {
                    return Committed { seq: seq - 1, previous };
                }
                commits.push(Commit { seq, steps });
                Committed { seq, previous }
            })));
        }
        if commits.is_empty() {
            return results;
        }
        let catalog = plan.into_catalog();
        if planted::is(Bug::PublishEarly) {
            self.publish(leading, active, &commits, catalog.clone());
        }
        if let Err(error) = self.append(leading, &commits) {
            active.unreserve(reserved);
            // Nobody in the group learns more than that, not even one that was refused: what refused it may have been
            // an earlier member.
            return results.into_iter().map(|result| result.map(|_| Err(error.clone()))).collect();
        }
        if !planted::is(Bug::PublishEarly) {
            self.publish(leading, active, &commits, catalog);
        }
        results
    }

    /// Writes the group and makes it durable.
    fn append(&self, leading: &mut Leading, commits: &[Commit<'_>]) -> Result<()> {
        let bytes = commits.iter().map(Commit::log_bytes).sum();
        let (start, seed) =
            leading.wal.reserve(bytes).map_err(|e| disk_error("extend the log of", &self.state.name, e))?;
        let time_ms = leading.time_ms.max(self.state.now_ms());
        let file = leading.wal.durable().file();
        if start.file() != file {
            self.state.note_log_ended(file, time_ms);
        }
        let mut encoder = Encoder::new(&seed, start, std::mem::take(&mut leading.buffer));
        for commit in commits {
            commit.encode(&mut encoder, time_ms, leading.wal.durable());
        }
        let group = encoder.finish();
        debug_assert_eq!(group.len(), bytes);
        let appended = leading.wal.append(&group);
        leading.buffer = group;
        leading.buffer.shrink_to(KEPT_BUFFER_BYTES);
        leading.time_ms = time_ms;
        leading.unflushed_bytes += bytes;
        if leading.wal.wants_file_ahead() {
            (self.state.wake)();
        }
        match appended {
            Ok(_) => Ok(()),
            Err(error) => {
                let reason = format!("the log could not be made durable: {error}");
                self.state.refuse_writes(reason.clone());
                let detail =
                    format!("{reason}; whether this write is there shows after the database is opened again");
                Err(Error::new(Code::OutcomeUnknown, detail).with_source(error))
            }
        }
    }

    /// Applies the group and shows it to everybody who comes from now on.
    fn publish(
        &self,
        leading: &mut Leading,
        active: &Memtable,
        commits: &[Commit<'_>],
        catalog: Arc<Catalog>,
    ) {
        active.apply(commits.iter().flat_map(Commit::writes));
        commits.iter().flat_map(|commit| &commit.steps).for_each(Step::count);
        let seq = commits.last().map_or(0, |commit| commit.seq);
        self.state.live.update(|published| {
            published.seq = seq;
            published.catalog = catalog;
        });
        self.state.count_commits(commits.len() as u64);
        let short = self.state.memory.is_short();
        let log_full = leading.unflushed_bytes >= self.state.memtable_bytes_max();
        // With a background, that looks which database has the most to give.
        if log_full
            || active.bytes() >= self.state.memtable_bytes_max()
            || (short && !self.state.options.background)
        {
            freeze_now(&self.state, leading);
            (self.state.wake)();
        } else if short {
            (self.state.wake)();
        }
    }
}

/// Buffers that grew beyond this for one large commit are given back.
const KEPT_BUFFER_BYTES: usize = 1 << 20;

/// Freezes the active memtable. The caller holds the leader's lock, so the moment is between two groups.
fn freeze_now(state: &State, leading: &mut Leading) {
    leading.unflushed_bytes = 0;
    let (time_ms, lsn) = (leading.time_ms, leading.wal.durable());
    state.live.update(|published| {
        let end = Mark { seq: published.seq, time_ms, lsn };
        freeze(published, end);
    });
}

/// The leader's turn. It ends by calling the next in line, also when the leader panics; then nothing is known about
/// the group, and no more writes are taken.
struct Turn<'a> {
    state: &'a State,
    queue: &'a Queue,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.state.refuse_writes("a commit panicked".to_owned());
        }
        self.queue.pass_on();
    }
}

/// An admitted request under its number.
struct Commit<'g> {
    seq: Seq,
    steps: Vec<Step<'g>>,
}

impl Commit<'_> {
    /// Bytes of its records and its marker.
    fn log_bytes(&self) -> usize {
        self.steps.iter().map(Step::log_bytes).sum::<usize>() + RECORD_HEADER_BYTES + wal::COMMIT_BYTES
    }

    fn encode(&self, out: &mut Encoder<'_>, time_ms: u64, durable: Lsn) {
        self.steps.iter().for_each(|step| step.encode(out));
        let operations = self.steps.len() as u32;
        wal::encode_commit(out, CommitMarker { seq: self.seq, time_ms, durable, operations });
    }

    fn writes(&self) -> impl Iterator<Item = Write> {
        self.steps.iter().filter_map(|step| step.write(self.seq))
    }
}
