//! Merging segments, so that a point read asks few of them and hidden rows give their space back.
//!
//! The life of a merge, which is done in small steps so that flushes come in between:
//! 1. [`pick`] says which segments, from the manifest alone.
//! 2. Each [`step`] walks a few megabytes of their rows, as they were when it began, and writes them to new segments.
//! 3. At the end, rows that were hidden meanwhile are looked up by their ids in the new segments and hidden there.
//! 4. One edit of the manifest names the new segments in the place of the old. The old files go when no snapshot sees
//!    them any more.

use crate::bitmap::Bitmap;
use crate::error::corrupt;
use crate::facts::{Part, SegmentRow};
use crate::manifest::{Manifest, SegmentEntry};
use crate::merge::{Layer, Merge};
use crate::output::{OWN_BYTES, Output};
use crate::segment::{KeyHash, Row, Segment, SegmentRows};
use crate::state::State;
use crate::sync::lock;
use crate::version::Layer as VersionLayer;
use quire_model::{Code, Error, Result};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

/// Segments are merged when so many of them are of similar size.
const SIMILAR_MIN: usize = 4;
/// At most so many segments of a collection's own, and so many shared ones, stay at rest: eight in all.
const OWN_MAX: usize = 5;
const SHARED_MAX: usize = 3;
/// Bytes of rows that one step takes.
const STEP_BYTES: usize = 4 << 20;

/// A merge that was begun.
pub(crate) struct Compaction {
    inputs: Vec<VersionLayer>,
    merge: Merge,
    output: Output,
    /// Collections that get a segment of their own.
    own: HashSet<u32>,
    /// Collections of the checkpoint. IMPORTANT: one that was dropped since is kept: a restart that reads the log
    /// back may
    /// still ask for its rows before it comes to the drop.
    kept: HashSet<u32>,
    /// Deletes older than these have nothing left to hide, by collection: the lowest sequence number outside.
    outside_min: BTreeMap<u32, u64>,
    ended: bool,
}

/// The segments that should be merged into one, but for those that are left alone; empty where none should. A pure
/// function of the manifest.
pub(crate) fn pick(manifest: &Manifest, left_alone: &HashSet<u64>) -> Vec<u64> {
    let mut groups: BTreeMap<Option<u32>, Vec<&SegmentEntry>> = BTreeMap::new();
    for entry in manifest.segments.values().filter(|entry| !left_alone.contains(&entry.row.number)) {
        groups.entry(own_collection(&entry.row)).or_default().push(entry);
    }
    for (group, mut entries) in groups {
        entries.sort_by_key(|entry| std::cmp::Reverse(newest(&entry.row)));
        let sizes: Vec<u64> = entries.iter().map(|entry| entry.row.bytes).collect();
        let most = if group.is_some() { OWN_MAX } else { SHARED_MAX };
        let count = pick_similar(&sizes, most);
        if count > 0 {
            return entries[..count].iter().map(|entry| entry.row.number).collect();
        }
        if let Some(entry) = entries.iter().find(|entry| half_useless(manifest, entry)) {
            return vec![entry.row.number];
        }
    }
    Vec::new()
}

/// The collection that has the segment for itself.
fn own_collection(row: &SegmentRow) -> Option<u32> {
    match &row.parts[..] {
        [part] if part.bytes >= OWN_BYTES => Some(part.collection),
        _ => None,
    }
}

fn newest(row: &SegmentRow) -> u64 {
    row.parts.iter().map(|part| part.seq_max).max().unwrap_or(0)
}

/// Whether more than half of a segment's rows would not be written again: they are hidden, their collection is gone, or
/// they are deletes that have nothing left to hide.
fn half_useless(manifest: &Manifest, entry: &SegmentEntry) -> bool {
    let others = manifest.segments.values().filter(|other| other.row.number != entry.row.number);
    let older = |part: &Part| {
        let parts = others.clone().flat_map(|other| &other.row.parts);
        parts.into_iter().any(|other| other.collection == part.collection && other.seq_min < part.seq_max)
    };
    let (mut rows, mut useless) = (0, entry.hidden.len());
    for part in &entry.row.parts {
        rows += u64::from(part.rows);
        if !manifest.collections.contains_key(&part.collection) {
            useless += u64::from(part.rows);
        } else if part.deletes > 0 && !older(part) {
            useless += u64::from(part.deletes);
        }
    }
    2 * useless > rows
}

/// How many of the newest segments are worth merging, given sizes newest first: those of which each is at most twice as
/// large as all newer ones together, so that a document is rewritten about once for each doubling; else as many as
/// brings their number down to `most`.
fn pick_similar(bytes: &[u64], most: usize) -> usize {
    let mut sum = 0;
    let similar = bytes.iter().take_while(|size| {
        let fits = sum == 0 || **size <= 2 * sum;
        sum += **size;
        fits
    });
    match similar.count() {
        count if count >= SIMILAR_MIN => count,
        _ if bytes.len() > most => bytes.len() - most + 1,
        _ => 0,
    }
}

/// The merge of one database that is under way, if any.
#[derive(Default)]
pub(crate) struct Compactor(Mutex<Progress>);

#[derive(Default)]
struct Progress {
    current: Option<Compaction>,
    /// Segments whose merge met damage. They are left alone until the database is opened again.
    given_up: HashSet<u64>,
}

impl Compactor {
    /// Whether there is something to merge.
    pub(crate) fn is_wanted(&self, state: &State) -> bool {
        let progress = lock(&self.0);
        progress.current.is_some() || !progress.pick(state).is_empty()
    }

    /// Does one step of a merge, beginning one where none is under way. Answers whether there was something to do.
    pub(crate) fn step(&self, state: &State) -> Result<bool> {
        let mut progress = lock(&self.0);
        let mut compaction = match progress.current.take() {
            Some(compaction) => compaction,
            None => match progress.pick(state) {
                picked if picked.is_empty() => return Ok(false),
                picked => match begin(state, &picked) {
                    Ok(compaction) => compaction,
                    Err(error) => {
                        progress.give_up(&error, picked);
                        return Err(error);
                    }
                },
            },
        };
        match compaction.work(state) {
            Ok(true) => {}
            Ok(false) => progress.current = Some(compaction),
            Err(error) => {
                compaction.output.abandon(state);
                let inputs = compaction.inputs.iter().map(|layer| layer.segment.number());
                progress.give_up(&error, inputs.collect());
                return Err(error);
            }
        }
        Ok(true)
    }

    /// Merges until there is nothing more to merge, for a caller whose work does not depend on it: an error is told
    /// and the
    /// rest is left.
    pub(crate) fn step_or_tell(&self, state: &State) {
        loop {
            match self.step(state) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    return tracing::error!(event = "job_failed", job = "Compact", database = %state.name, %error);
                }
            }
        }
    }

    /// Gives up the merge that is under way.
    pub(crate) fn abandon(&self, state: &State) {
        if let Some(mut compaction) = lock(&self.0).current.take() {
            compaction.output.abandon(state);
        }
    }
}

impl Progress {
    fn pick(&self, state: &State) -> Vec<u64> {
        pick(&lock(&state.manifest).manifest, &self.given_up)
    }

    fn give_up(&mut self, error: &Error, inputs: Vec<u64>) {
        if error.code() == Code::Corrupt {
            self.given_up.extend(inputs);
        }
    }
}

fn begin(state: &State, picked: &[u64]) -> Result<Compaction> {
    let checkpoint = lock(&state.manifest).manifest.collections.keys().copied().collect();
    let live = state.live.get();
    let (inputs, outside): (Vec<_>, Vec<_>) =
        live.version.segments.all().iter().cloned().partition(|l| picked.contains(&l.segment.number()));
    let (mut bytes, mut outside_min) = (BTreeMap::<u32, u64>::new(), BTreeMap::new());
    for part in inputs.iter().flat_map(|layer| &layer.segment.facts.parts) {
        *bytes.entry(part.collection).or_default() += part.bytes;
    }
    for part in outside.iter().flat_map(|layer| &layer.segment.facts.parts) {
        let min = outside_min.entry(part.collection).or_insert(part.seq_min);
        *min = part.seq_min.min(*min);
    }
    let own = bytes.iter().filter(|(_, bytes)| **bytes >= OWN_BYTES).map(|(number, _)| *number).collect();
    let layers = inputs
        .iter()
        .map(|layer| Layer::Segment(Box::new(SegmentRows::all(layer.segment.clone(), layer.hidden.clone()))));
    let merge = Merge::new(layers.collect())?;
    Ok(Compaction { inputs, merge, output: Output::new(), own, kept: checkpoint, outside_min, ended: false })
}

impl Compaction {
    /// Takes a few rows on, and ends the merge after the last; answers whether it ended.
    fn work(&mut self, state: &State) -> Result<bool> {
        if self.ended {
            self.finish(state)?;
            return Ok(true);
        }
        let mut bytes = 0;
        while bytes < STEP_BYTES {
            let Some(head) = self.merge.next()? else {
                self.ended = true;
                return Ok(false);
            };
            let collection = head.collection();
            bytes += head.id().len() + head.text().map_or(0, str::len);
            let dropped = !self.kept.contains(&collection);
            let outside = self.outside_min.get(&collection);
            let hides_nothing = head.text().is_none() && outside.is_none_or(|min| *min > head.seq());
            if !dropped && !hides_nothing {
                let row = Row { collection, seq: head.seq(), id: head.id(), text: head.text() };
                self.output.add(state, row, self.own.contains(&collection))?;
            }
        }
        Ok(false)
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        let new = self.output.finish(state)?;
        let mut hidden: BTreeMap<u64, Bitmap> = BTreeMap::new();
        // Most of what was hidden meanwhile is mapped before the lock is taken, so that it is held for the rest only.
        let mut mapped: Vec<Arc<Bitmap>> = self.inputs.iter().map(|layer| layer.hidden.clone()).collect();
        let now = lock(&state.manifest).manifest.clone();
        self.map_hidden(&now, &new, &mut mapped, &mut hidden)?;
        let mut held = lock(&state.manifest);
        let mut next = held.manifest.clone();
        self.map_hidden(&next, &new, &mut mapped, &mut hidden)?;
        for layer in &self.inputs {
            next.segments.remove(&layer.segment.number());
        }
        for segment in &new {
            let rows = hidden.remove(&segment.number()).unwrap_or_default();
            let entry = SegmentEntry { row: Arc::new(segment.facts.clone()), hidden: Arc::new(rows) };
            next.segments.insert(segment.number(), entry);
        }
        let (inputs, outputs) = (self.inputs.len(), new.len());
        let bytes: u64 = new.iter().map(|segment| segment.facts.bytes).sum();
        // From here on the disk may name the new files, whatever the answer is.
        self.output = Output::new();
        held.publish(state, next, new, |_| {})?;
        drop(held);
        tracing::debug!(event = "compaction", database = %state.name, inputs, outputs, bytes);
        // The walk and the inputs see the old files.
        self.merge = Merge::new(Vec::new())?;
        self.inputs.clear();
        state.remove_retired();
        Ok(())
    }

    /// Hides in the new segments what was hidden in the old ones since `mapped`, and moves that on.
    fn map_hidden(
        &self,
        manifest: &Manifest,
        new: &[Arc<Segment>],
        mapped: &mut [Arc<Bitmap>],
        hidden: &mut BTreeMap<u64, Bitmap>,
    ) -> Result<()> {
        for (layer, mapped) in self.inputs.iter().zip(mapped) {
            let Some(entry) = manifest.segments.get(&layer.segment.number()) else {
                continue; // It went with its collections.
            };
            for number in entry.hidden.without(mapped) {
                let hit = layer.segment.row(number)?;
                let (collection, id) = (hit.row().collection, hit.row().id);
                if !self.kept.contains(&collection) {
                    continue; // Its rows are not in the new segments.
                }
                let (segment, row) = find_in(new, collection, id)?;
                hidden.entry(segment).or_default().insert(row);
            }
            *mapped = entry.hidden.clone();
        }
        Ok(())
    }
}

/// Where a merge wrote a row.
fn find_in(new: &[Arc<Segment>], collection: u32, id: &str) -> Result<(u64, u32)> {
    let key = KeyHash::of(collection, id);
    for segment in new.iter().filter(|segment| segment.part(collection).is_some()) {
        if let Some(hit) = segment.find(collection, id, key)? {
            return Ok((segment.number(), hit.number()));
        }
    }
    let what = format!("a merge lost the document {id:?}");
    Err(corrupt(format!("collection {collection}"), 0, &what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_segments_are_merged_and_large_old_ones_are_left() {
        let pick = |bytes: &[u64]| pick_similar(bytes, 5);
        assert_eq!(pick(&[]), 0);
        assert_eq!(pick(&[64, 64, 64]), 0);
        assert_eq!(pick(&[64, 64, 64, 64]), 4);
        assert_eq!(pick(&[64, 64, 64, 64, 5000]), 4);
        assert_eq!(pick(&[1, 64, 64, 64, 64]), 0);
        assert_eq!(pick(&[10, 20, 50, 150, 400, 5000]), 5);
        assert_eq!(pick(&[1, 10, 100, 1000, 10000, 100000]), 2);
    }
}
