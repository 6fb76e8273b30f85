//! A fixed point in time: reads by id and scans.
//!
//! A point read asks the memtables, newest first, and then the segments. A scan walks all layers at once in order of id
//! (`merge`); rows that are hidden in their segment are passed over. Neither holds a lock between two calls.

use crate::merge::{Layer, Merge};
use crate::segment::SegmentRows;
use crate::state::State;
use crate::version::Published;
use quire_model::json::Json;
use quire_model::{
    Code, DocId, Document, Error, Filter, Name, Result, Row, Rows, Scan, Seq, Snapshot, Stored, Support,
};
use std::sync::Arc;

/// Documents and bytes that one pull of a scan gives at most.
const BATCH_DOCUMENTS: usize = 1024;
const BATCH_BYTES: usize = 1 << 20;
/// Documents and bytes that one pull of a scan looks at, whether they match or not: some milliseconds of work.
const LOOK_DOCUMENTS: usize = 8192;
const LOOK_BYTES: usize = 8 << 20;

/// A snapshot: everything published with its sequence number, and nothing later.
pub(crate) struct View {
    published: Arc<Published>,
    state: Arc<State>,
}

/// The last one that sees a file that nothing names any more lets the background know, which removes it.
impl Drop for View {
    fn drop(&mut self) {
        if self.state.has_retired() {
            self.published = self.state.live.get();
            (self.state.wake)();
        }
    }
}

impl View {
    pub(crate) fn new(state: Arc<State>) -> View {
        View { published: state.live.get(), state }
    }

    fn collection(&self, name: &Name) -> Result<u32> {
        match self.published.catalog.get(name.as_str()) {
            Some(collection) => Ok(collection.number),
            None => Err(collection_not_found(name)),
        }
    }
}

/// The error for a collection that is not there.
pub(crate) fn collection_not_found(name: &Name) -> Error {
    Error::new(Code::CollectionNotFound, format!("there is no collection {name}"))
}

impl Snapshot for View {
    fn seq(&self) -> Seq {
        self.published.seq
    }

    fn timeline(&self) -> u64 {
        self.state.timeline
    }

    fn collections(&self) -> Result<Vec<Name>> {
        Ok(self.published.catalog.iter().map(|c| c.name.clone()).collect())
    }

    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        let number = self.collection(collection)?;
        let read = |id: &DocId| {
            let found = self.published.version.get(number, id.as_str(), self.published.seq)?;
            Ok(found.and_then(|(rev, text)| {
                Some(Stored { document: Document::from_checked(id.clone(), text?), rev })
            }))
        };
        ids.iter().map(read).collect()
    }

    fn scan(&self, scan: Scan) -> Result<Box<dyn Rows>> {
        let number = self.collection(&scan.collection)?;
        let version = &self.published.version;
        let tables = version
            .tables()
            .map(|table| Layer::table(table.clone(), number, self.published.seq, scan.after.clone()));
        let after = scan.after.as_ref().map(DocId::as_str);
        let mut layers: Vec<Layer> = tables.collect();
        for layer in version.segments.of(number) {
            let rows = SegmentRows::of(layer.segment.clone(), layer.hidden.clone(), number, after)?;
            layers.push(Layer::Segment(Box::new(rows)));
        }
        let merge = Merge::new(layers)?;
        Ok(Box::new(Scanning {
            merge,
            filter: scan.filter,
            left: scan.limit.unwrap_or(usize::MAX),
            // Segments and memtables stay while they are read, even if they are replaced meanwhile.
            _published: self.published.clone(),
        }))
    }

    fn support(&self, _filter: &Filter) -> Support {
        Support::Exact
    }
}

struct Scanning {
    merge: Merge,
    filter: Filter,
    left: usize,
    _published: Arc<Published>,
}

impl Rows for Scanning {
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>> {
        let mut batch = Vec::new();
        let (mut bytes, mut looked, mut looked_bytes) = (0, 0, 0);
        while self.left > 0 && batch.len() < BATCH_DOCUMENTS && bytes < BATCH_BYTES {
            if looked == LOOK_DOCUMENTS || looked_bytes > LOOK_BYTES {
                return Ok(Some(batch));
            }
            let Some(head) = self.merge.next()? else { break };
            looked += 1;
            let Some(text) = head.text() else { continue };
            looked_bytes += text.len();
            // Nothing is copied before it is known to be wanted.
            if self.filter.matches(Row { json: Json::new(text), rev: Some(head.seq()) }) {
                bytes += text.len();
                self.left -= 1;
                let (id, rev) = (DocId::new(head.id())?, head.seq());
                if let Some(text) = head.into_text() {
                    batch.push(Stored { document: Document::from_checked(id, text), rev });
                }
            }
        }
        Ok((!batch.is_empty()).then_some(batch))
    }
}
