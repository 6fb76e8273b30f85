//! Background work: one loop over one kind of jobs, which a test can also step by hand.

use crate::checkpoint;
use crate::clock::Stopwatch;
use crate::commit::Committer;
use crate::compact::Compactor;
use crate::state::State;
use crate::sync::lock;
use crate::wal::Maker;
use quire_model::{Error, Result};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A piece of background work on one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// Make the next log file before it is needed.
    MakeLogFile,
    /// Write the oldest frozen memtable to segments.
    Flush,
    /// Do a step of merging segments.
    Compact,
    /// Remove files that only snapshots saw.
    RemoveFiles,
}

/// The parts of a database that background work needs.
#[derive(Clone)]
pub(crate) struct Work {
    pub(crate) state: Arc<State>,
    pub(crate) maker: Arc<Maker>,
    pub(crate) compactor: Arc<Compactor>,
    pub(crate) committer: Arc<Committer>,
    /// Since when it rests after a job that failed.
    pub(crate) failed: Arc<Mutex<Option<Stopwatch>>>,
}

impl Work {
    /// Whether its last job failed so short a time ago that the next try should wait.
    fn rests(&self) -> bool {
        lock(&self.failed).as_ref().is_some_and(|since| since.elapsed_ms() < RETRY.as_millis() as u64)
    }

    /// What should be done now, the most urgent first.
    pub(crate) fn next_job(&self) -> Option<Job> {
        if self.state.refusal().is_some() {
            None
        } else if self.maker.is_wanted() {
            Some(Job::MakeLogFile)
        } else if !self.state.live.get().version.frozen.is_empty() {
            Some(Job::Flush)
        } else if self.compactor.is_wanted(&self.state) {
            Some(Job::Compact)
        } else if self.state.has_removable() {
            Some(Job::RemoveFiles)
        } else {
            None
        }
    }

    pub(crate) fn run(&self, job: Job) -> Result<()> {
        match job {
            // A failure costs nothing but time: the commit that needs the file makes it, and reports.
            Job::MakeLogFile => {
                if let Err(error) = self.maker.make_ahead() {
                    tracing::warn!(event = "log_file_ahead_failed", database = %self.state.name, %error);
                }
                Ok(())
            }
            Job::Flush => checkpoint::flush(&self.state).map(|_| ()),
            Job::Compact => self.compactor.step(&self.state).map(|_| ()),
            Job::RemoveFiles => {
                self.state.remove_retired();
                Ok(())
            }
        }
    }
}

/// The loop's thread, shared by all databases of a store.
#[derive(Default)]
pub(crate) struct Background {
    shared: Arc<Shared>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    inner: Mutex<Inner>,
    woken: Condvar,
}

#[derive(Default)]
struct Inner {
    works: Vec<Work>,
    wake: bool,
    stop: bool,
}

/// How long a database rests after a job of it failed.
const RETRY: Duration = Duration::from_secs(1);

impl Background {
    /// Starts the loop.
    pub(crate) fn start(&self) -> std::io::Result<()> {
        let shared = self.shared.clone();
        let thread =
            std::thread::Builder::new().name("quire-background".to_owned()).spawn(move || run(&shared))?;
        *lock(&self.thread) = Some(thread);
        Ok(())
    }

    /// What a database calls when there may be work.
    pub(crate) fn waker(&self) -> Box<dyn Fn() + Send + Sync> {
        let shared = self.shared.clone();
        Box::new(move || {
            lock(&shared.inner).wake = true;
            shared.woken.notify_one();
        })
    }

    pub(crate) fn add(&self, work: Work) {
        lock(&self.shared.inner).works.push(work);
        (self.waker())();
    }

    pub(crate) fn remove(&self, state: &Arc<State>) {
        lock(&self.shared.inner).works.retain(|work| !Arc::ptr_eq(&work.state, state));
    }

    /// Stops the loop after the job that it is doing.
    pub(crate) fn stop(&self) {
        lock(&self.shared.inner).stop = true;
        self.shared.woken.notify_one();
        if let Some(thread) = lock(&self.thread).take()
            && thread.join().is_err()
        {
            tracing::error!(event = "background_panicked");
        }
        // The databases hold the waker and so this list; without its end nobody would ever be freed.
        lock(&self.shared.inner).works.clear();
    }
}

/// Runs a job. One that panics ends writing to its database, because nobody would flush for it any more; the others
/// go on.
fn guarded(work: &Work, job: Job) -> Result<()> {
    std::panic::catch_unwind(AssertUnwindSafe(|| work.run(job))).unwrap_or_else(|_| {
        work.state.refuse_writes(format!("the job {job:?} panicked"));
        Err(Error::internal(format!("the job {job:?} panicked")))
    })
}

/// Freezes the largest memtable of all databases where memory is short, so that it is flushed next; answers whether it
/// did. One that is nearly empty is left: a file for a handful of documents frees nothing.
fn relieve(shared: &Shared) -> bool {
    const BYTES_MIN: usize = 16 << 10;
    let works = lock(&shared.inner).works.clone();
    let bytes = |work: &Work| work.state.live.get().version.active.bytes();
    let largest = works
        .iter()
        .filter(|work| work.state.refusal().is_none() && !work.rests())
        .max_by_key(|work| bytes(work));
    match largest.filter(|work| work.state.memory.is_short() && bytes(work) >= BYTES_MIN) {
        Some(work) => {
            work.committer.freeze();
            true
        }
        None => false,
    }
}

/// Waits until there may be work, and answers the databases; `None` when the loop shall stop.
fn wait_for_work(shared: &Shared, failing: bool) -> Option<Vec<Work>> {
    let mut inner = lock(&shared.inner);
    while !inner.wake && !inner.stop {
        if failing {
            let waited = shared.woken.wait_timeout(inner, RETRY);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
            break;
        }
        inner = shared.woken.wait(inner).unwrap_or_else(PoisonError::into_inner);
    }
    inner.wake = false;
    (!inner.stop).then(|| inner.works.clone())
}

fn run(shared: &Shared) {
    let mut failing = false;
    while let Some(works) = wait_for_work(shared, failing) {
        failing = false;
        let mut did = false;
        // One job for each database in turn, so that a busy one does not starve the others; one whose job failed rests
        // for a while and holds up nobody.
        for work in works {
            if work.rests() {
                failing = true;
                continue;
            }
            let Some(job) = work.next_job() else { continue };
            if lock(&shared.inner).stop {
                return;
            }
            match guarded(&work, job) {
                Ok(()) => did = true,
                Err(error) => {
                    tracing::error!(event = "job_failed", job = ?job, database = %work.state.name, %error);
                    *lock(&work.failed) = Some(Stopwatch::start());
                    failing = true;
                }
            }
        }
        let relieved = relieve(shared);
        if did || relieved {
            lock(&shared.inner).wake = true;
        }
    }
}
