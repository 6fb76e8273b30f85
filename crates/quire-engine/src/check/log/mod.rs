//! The write-ahead log: every record of every file, and that no commit is missing between the first and the last.
//!
//! 1. [`check`] sees which files there are, and that none is missing.
//! 2. The walk takes each file's records and proves each commit (`walk.rs`).
//! 3. What stands behind the last commit that can be read is judged (`tail.rs`).

mod tail;
mod walk;

use super::context::Context;
use crate::log::HEADER_BYTES;
use crate::manifest::Manifest;
use crate::wal;
use quire_model::Result;
use std::collections::BTreeSet;
use std::path::Path;
use walk::Walk;

/// What the log says.
#[derive(Default)]
pub(super) struct Log {
    /// Collections that were dropped since the checkpoint.
    pub(super) dropped: BTreeSet<u32>,
    pub(super) commits: u64,
}

/// Checks all log files of a database's folder.
pub(super) fn check(
    context: &mut Context<'_>,
    folder: &Path,
    names: &[String],
    manifest: &Manifest,
) -> Result<Log> {
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| wal::file_number(name)).collect();
    numbers.sort_unstable();
    let missing = missing(context, folder, &numbers, manifest);
    let mut walk = Walk::new(context, folder, manifest);
    let mut expected = None;
    for number in numbers {
        if expected != Some(number) {
            walk.begin_at(number);
            if (expected.is_some() || missing) && number > manifest.checkpoint_lsn.file() {
                walk.doubt();
            }
        }
        walk.file(folder.join(wal::file_name(number)), number)?;
        expected = Some(number + 1);
    }
    Ok(walk.finish(missing))
}

/// Files that should be there: those from the checkpoint on. Those before it are kept for a while and go one by one.
/// Answers whether the checkpoint's own is missing.
fn missing(context: &mut Context<'_>, folder: &Path, numbers: &[u64], manifest: &Manifest) -> bool {
    let first = manifest.checkpoint_lsn;
    let path = |number| folder.join(wal::file_name(number));
    let needed = first.offset() != HEADER_BYTES as u64
        || manifest.durable_lsn > first
        || numbers.last().is_some_and(|last| *last >= first.file());
    let missing = needed && !numbers.contains(&first.file());
    if missing {
        context.damage(&path(first.file()), None, "the file is missing", None);
    }
    for pair in numbers.windows(2).filter(|pair| pair[1] != pair[0] + 1) {
        match pair[1] > first.file() {
            // The first that is missing was told where it is the checkpoint's.
            true if pair[0] + 1 == first.file() => {}
            true => context.damage(&path(pair[0].max(first.file()) + 1), None, "the file is missing", None),
            false => context.note(&path(pair[0] + 1), None, "the log before the checkpoint has a gap here"),
        }
    }
    missing
}
