//! What the parts of one open database share.

use crate::clock::Clock;
use crate::disk::Disk;
use crate::manifest::Manifest;
use crate::options::Options;
use crate::sync::{lock, wait};
use crate::version::Live;
use quire_model::{Code, Error, Name, Result};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

pub(crate) struct State {
    pub(crate) name: Name,
    pub(crate) timeline: u64,
    pub(crate) folder: PathBuf,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    pub(crate) live: Live,
    /// Held by whoever changes what the database consists of; the commit path never takes it.
    pub(crate) manifest: Mutex<Manifest>,
    pub(crate) counters: Counters,
    refusal: Mutex<Option<String>>,
    backlog: Mutex<Backlog>,
    backlog_changed: Condvar,
    /// Wakes the background; does nothing without one.
    pub(crate) wake: Box<dyn Fn() + Send + Sync>,
}

/// Counted since the database was opened.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) log_syncs: AtomicU64,
    pub(crate) recovered_transactions: AtomicU64,
}

/// Frozen memtables that wait to be flushed, and why the last try did not succeed.
#[derive(Default)]
struct Backlog {
    failure: Option<Error>,
}

/// So many memtables may wait for a flush before commits wait for it too.
pub(crate) const FROZEN_MAX: usize = 2;

impl State {
    pub(crate) fn new(
        manifest: Manifest,
        folder: PathBuf,
        (disk, clock): (Arc<dyn Disk>, Arc<dyn Clock>),
        options: Options,
        live: Live,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> State {
        State {
            name: manifest.name.clone(),
            timeline: manifest.timeline,
            folder,
            disk,
            clock,
            options,
            live,
            manifest: Mutex::new(manifest),
            counters: Counters::default(),
            refusal: Mutex::default(),
            backlog: Mutex::default(),
            backlog_changed: Condvar::new(),
            wake,
        }
    }

    /// Refuses every later write, for good: nothing is known about the log's end any more.
    pub(crate) fn refuse_writes(&self, reason: String) {
        tracing::error!(event = "database_read_only", database = %self.name, reason = %reason, "writes are refused");
        lock(&self.refusal).get_or_insert(reason);
        self.wake_waiting();
    }

    /// Refuses every later write because the database was closed in good order.
    pub(crate) fn refuse_writes_quietly(&self, reason: &str) {
        lock(&self.refusal).get_or_insert(reason.to_owned());
        self.wake_waiting();
    }

    /// Whoever waits for room looks again whether there will ever be any.
    fn wake_waiting(&self) {
        // Taking the lock orders this behind the look of one that is about to wait.
        drop(lock(&self.backlog));
        self.backlog_changed.notify_all();
    }

    /// Why writes are refused, where they are.
    pub(crate) fn refusal(&self) -> Option<String> {
        lock(&self.refusal).clone()
    }

    /// The error that a write gets while writes are refused.
    pub(crate) fn check_writable(&self) -> Result<()> {
        match self.refusal() {
            Some(reason) => Err(Error::new(
                Code::ReadOnly,
                format!("database {} takes no writes until it is opened again: {reason}", self.name),
            )),
            None => Ok(()),
        }
    }

    /// Waits until there is room for more fresh documents: memory stays bounded while the disk is slow. Fails if the
    /// disk cannot take them at all.
    pub(crate) fn wait_for_room(&self) -> Result<()> {
        let mut backlog = lock(&self.backlog);
        while self.live.get().version.frozen.len() > FROZEN_MAX {
            self.check_writable()?;
            if let Some(failure) = &backlog.failure {
                return Err(failure.clone());
            }
            (self.wake)();
            backlog = wait(&self.backlog_changed, backlog);
        }
        Ok(())
    }

    /// Tells those who wait for room how a flush went.
    pub(crate) fn flushed(&self, result: &Result<()>) {
        lock(&self.backlog).failure = result.as_ref().err().cloned();
        self.backlog_changed.notify_all();
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    pub(crate) fn count_commits(&self, commits: u64) {
        self.counters.commits.fetch_add(commits, Ordering::Relaxed);
        self.counters.log_syncs.fetch_add(1, Ordering::Relaxed);
    }
}
