//! Moving fresh documents from memory to a run, and small runs into one.
//!
//! The life of a flush:
//! 1. The commit's leader froze a memtable at the end of a group and noted the place in the log.
//! 2. [`flush`] writes the newest version of each of its ids to a run, syncs the file and the folder.
//! 3. One new manifest names the run and the place in the log: from now on a restart begins there.
//! 4. The new version is published, the log files before that place are removed.

use crate::error::disk_error;
use crate::manifest::{self, Manifest};
use crate::merge::{Layer, Merge};
use crate::run::{self, Row, Run, RunRows, RunWriter};
use crate::state::State;
use crate::sync::lock;
use crate::version::Frozen;
use crate::wal;
use quire_model::Result;
use std::path::Path;
use std::sync::Arc;

/// Runs are merged when so many of them are of similar size.
const MERGE_RUNS_MIN: usize = 4;

/// Flushes the oldest frozen memtable, if there is one. Answers the bytes written.
pub(crate) fn flush(state: &State) -> Result<u64> {
    // The manifest's lock makes flushes and merges take turns.
    let mut manifest = lock(&state.manifest);
    let version = state.live.get().version.clone();
    let Some(frozen) = version.frozen.last() else { return Ok(0) };
    let result = flush_oldest(state, &mut manifest, frozen, version.runs.is_empty());
    state.flushed(&result.as_ref().map(|_| ()).map_err(Clone::clone));
    let bytes = result?;
    remove_old_logs(state, &manifest);
    tracing::debug!(event = "checkpoint", database = %state.name, seq = manifest.checkpoint_seq, bytes);
    Ok(bytes)
}

/// The number of the next run. IMPORTANT: it is used up at once, in memory. If what follows fails half-way, the
/// file may already be named by a manifest that reached the disk, and must never be written again.
fn take_number(manifest: &mut Manifest) -> u64 {
    manifest.next_run += 1;
    manifest.next_run - 1
}

fn flush_oldest(
    state: &State,
    manifest: &mut Manifest,
    frozen: &Arc<Frozen>,
    first_run: bool,
) -> Result<u64> {
    let number = take_number(manifest);
    let mut next = manifest.clone();
    next.generation += 1;
    next.checkpoint_lsn = frozen.end.lsn;
    next.checkpoint_seq = frozen.end.seq;
    next.checkpoint_time_ms = frozen.end.time_ms;
    next.durable_lsn = next.durable_lsn.max(frozen.end.lsn);
    next.collections = frozen.collections.clone();
    next.next_collection = frozen.next_collection;
    let layers =
        frozen.table.collections().into_iter().filter(|n| next.collections.iter().any(|c| c.number == *n));
    let mut rows =
        layers.map(|collection| Layer::table(frozen.table.clone(), collection, frozen.end.seq, None));
    // A delete needs a row only where an older run may hold the id.
    let run = write_run(state, number, &mut rows, !first_run)?;
    if run.is_some() {
        next.runs.insert(0, number);
    }
    manifest::write(&*state.disk, &state.folder, &next, &*state.clock)?;
    *manifest = next;
    let bytes = run.as_ref().map_or(0, |run| run.bytes());
    state.live.update(|published| {
        let version = Arc::make_mut(&mut published.version);
        version.frozen.pop();
        version.flushed_seq = frozen.end.seq;
        version.runs.splice(0..0, run);
    });
    Ok(bytes)
}

/// Writes rows to a new run, one group of layers after the other; `None` where there were none.
fn write_run(
    state: &State,
    number: u64,
    groups: &mut dyn Iterator<Item = Layer>,
    keep_deletes: bool,
) -> Result<Option<Arc<Run>>> {
    write_merged(state, number, &mut groups.map(|layer| vec![layer]), keep_deletes, &|_| true)
}

fn write_merged(
    state: &State,
    number: u64,
    groups: &mut dyn Iterator<Item = Vec<Layer>>,
    keep_deletes: bool,
    keep_collection: &dyn Fn(u32) -> bool,
) -> Result<Option<Arc<Run>>> {
    let path = state.folder.join(run::file_name(number));
    let write_error = |e| disk_error("write", path.display(), e);
    let salt = state.clock.random().map_err(write_error)?;
    let mut writer =
        RunWriter::create(state.disk.clone(), &state.folder, number, salt).map_err(write_error)?;
    let mut rows = 0;
    let mut add_all = || -> Result<()> {
        for layers in &mut *groups {
            let mut merge = Merge::new(layers)?;
            while let Some(merged) = merge.next()? {
                if (merged.text.is_some() || keep_deletes) && keep_collection(merged.collection) {
                    let (collection, seq) = (merged.collection, merged.seq);
                    let row = Row { collection, seq, id: merged.id.as_str(), text: merged.text.as_deref() };
                    writer.add(row).map_err(write_error)?;
                    rows += 1;
                }
            }
        }
        Ok(())
    };
    let added = add_all();
    if added.is_err() || rows == 0 {
        writer.abandon();
        return added.map(|()| None);
    }
    writer.finish().map_err(write_error)?;
    state.disk.sync_folder(&state.folder).map_err(write_error)?;
    open_run(state, number).map(Some)
}

fn open_run(state: &State, number: u64) -> Result<Arc<Run>> {
    let path = state.folder.join(run::file_name(number));
    let file = state.disk.open(&path).map_err(|e| disk_error("open", path.display(), e))?;
    Ok(Arc::new(Run::open(file, number, path.display().to_string())?))
}

/// How many of the newest runs are worth merging into one, given sizes newest first: those of which each is at most
/// twice as large as all newer ones together, so that a document is rewritten about once for each doubling.
pub(crate) fn pick_merge(bytes: &[u64]) -> usize {
    let mut sum = 0;
    let similar = bytes.iter().take_while(|size| {
        let fits = sum == 0 || **size <= 2 * sum;
        sum += **size;
        fits
    });
    Some(similar.count()).filter(|count| *count >= MERGE_RUNS_MIN).unwrap_or(0)
}

/// Whether a merge is worth doing now.
pub(crate) fn wants_merge(state: &State) -> bool {
    let sizes: Vec<u64> = state.live.get().version.runs.iter().map(|run| run.bytes()).collect();
    pick_merge(&sizes) > 0
}

/// Merges the newest runs of similar size into one, if there are enough of them.
pub(crate) fn merge_runs(state: &State) -> Result<()> {
    let mut manifest = lock(&state.manifest);
    let live = state.live.get();
    let runs = &live.version.runs;
    let count = pick_merge(&runs.iter().map(|run| run.bytes()).collect::<Vec<_>>());
    if count == 0 {
        return Ok(());
    }
    let number = take_number(&mut manifest);
    let layers = runs[..count].iter().map(|run| Layer::Run(RunRows::all(run.clone()))).collect();
    let keep_deletes = count < runs.len();
    // What was dropped since the checkpoint is dropped again by the log, so its rows are needed by nobody.
    let keep = |number| live.catalog.by_number(number).is_some();
    let merged = write_merged(state, number, &mut std::iter::once(layers), keep_deletes, &keep)?;
    let mut next = manifest.clone();
    next.generation += 1;
    next.runs.splice(..count, merged.as_ref().map(|run| run.number()));
    manifest::write(&*state.disk, &state.folder, &next, &*state.clock)?;
    *manifest = next;
    state.live.update(|published| {
        Arc::make_mut(&mut published.version).runs.splice(..count, merged);
    });
    for run in &runs[..count] {
        remove_file(state, &state.folder.join(run::file_name(run.number())));
    }
    Ok(())
}

/// Removes the log files that lie wholly before the checkpoint.
pub(crate) fn remove_old_logs(state: &State, manifest: &Manifest) {
    let names = match state.disk.list(&state.folder) {
        Ok(names) => names,
        Err(error) => {
            return tracing::warn!(event = "cleanup_failed", folder = %state.folder.display(), %error);
        }
    };
    for name in names {
        if wal::file_number(&name).is_some_and(|number| number < manifest.checkpoint_lsn.file()) {
            remove_file(state, &state.folder.join(name));
        }
    }
}

/// Removes a file that nothing names any more. A failure costs space only, and the next open tries again.
pub(crate) fn remove_file(state: &State, path: &Path) {
    if let Err(error) = state.disk.remove(path) {
        tracing::warn!(event = "cleanup_failed", file = %path.display(), %error);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_runs_are_merged_and_large_old_ones_are_left() {
        assert_eq!(pick_merge(&[]), 0);
        assert_eq!(pick_merge(&[64, 64, 64]), 0);
        assert_eq!(pick_merge(&[64, 64, 64, 64]), 4);
        assert_eq!(pick_merge(&[64, 64, 64, 64, 5000]), 4);
        assert_eq!(pick_merge(&[1, 64, 64, 64, 64]), 0);
        assert_eq!(pick_merge(&[10, 20, 50, 150, 400, 5000]), 5);
    }
}
