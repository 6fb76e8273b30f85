//! Opening a database's folder.
//!
//! 1. Read the manifest.
//! 2. See that every file that it names is there (`files.rs`). Segments are opened when they are first read.
//! 3. First pass over the log, from the checkpoint: find the last commit that is whole, and decide whether what
//!    stands behind it is a torn tail or damage (`tail.rs`).
//! 4. Second pass: apply the transactions up to there, flushing as memory fills, so that a log larger than any limit
//!    opens (`replay.rs`).
//! 5. Seal: cut the torn tail off. An old file is never appended to; the next commit starts a new one.
//! 6. Note in the manifest how far the log reaches. What was served once is damage if it is missing later.
//! 7. Remove every file that nothing names.
//!
//! A folder that is open for reading only is left as it is: steps 5 to 7 are left out.

mod files;
mod replay;
mod tail;

use crate::catalog::{Catalog, Collection};
use crate::clock::Stopwatch;
use crate::compact::Compactor;
use crate::disk::DiskFile;
use crate::error::disk_error;
use crate::log::{HEADER_BYTES, Lsn};
use crate::manifest::{self, Manifest};
use crate::memtable::Memtable;
use crate::options::Options;
use crate::planted::{self, Bug};
use crate::retention;
use crate::segment::Segment;
use crate::state::{Held, Shared, State};
use crate::sync::lock;
use crate::version::{Layer, Live, Published, Segments, Version};
use crate::wal::{self, Wal};
use quire_model::{Code, Result};
use std::path::Path;
use std::sync::Arc;
use tail::Tail;

/// A log file that was found.
pub(crate) struct LogFile {
    number: u64,
    name: String,
    file: Arc<dyn DiskFile>,
}

/// An opened database, before anything is committed to it.
pub(crate) struct Recovered {
    pub(crate) state: Arc<State>,
    pub(crate) compactor: Arc<Compactor>,
    pub(crate) wal: Wal,
    pub(crate) time_ms: u64,
}

/// Opens the database in `folder`.
///
/// # Errors
/// `corrupt` with file and offset, `format_unsupported`, or the disk's own.
pub(crate) fn recover(
    shared: Shared,
    folder: &Path,
    options: Options,
    wake: Box<dyn Fn() + Send + Sync>,
) -> Result<Recovered> {
    let watch = Stopwatch::start();
    if !options.read_only {
        // Whoever made or renamed a file here may have died before the folder was synced. What is read must stay.
        shared.disk.sync_folder(folder).map_err(|e| disk_error("sync", folder.display(), e))?;
    }
    let (mut manifest, mut log) = manifest::read(&*shared.disk, folder)?;
    let name = manifest.name.clone();
    tracing::info!(event = "recovery_begin", database = %name, checkpoint_seq = manifest.checkpoint_seq);
    let found = files::find(&*shared.disk, folder, &manifest, log.number())?;
    // Leftovers are removed by name, at the end: until then nothing new may get such a name.
    manifest.next_segment = manifest.next_segment.max(found.next_segment);
    log.skip_to(found.next_manifest);
    let tail = tail::find(&found.logs, &manifest)?;
    let (start, timeline) = (manifest.checkpoint_lsn, manifest.timeline);
    let live = Live::new(published(&manifest, folder, &shared));
    let held = Held { manifest, log };
    let read_only = options.read_only;
    let mut state = State::new(held, folder.to_owned(), shared, options, live, wake);
    // No background runs yet: while the log is read back, whoever fills memory empties it.
    let compactor = Compactor::default();
    replay::replay(&state, &compactor, &found.logs, start, tail.end)?;
    let next_number = if read_only {
        state.refuse_writes_quietly("the data folder is open for reading only");
        tail.end.lsn.file() + 1
    } else {
        let next_number = seal(&state, &found.logs, &tail)?;
        note_recovered(&state, tail.end.lsn)?;
        remove_leftovers(&state, &found.leftovers)?;
        next_number
    };
    *state.counters.recovered_transactions.get_mut() = tail.transactions;
    tracing::info!(
        event = "recovery_end",
        database = %name,
        seq = tail.end.seq,
        transactions = tail.transactions,
        bytes_dropped = tail.bytes_dropped,
        segments = state.live.get().version.segments.all().len(),
        duration_ms = watch.elapsed_ms(),
    );
    let wal = Wal::new(
        state.disk.clone(),
        folder,
        timeline,
        (state.options.log_bytes_first, state.options.log_bytes_max),
        state.clock.clone(),
        next_number,
        tail.end.lsn,
    );
    #[cfg(feature = "planted")]
    let wal = behind_tail(wal, &found.logs, &tail)?;
    Ok(Recovered { state: Arc::new(state), compactor: Arc::new(compactor), wal, time_ms: tail.end.time_ms })
}

/// The state of the checkpoint.
fn published(manifest: &Manifest, folder: &Path, shared: &Shared) -> Published {
    let collections = manifest
        .collections
        .values()
        .map(|c| Collection::new(c.number, c.name.clone(), c.documents))
        .collect();
    let layers = manifest.segments.values().map(|entry| {
        let (disk, cache) = (shared.disk.clone(), shared.cache.clone());
        let segment = Segment::new(disk, folder, manifest.timeline, entry.row.as_ref().clone(), cache);
        Layer { segment: Arc::new(segment), hidden: entry.hidden.clone() }
    });
    let version = Version {
        active: Arc::new(Memtable::new(shared.memory.clone())),
        frozen: Vec::new(),
        segments: Arc::new(Segments::new(layers.collect())),
        flushed_seq: manifest.checkpoint_seq,
    };
    Published {
        seq: manifest.checkpoint_seq,
        catalog: Arc::new(Catalog::new(collections, manifest.next_collection)),
        version: Arc::new(version),
    }
}

/// Removes what nothing names. The manifest that was read may not be durable itself, and the one before it may name
/// what is a leftover now; so it is written anew first.
fn remove_leftovers(state: &State, leftovers: &[String]) -> Result<()> {
    let mut held = lock(&state.manifest);
    let logs = retention::expired_logs(state, &held.manifest);
    let removes = !logs.is_empty() || leftovers.iter().any(|name| !name.ends_with(".tmp"));
    if removes && !held.log.is_durable() {
        let next = held.manifest.clone();
        match held.publish(state, next, Vec::new(), |_| {}) {
            Err(error) if error.code() == Code::DiskFull => {
                tracing::warn!(event = "cleanup_failed", database = %state.name, %error);
                return Ok(());
            }
            published => published?,
        }
    }
    // Publishing may have removed the old manifest already.
    let present = |name: &&String| state.file_bytes(name).is_some();
    leftovers.iter().filter(present).for_each(|name| state.remove_file(name));
    logs.into_iter().for_each(|number| state.remove_file(&wal::file_name(number)));
    Ok(())
}

/// Cuts off what stands behind the last commit, makes sure of what stands before it, and removes the files that hold no
/// commit. Answers the number of the next file.
fn seal(state: &State, files: &[LogFile], tail: &Tail) -> Result<u64> {
    let end = tail.end.lsn;
    // The end is right behind a header only in a database that has no commit yet.
    let first_unused = if end.offset() == HEADER_BYTES as u64 { end.file() } else { end.file() + 1 };
    // From the back, and each removal for itself: dying in between must leave no gap in the numbers.
    for log in files.iter().rev().filter(|log| log.number >= first_unused) {
        let path = state.folder.join(wal::file_name(log.number));
        state.disk.remove(&path).map_err(|e| disk_error("remove", &log.name, e))?;
        state.disk.sync_folder(&state.folder).map_err(|e| disk_error("sync", state.folder.display(), e))?;
    }
    if let Some(log) = files.iter().find(|log| log.number == end.file() && log.number < first_unused)
        && !planted::is_one(&[Bug::NoTailCut, Bug::AppendBehindTail])
    {
        secure(log, tail).map_err(|e| disk_error("cut", &log.name, e))?;
    }
    Ok(first_unused)
}

/// Makes the last file end where the log ends, durably. The last group may never have been synced, or its sync may have
/// failed, after which a system can take the bytes in its cache for written: they are written once more.
fn secure(log: &LogFile, tail: &Tail) -> std::io::Result<()> {
    let end = tail.end.lsn;
    let longer = log.file.length()? > end.offset();
    let known = if tail.durable.file() == end.file() { tail.durable.offset() } else { HEADER_BYTES as u64 };
    let mut at = known.min(end.offset());
    let unsure = at < end.offset();
    let mut bytes = vec![0; 1 << 20];
    while at < end.offset() {
        let count = bytes.len().min((end.offset() - at) as usize);
        log.file.read_at(&mut bytes[..count], at)?;
        log.file.write_at(&bytes[..count], at)?;
        at += count as u64;
    }
    if longer {
        log.file.set_len(end.offset())?;
    }
    if longer || unsure { log.file.sync() } else { Ok(()) }
}

/// The planted bug: the log goes on in the last file, behind whatever stands there.
#[cfg(feature = "planted")]
fn behind_tail(wal: Wal, files: &[LogFile], tail: &Tail) -> Result<Wal> {
    let end = tail.end.lsn;
    match files.iter().find(|log| log.number == end.file() && end.offset() > HEADER_BYTES as u64) {
        Some(log) if planted::is(Bug::AppendBehindTail) => wal
            .resume(log.number, log.file.clone(), end.offset() + tail.bytes_dropped)
            .map_err(|e| disk_error("read", &log.name, e)),
        _ => Ok(wal),
    }
}

/// Notes what recovery found. On a full disk the note waits for the next one: without it the database still opens
/// and is read, and damage is only found a little less surely.
fn note_recovered(state: &State, durable: Lsn) -> Result<()> {
    match note_durable(state, durable) {
        Err(error) if error.code() == Code::DiskFull => {
            tracing::warn!(event = "recovery_not_noted", database = %state.name, %error);
            Ok(())
        }
        noted => noted,
    }
}

/// Notes how far the log is durable, if that is news.
pub(crate) fn note_durable(state: &State, durable: Lsn) -> Result<()> {
    let mut held = lock(&state.manifest);
    if held.manifest.durable_lsn >= durable {
        return Ok(());
    }
    let mut next = held.manifest.clone();
    next.durable_lsn = durable;
    held.publish(state, next, Vec::new(), |_| {})
}
