//! Moving fresh documents from memory to segments.
//!
//! The life of a flush:
//! 1. The commit's leader froze a memtable at the end of a group and noted the place in the log.
//! 2. [`flush`] writes the newest version of each of its ids to new segments, and finds the rows that they replace.
//! 3. One edit of the manifest names the segments, the rows that are hidden from now on, and the place in the log: from
//!    now on a restart begins there.
//! 4. The new version is published, and the log files that nobody needs any more are removed.

use crate::bitmap::Bitmap;
use crate::error::corrupt;
use crate::manifest::SegmentEntry;
use crate::output::{OWN_BYTES, Output};
use crate::retention;
use crate::segment::Row;
use crate::state::{Held, State};
use crate::sync::lock;
use crate::version::{Frozen, Segments};
use quire_model::Result;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Flushes the oldest frozen memtable, if there is one. Answers the bytes written.
pub(crate) fn flush(state: &State) -> Result<u64> {
    // The manifest's lock makes flushes and the ends of merges take turns.
    let mut held = lock(&state.manifest);
    let version = state.live.get().version.clone();
    let Some(frozen) = version.frozen.last() else { return Ok(0) };
    let result = flush_oldest(state, &mut held, frozen, &version.segments);
    state.flushed(&result.as_ref().map(|_| ()).map_err(Clone::clone));
    let bytes = result?;
    retention::retire_logs(state, &held.manifest);
    state.remove_retired();
    let seq = held.manifest.checkpoint_seq;
    tracing::debug!(event = "checkpoint", database = %state.name, seq, bytes);
    Ok(bytes)
}

/// What a flush found and wrote.
struct Flushed {
    output: Output,
    /// Rows that are hidden from now on, by segment.
    hidden: BTreeMap<u64, Bitmap>,
}

fn flush_oldest(state: &State, held: &mut Held, frozen: &Arc<Frozen>, segments: &Segments) -> Result<u64> {
    let mut flushed = Flushed { output: Output::new(), hidden: BTreeMap::new() };
    let written = write(state, frozen, segments, &mut flushed)
        .and_then(|()| Ok((flushed.output.bytes(), flushed.output.finish(state)?)));
    let (bytes, new) = match written {
        Ok(written) => written,
        Err(error) => {
            flushed.output.abandon(state);
            return Err(error);
        }
    };
    let mut next = held.manifest.clone();
    next.checkpoint_lsn = frozen.end.lsn;
    next.checkpoint_seq = frozen.end.seq;
    next.checkpoint_time_ms = frozen.end.time_ms;
    next.durable_lsn = next.durable_lsn.max(frozen.end.lsn);
    next.collections = frozen.collections.iter().map(|row| (row.number, row.clone())).collect();
    next.next_collection = frozen.next_collection;
    for (number, rows) in &flushed.hidden {
        if let Some(entry) = next.segments.get_mut(number) {
            entry.hidden = Arc::new(entry.hidden.with(rows));
        }
    }
    for segment in &new {
        let entry = SegmentEntry { row: Arc::new(segment.facts.clone()), hidden: Arc::default() };
        next.segments.insert(segment.number(), entry);
    }
    // A segment goes with the last of its collections. The log drops them again after a restart.
    next.segments.retain(|_, entry| {
        entry.row.parts.iter().any(|part| next.collections.contains_key(&part.collection))
    });
    held.publish(state, next, new, |version| {
        version.frozen.pop();
        version.flushed_seq = frozen.end.seq;
    })?;
    Ok(bytes)
}

/// Writes the table's rows, and finds those that they replace.
fn write(state: &State, frozen: &Frozen, segments: &Segments, flushed: &mut Flushed) -> Result<()> {
    for (collection, bytes) in frozen.table.collections() {
        if !frozen.collections.iter().any(|row| row.number == collection) {
            continue;
        }
        let own = bytes as u64 >= OWN_BYTES;
        frozen.table.each(collection, frozen.end.seq, |id, seq, text, replaces| {
            let row = Row { collection, seq, id: id.as_str(), text };
            if replaces {
                hide_replaced(segments, row, &mut flushed.hidden)?;
            } else if text.is_none() {
                // Made and deleted since the last flush: no file knows of it.
                return Ok(());
            }
            flushed.output.add(state, row, own).map(|_| ())
        })?;
    }
    Ok(())
}

fn hide_replaced(segments: &Segments, row: Row<'_>, hidden: &mut BTreeMap<u64, Bitmap>) -> Result<()> {
    let Some((layer, hit)) = segments.find(row.collection, row.id)? else {
        let what = format!("the document {:?} that commit {} replaces is not there", row.id, row.seq);
        return Err(corrupt(format!("collection {}", row.collection), 0, &what));
    };
    hidden.entry(layer.segment.number()).or_default().insert(hit.number());
    Ok(())
}
