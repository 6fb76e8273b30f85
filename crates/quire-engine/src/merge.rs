//! One sorted walk over several layers: for each id the row with the highest sequence number, the rest is skipped.

use crate::memtable::{Memtable, Version};
use crate::segment::{Hit, SegmentRows};
use quire_model::{DocId, Result, Seq};
use std::sync::Arc;

/// Ids of a memtable that are looked at at a time, under its lock.
const TABLE_BATCH: usize = 256;

/// A row of some layer, where it lies.
pub(crate) enum Head {
    Fresh { collection: u32, version: Version },
    Stored(Hit),
}

impl Head {
    pub(crate) fn collection(&self) -> u32 {
        match self {
            Head::Fresh { collection, .. } => *collection,
            Head::Stored(hit) => hit.row().collection,
        }
    }

    pub(crate) fn id(&self) -> &str {
        match self {
            Head::Fresh { version, .. } => version.id.as_str(),
            Head::Stored(hit) => hit.row().id,
        }
    }

    pub(crate) fn seq(&self) -> Seq {
        match self {
            Head::Fresh { version, .. } => version.seq,
            Head::Stored(hit) => hit.row().seq,
        }
    }

    /// `None` for a delete.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Head::Fresh { version, .. } => version.text.as_deref(),
            Head::Stored(hit) => hit.row().text,
        }
    }

    /// The text to keep, without a copy where memory holds it already.
    pub(crate) fn into_text(self) -> Option<Arc<str>> {
        match self {
            Head::Fresh { version, .. } => version.text,
            Head::Stored(hit) => hit.row().text.map(Arc::from),
        }
    }

    fn key(&self) -> (u32, &str) {
        (self.collection(), self.id())
    }
}

/// One layer of the walk.
pub(crate) enum Layer {
    Table {
        table: Arc<Memtable>,
        collection: u32,
        seq: Seq,
        after: Option<DocId>,
        batch: std::vec::IntoIter<Version>,
        end: bool,
    },
    Segment(Box<SegmentRows>),
}

impl Layer {
    /// A memtable's versions of one collection at `seq`.
    pub(crate) fn table(table: Arc<Memtable>, collection: u32, seq: Seq, after: Option<DocId>) -> Layer {
        Layer::Table { table, collection, seq, after, batch: Vec::new().into_iter(), end: false }
    }

    pub(crate) fn next(&mut self) -> Result<Option<Head>> {
        match self {
            Layer::Segment(rows) => Ok(rows.next()?.map(Head::Stored)),
            Layer::Table { table, collection, seq, after, batch, end } => loop {
                if let Some(version) = batch.next() {
                    return Ok(Some(Head::Fresh { collection: *collection, version }));
                }
                if *end {
                    return Ok(None);
                }
                let (versions, looked_to) = table.batch(*collection, after.as_ref(), *seq, TABLE_BATCH);
                *end = looked_to.is_none();
                *after = looked_to;
                *batch = versions.into_iter();
            },
        }
    }
}

/// The walk.
pub(crate) struct Merge {
    layers: Vec<(Layer, Option<Head>)>,
}

impl Merge {
    pub(crate) fn new(layers: Vec<Layer>) -> Result<Merge> {
        let mut heads = Vec::with_capacity(layers.len());
        for mut layer in layers {
            if let Some(head) = layer.next()? {
                heads.push((layer, Some(head)));
            }
        }
        Ok(Merge { layers: heads })
    }

    /// The next id's newest row, deletes included.
    pub(crate) fn next(&mut self) -> Result<Option<Head>> {
        // A handful of layers: a linear look beats a heap.
        let mut first: Option<usize> = None;
        let mut equal = false;
        for n in 0..self.layers.len() {
            let Some(head) = &self.layers[n].1 else { continue };
            let Some(best) = first.and_then(|first| self.layers[first].1.as_ref()) else {
                first = Some(n);
                continue;
            };
            match head.key().cmp(&best.key()) {
                std::cmp::Ordering::Less => (first, equal) = (Some(n), false),
                std::cmp::Ordering::Equal => {
                    equal = true;
                    if head.seq() > best.seq() {
                        first = Some(n);
                    }
                }
                std::cmp::Ordering::Greater => {}
            }
        }
        let Some(first) = first else { return Ok(None) };
        let Some(newest) = self.advance(first)? else { return Ok(None) };
        for n in 0..self.layers.len() {
            let same = |head: &Head| head.key() == newest.key();
            if equal && n != first && self.layers[n].1.as_ref().is_some_and(same) {
                self.advance(n)?;
            }
        }
        Ok(Some(newest))
    }

    fn advance(&mut self, n: usize) -> Result<Option<Head>> {
        let (layer, head) = &mut self.layers[n];
        let next = layer.next()?;
        Ok(std::mem::replace(head, next))
    }
}
