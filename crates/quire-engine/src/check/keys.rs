//! The rows of an id in all segments of its collection: which of them are hidden, and how many documents that leaves.
//!
//! Of the rows of an id the one with the highest commit counts. So every row that has a newer one is hidden, unless it
//! is a delete, which hides nothing by itself; and no row is hidden that has no newer one.

use super::context::Context;
use crate::bitmap::Bitmap;
use crate::inspect::Repair;
use crate::manifest::{CollectionRow, Manifest, SegmentEntry};
use crate::segment::{Hit, Segment, SegmentCache, SegmentRows, file_name};
use quire_model::{Result, Seq};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of indexes that are kept while segments are walked over.
const CACHE_BYTES: u64 = 4 << 20;

/// One segment, and the row of it that comes next.
struct Layer {
    path: PathBuf,
    rows: SegmentRows,
    hidden: Arc<Bitmap>,
    head: Option<Hit>,
}

impl Layer {
    fn new(
        context: &Context<'_>,
        folder: &Path,
        manifest: &Manifest,
        entry: &SegmentEntry,
        collection: &CollectionRow,
        cache: &Arc<SegmentCache>,
    ) -> Result<Layer> {
        let (disk, facts) = (context.disk.clone(), entry.row.as_ref().clone());
        let segment = Arc::new(Segment::new(disk, folder, manifest.timeline, facts, cache.clone()));
        let mut rows = SegmentRows::of(segment, Arc::default(), collection.number, None)?;
        let (path, hidden) = (folder.join(file_name(entry.row.number)), entry.hidden.clone());
        Ok(Layer { path, head: rows.next()?, rows, hidden })
    }

    fn id(&self) -> Option<&str> {
        self.head.as_ref().map(|hit| hit.row().id)
    }
}

/// A row among those of its id.
struct Candidate {
    layer: usize,
    number: u32,
    seq: Seq,
    hidden: bool,
    delete: bool,
}

/// Compares the segments of every collection that is still there; `lost` are segments that could not be read whole,
/// `dropped` collections whose rows nobody needs any more.
pub(super) fn check(
    context: &mut Context<'_>,
    folder: &Path,
    manifest: &Manifest,
    lost: &BTreeSet<u64>,
    dropped: &BTreeSet<u32>,
) {
    let cache = Arc::new(SegmentCache::new(CACHE_BYTES));
    for collection in manifest.collections.values().filter(|row| !dropped.contains(&row.number)) {
        let holds =
            |entry: &&SegmentEntry| entry.row.parts.iter().any(|part| part.collection == collection.number);
        let entries: Vec<&SegmentEntry> = manifest.segments.values().filter(holds).collect();
        if entries.iter().any(|entry| lost.contains(&entry.row.number)) {
            let name = &collection.name;
            let what =
                format!("damage kept the rows of collection {name} from being compared between segments");
            context.note(folder, None, what);
            continue;
        }
        let compared = entries
            .into_iter()
            .map(|entry| Layer::new(context, folder, manifest, entry, collection, &cache))
            .collect::<Result<Vec<Layer>>>()
            .and_then(|mut layers| compare(context, folder, collection, &mut layers));
        if let Err(error) = compared {
            context.damage(folder, None, error.detail(), None);
        }
    }
}

/// One sorted walk over the layers of a collection.
fn compare(
    context: &mut Context<'_>,
    folder: &Path,
    collection: &CollectionRow,
    layers: &mut [Layer],
) -> Result<()> {
    let mut documents: i64 = 0;
    let mut id = String::new();
    let mut same: Vec<Candidate> = Vec::new();
    while let Some(first) = layers.iter().filter_map(Layer::id).min() {
        id.clear();
        id.push_str(first);
        same.clear();
        for (n, layer) in layers.iter_mut().enumerate() {
            let Some(hit) = layer.head.take_if(|hit| hit.row().id == id) else { continue };
            let (number, row) = (hit.number(), hit.row());
            let (hidden, delete) = (layer.hidden.contains(number), row.text.is_none());
            same.push(Candidate { layer: n, number, seq: row.seq, hidden, delete });
            layer.head = layer.rows.next()?;
        }
        same.sort_by_key(|candidate| std::cmp::Reverse(candidate.seq));
        for (n, row) in same.iter().enumerate() {
            let newer = n.checked_sub(1).map(|before| &same[before]);
            if let Some(what) = fault(row, newer) {
                let place = format!("row {} ({id:?} of commit {}): {what}", row.number, row.seq);
                context.damage(&layers[row.layer].path, None, place, Some(Repair::Rebuild));
            }
        }
        documents += same.first().map_or(0, |row| i64::from(!row.hidden && !row.delete));
    }
    context.report.totals.documents += documents.unsigned_abs();
    if documents != collection.documents {
        let what = format!(
            "the manifest counts {} documents in collection {}, its segments have {documents}",
            collection.documents, collection.name
        );
        context.damage(folder, None, what, Some(Repair::Rebuild));
    }
    Ok(())
}

/// What is wrong with a row of which this is the next newer one.
fn fault(row: &Candidate, newer: Option<&Candidate>) -> Option<&'static str> {
    match newer {
        Some(newer) if newer.seq == row.seq => Some("another segment has the same row"),
        Some(_) if !row.hidden && !row.delete => Some("it is not hidden, and there is a newer one"),
        None if row.hidden => Some("it is hidden, and there is no newer one"),
        _ => None,
    }
}
