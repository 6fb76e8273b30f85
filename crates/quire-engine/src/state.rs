//! What the parts of one open database share.

use crate::clock::Clock;
use crate::disk::Disk;
use crate::facts::SegmentRow;
use crate::manifest::{Manifest, ManifestLog};
use crate::options::Options;
use crate::segment::{Segment, SegmentCache};
use crate::sync::{lock, wait};
use crate::version::{Layer, Live, Segments, Version};
use quire_model::{Code, Error, Memory, MemoryUse, Name, Result};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// What all databases of a store share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) cache: Arc<SegmentCache>,
}

pub(crate) struct State {
    pub(crate) name: Name,
    pub(crate) timeline: u64,
    pub(crate) folder: PathBuf,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) cache: Arc<SegmentCache>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) options: Options,
    pub(crate) live: Live,
    /// Held by whoever changes what the database consists of; the commit path never takes it.
    pub(crate) manifest: Mutex<Held>,
    /// IMPORTANT: a number is used up at once. If what follows fails half-way, the file may already be named by a
    /// manifest that reached the disk, and must never be written again.
    next_segment: AtomicU64,
    /// Segments that nothing names any more but snapshots.
    retired: Mutex<Vec<Arc<Segment>>>,
    /// When the log files that this process filled were full.
    log_ended: Mutex<BTreeMap<u64, u64>>,
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

/// How long a commit waits for memory at a time.
const MEMORY_PAUSE: Duration = Duration::from_millis(20);

/// So many memtables may wait for a flush before commits wait for it too.
pub(crate) const FROZEN_MAX: usize = 2;

impl State {
    pub(crate) fn new(
        held: Held,
        folder: PathBuf,
        shared: Shared,
        options: Options,
        live: Live,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> State {
        State {
            name: held.manifest.name.clone(),
            timeline: held.manifest.timeline,
            folder,
            disk: shared.disk,
            clock: shared.clock,
            cache: shared.cache,
            memory: shared.memory,
            options,
            live,
            next_segment: AtomicU64::new(held.manifest.next_segment),
            manifest: Mutex::new(held),
            retired: Mutex::default(),
            log_ended: Mutex::default(),
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

    /// Waits a while for other databases to give memory back, where fresh documents fill most of what there is. It does
    /// not wait for ever: what snapshots keep does not come back by waiting, and the reservation then says so.
    pub(crate) fn wait_for_memory(&self) {
        const TRIES: u32 = 100;
        let most = self.memory.reserved_bytes_max() / 4 * 3;
        let mut backlog = lock(&self.backlog);
        for _ in 0..TRIES {
            if self.memory.reserved(MemoryUse::Fresh) <= most {
                return;
            }
            (self.wake)();
            let waited = self.backlog_changed.wait_timeout(backlog, MEMORY_PAUSE);
            backlog = waited.unwrap_or_else(PoisonError::into_inner).0;
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

    /// Bytes of fresh documents from which on the memtable is flushed: as it is set, and never so much that four of
    /// them
    /// would take more than half of what the memory budget has for them.
    pub(crate) fn memtable_bytes_max(&self) -> usize {
        let share = self.memory.reserved_bytes_max() / 8;
        self.options.memtable_bytes_max.min(usize::try_from(share).unwrap_or(usize::MAX))
    }

    /// Whether a log that is read back without flushing it stays within the memory budget.
    ///
    /// # Errors
    /// `memory_limit`.
    pub(crate) fn check_room_for_reading(&self) -> Result<()> {
        self.memory.reservation(MemoryUse::Fresh).grow(0)
    }

    /// A number for a new segment.
    pub(crate) fn take_segment_number(&self) -> u64 {
        self.next_segment.fetch_add(1, Ordering::Relaxed)
    }

    /// A segment of this database.
    pub(crate) fn segment(&self, row: SegmentRow) -> Arc<Segment> {
        let segment = Segment::new(self.disk.clone(), &self.folder, self.timeline, row, self.cache.clone());
        Arc::new(segment)
    }

    /// Opens the files of all segments that somebody may see.
    pub(crate) fn open_files(&self) {
        let live = self.live.get();
        let layers = live.version.segments.all().iter().map(|layer| layer.segment.clone());
        for segment in layers.chain(lock(&self.retired).iter().cloned()) {
            if let Err(error) = segment.open() {
                tracing::warn!(event = "open_failed", database = %self.name, %error);
            }
        }
    }

    /// Removes the files of segments that nobody sees any more.
    pub(crate) fn remove_retired(&self) {
        let mut retired = lock(&self.retired);
        let gone = retired.extract_if(.., |segment| Arc::strong_count(segment) == 1);
        let names: Vec<_> = gone.map(|segment| crate::segment::file_name(segment.number())).collect();
        drop(retired);
        names.iter().for_each(|name| self.remove_file(name));
    }

    /// Whether there are files that the last snapshot let go of.
    pub(crate) fn has_removable(&self) -> bool {
        lock(&self.retired).iter().any(|segment| Arc::strong_count(segment) == 1)
    }

    /// Removes a file that nothing names any more. A failure costs space only, and the next open tries again.
    pub(crate) fn remove_file(&self, name: &str) {
        let path = self.folder.join(name);
        if let Err(error) = self.disk.remove(&path) {
            tracing::warn!(event = "cleanup_failed", file = %path.display(), %error);
        }
    }

    /// A file's length; `None` where it is gone.
    pub(crate) fn file_bytes(&self, name: &str) -> Option<u64> {
        self.disk.open(&self.folder.join(name)).and_then(|file| file.length()).ok()
    }

    /// Notes that a log file is full.
    pub(crate) fn note_log_ended(&self, number: u64, time_ms: u64) {
        lock(&self.log_ended).insert(number, time_ms);
    }

    /// When a log file was full, if that was seen.
    pub(crate) fn log_ended_ms(&self, number: u64) -> Option<u64> {
        lock(&self.log_ended).get(&number).copied()
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    pub(crate) fn count_commits(&self, commits: u64) {
        self.counters.commits.fetch_add(commits, Ordering::Relaxed);
        self.counters.log_syncs.fetch_add(1, Ordering::Relaxed);
    }
}

/// The manifest and the file that it is in.
pub(crate) struct Held {
    pub(crate) manifest: Manifest,
    pub(crate) log: ManifestLog,
}

impl Held {
    /// Makes `next` the manifest, durably, and publishes what it names: `new` are the segments that it has more, and
    /// `change` does the rest to the version. After an error nothing is published.
    pub(crate) fn publish(
        &mut self,
        state: &State,
        mut next: Manifest,
        new: Vec<Arc<Segment>>,
        change: impl FnOnce(&mut Version),
    ) -> Result<()> {
        next.next_segment = state.next_segment.load(Ordering::Relaxed);
        self.log.publish(&*state.disk, &*state.clock, &state.folder, &self.manifest, &next)?;
        self.manifest = next;
        // Only who holds this lock changes the segments, so they can be put together before the swap.
        let before = state.live.get().version.segments.clone();
        let mut known: HashMap<u64, Arc<Segment>> =
            before.all().iter().map(|layer| (layer.segment.number(), layer.segment.clone())).collect();
        known.extend(new.into_iter().map(|segment| (segment.number(), segment)));
        let layers = self.manifest.segments.values().map(|entry| {
            let segment =
                known.remove(&entry.row.number).unwrap_or_else(|| state.segment(entry.row.as_ref().clone()));
            Layer { segment, hidden: entry.hidden.clone() }
        });
        let segments = Arc::new(Segments::new(layers.collect()));
        state.live.update(|published| {
            let version = Arc::make_mut(&mut published.version);
            version.segments = segments;
            change(version);
        });
        lock(&state.retired).extend(known.into_values());
        Ok(())
    }
}
