//! One sorted walk over several layers: for each id the newest layer's version, the rest is skipped.

use crate::memtable::{Memtable, Text, Version};
use crate::run::RunRows;
use quire_model::{DocId, Result, Seq};
use std::sync::Arc;

/// Ids of a memtable that are looked at at a time, under its lock.
const TABLE_BATCH: usize = 256;

/// A version of a document, with the collection it is in.
pub(crate) struct Merged {
    pub(crate) collection: u32,
    pub(crate) id: DocId,
    pub(crate) seq: Seq,
    pub(crate) text: Text,
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
    Run(RunRows),
}

impl Layer {
    /// A memtable's versions of one collection at `seq`.
    pub(crate) fn table(table: Arc<Memtable>, collection: u32, seq: Seq, after: Option<DocId>) -> Layer {
        Layer::Table { table, collection, seq, after, batch: Vec::new().into_iter(), end: false }
    }

    fn next(&mut self) -> Result<Option<Merged>> {
        match self {
            Layer::Run(rows) => rows
                .next(|row| {
                    let id = DocId::new(row.id)?;
                    Ok(Merged { collection: row.collection, id, seq: row.seq, text: row.text.map(Arc::from) })
                })?
                .transpose(),
            Layer::Table { table, collection, seq, after, batch, end } => loop {
                if let Some(Version { id, seq, text }) = batch.next() {
                    return Ok(Some(Merged { collection: *collection, id, seq, text }));
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

/// The walk. Layers are given newest first.
pub(crate) struct Merge {
    layers: Vec<(Layer, Option<Merged>)>,
}

impl Merge {
    pub(crate) fn new(layers: Vec<Layer>) -> Result<Merge> {
        let mut heads = Vec::with_capacity(layers.len());
        for mut layer in layers {
            let head = layer.next()?;
            heads.push((layer, head));
        }
        Ok(Merge { layers: heads })
    }

    /// The next id's newest version, deletes included.
    pub(crate) fn next(&mut self) -> Result<Option<Merged>> {
        fn key(head: &Merged) -> (u32, &DocId) {
            (head.collection, &head.id)
        }
        // The first of equal heads is the newest. A handful of layers: a linear look beats a heap.
        let heads = self.layers.iter().enumerate().filter_map(|(n, (_, head))| Some((n, head.as_ref()?)));
        let Some(first) = heads.min_by(|a, b| key(a.1).cmp(&key(b.1)).then(a.0.cmp(&b.0))).map(|(n, _)| n)
        else {
            return Ok(None);
        };
        let Some(merged) = self.advance(first)? else { return Ok(None) };
        for n in first + 1..self.layers.len() {
            if self.layers[n].1.as_ref().is_some_and(|head| key(head) == key(&merged)) {
                self.advance(n)?;
            }
        }
        Ok(Some(merged))
    }

    fn advance(&mut self, n: usize) -> Result<Option<Merged>> {
        let (layer, head) = &mut self.layers[n];
        let next = layer.next()?;
        Ok(std::mem::replace(head, next))
    }
}
