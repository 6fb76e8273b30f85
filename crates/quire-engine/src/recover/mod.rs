//! Opening a database's folder.
//!
//! 1. Read the manifest; remove every file that it does not name and that no log needs.
//! 2. Open the runs.
//! 3. First pass over the log, from the checkpoint: find the last commit that is whole, and decide whether what
//!    stands behind it is a torn tail or damage (`tail.rs`).
//! 4. Second pass: apply the transactions up to there, flushing as memory fills, so that a log larger than any limit
//!    opens (`replay.rs`).
//! 5. Seal: cut the torn tail off. An old file is never appended to; the next commit starts a new one.
//! 6. Note in the manifest how far the log reaches. What was served once is damage if it is missing later.

mod replay;
mod tail;

use crate::catalog::{Catalog, Collection};
use crate::clock::{Clock, Stopwatch};
use crate::disk::{Disk, DiskFile};
use crate::error::{corrupt, disk_error};
use crate::log::{HEADER_BYTES, Lsn};
use crate::manifest::{self, Manifest};
use crate::memtable::Memtable;
use crate::options::Options;
use crate::planted::{self, Bug};
use crate::run::{self, Run};
use crate::state::State;
use crate::sync::lock;
use crate::version::{Live, Published, Version};
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
    pub(crate) wal: Wal,
    pub(crate) time_ms: u64,
}

/// Opens the database in `folder`.
///
/// # Errors
/// `corrupt` with file and offset, `format_unsupported`, or the disk's own.
pub(crate) fn recover(
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    folder: &Path,
    options: Options,
    wake: Box<dyn Fn() + Send + Sync>,
) -> Result<Recovered> {
    let watch = Stopwatch::start();
    let manifest = manifest::read(&*disk, folder)?;
    let name = manifest.name.clone();
    tracing::info!(event = "recovery_begin", database = %name, checkpoint_seq = manifest.checkpoint_seq);
    let files = find_files(&*disk, folder, &manifest)?;
    let runs = open_runs(&*disk, folder, &manifest)?;
    let tail = tail::find(&files, &manifest)?;
    let (start, timeline) = (manifest.checkpoint_lsn, manifest.timeline);
    let live = Live::new(published(&manifest, runs));
    let mut state = State::new(manifest, folder.to_owned(), (disk, clock), options, live, wake);
    // No background runs yet: while the log is read back, whoever fills memory empties it.
    replay::replay(&state, &files, start, tail.end)?;
    let next_number = seal(&state, &files, &tail)?;
    note_recovered(&state, tail.end.lsn)?;
    *state.counters.recovered_transactions.get_mut() = tail.transactions;
    tracing::info!(
        event = "recovery_end",
        database = %name,
        seq = tail.end.seq,
        transactions = tail.transactions,
        bytes_dropped = tail.bytes_dropped,
        runs = state.live.get().version.runs.len(),
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
    let wal = behind_tail(wal, &files, &tail)?;
    Ok(Recovered { state: Arc::new(state), wal, time_ms: tail.end.time_ms })
}

/// Finds the log files from the checkpoint on, without a gap, and removes what nobody names.
fn find_files(disk: &dyn Disk, folder: &Path, manifest: &Manifest) -> Result<Vec<LogFile>> {
    let names = disk.list(folder).map_err(|e| disk_error("list", folder.display(), e))?;
    let mut files: Vec<LogFile> = Vec::new();
    let mut synced = false;
    for name in names {
        let path = folder.join(&name);
        let log = wal::file_number(&name);
        let leftover = name.ends_with(".tmp")
            || run::file_number(&name).is_some_and(|number| !manifest.runs.contains(&number))
            || log.is_some_and(|number| number < manifest.checkpoint_lsn.file());
        if leftover {
            // What this manifest does not name may still be named by the one before, until this one is durable.
            if !std::mem::replace(&mut synced, true) {
                disk.sync_folder(folder).map_err(|e| disk_error("sync", folder.display(), e))?;
            }
            disk.remove(&path).map_err(|e| disk_error("remove", path.display(), e))?;
        } else if let Some(number) = log {
            let file = disk.open(&path).map_err(|e| disk_error("open", path.display(), e))?;
            files.push(LogFile { number, name: path.display().to_string(), file });
        }
    }
    let missing = |number| corrupt(folder.join(wal::file_name(number)).display(), 0, "the file is missing");
    let first = manifest.checkpoint_lsn;
    match files.first() {
        Some(file) if file.number != first.file() => return Err(missing(first.file())),
        None if first.offset() != HEADER_BYTES as u64 || manifest.durable_lsn > first => {
            return Err(missing(first.file()));
        }
        _ => {}
    }
    match files.windows(2).find(|pair| pair[1].number != pair[0].number + 1) {
        Some(pair) => Err(missing(pair[0].number + 1)),
        None => Ok(files),
    }
}

fn open_runs(disk: &dyn Disk, folder: &Path, manifest: &Manifest) -> Result<Vec<Arc<Run>>> {
    let open = |number: &u64| {
        let path = folder.join(run::file_name(*number));
        let file = match disk.open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(corrupt(path.display(), 0, "the file is missing"));
            }
            Err(e) => return Err(disk_error("open", path.display(), e)),
        };
        Ok(Arc::new(Run::open(file, *number, path.display().to_string())?))
    };
    manifest.runs.iter().map(open).collect()
}

/// The state of the checkpoint.
fn published(manifest: &Manifest, runs: Vec<Arc<Run>>) -> Published {
    let collections =
        manifest.collections.iter().map(|c| Collection::new(c.number, c.name.clone(), c.documents)).collect();
    let version = Version {
        active: Arc::new(Memtable::default()),
        frozen: Vec::new(),
        runs,
        flushed_seq: manifest.checkpoint_seq,
    };
    Published {
        seq: manifest.checkpoint_seq,
        catalog: Arc::new(Catalog::new(collections, manifest.next_collection)),
        version: Arc::new(version),
    }
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
    let mut manifest = lock(&state.manifest);
    if manifest.durable_lsn >= durable {
        return Ok(());
    }
    let mut next = manifest.clone();
    next.generation += 1;
    next.durable_lsn = durable;
    manifest::write(&*state.disk, &state.folder, &next, &*state.clock)?;
    *manifest = next;
    Ok(())
}
