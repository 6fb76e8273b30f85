//! Snapshots of the model store: the maps as they were, and pulls over them.

use super::{Collections, Documents, no_collection};
use quire_model::{DocId, Filter, Name, Result, Row, Rows, Scan, Seq, Snapshot, Stored, Support};
use std::ops::Bound;
use std::sync::Arc;

/// Small, so that tests meet the edges of batches.
const BATCH_ROWS: usize = 16;

pub(crate) struct ModelSnapshot {
    timeline: u64,
    seq: Seq,
    collections: Collections,
    support: Support,
}

impl ModelSnapshot {
    pub(crate) fn new(timeline: u64, seq: Seq, collections: Collections, support: Support) -> ModelSnapshot {
        ModelSnapshot { timeline, seq, collections, support }
    }

    fn collection(&self, name: &Name) -> Result<&Arc<Documents>> {
        self.collections.get(name).ok_or_else(|| no_collection(name))
    }
}

impl Snapshot for ModelSnapshot {
    fn seq(&self) -> Seq {
        self.seq
    }

    fn timeline(&self) -> u64 {
        self.timeline
    }

    fn collections(&self) -> Result<Vec<Name>> {
        Ok(self.collections.keys().cloned().collect())
    }

    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        let documents = self.collection(collection)?;
        Ok(ids.iter().map(|id| documents.get(id).cloned()).collect())
    }

    fn scan(&self, scan: Scan) -> Result<Box<dyn Rows>> {
        let documents = Arc::clone(self.collection(&scan.collection)?);
        let left = if self.support == Support::Exact { scan.limit } else { None };
        Ok(Box::new(ModelRows {
            documents,
            filter: scan.filter,
            after: scan.after,
            left,
            support: self.support,
        }))
    }

    fn support(&self, _filter: &Filter) -> Support {
        self.support
    }
}

struct ModelRows {
    documents: Arc<Documents>,
    filter: Filter,
    after: Option<DocId>,
    left: Option<usize>,
    support: Support,
}

impl ModelRows {
    fn returns(&self, stored: &Stored) -> bool {
        match self.support {
            Support::Exact => self.filter.matches(Row::from(stored)),
            // Too much on purpose: every second revision comes whatever the filter says.
            Support::Inexact => stored.rev.is_multiple_of(2) || self.filter.matches(Row::from(stored)),
            Support::None => true,
        }
    }
}

impl Rows for ModelRows {
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>> {
        let wanted = self.left.map_or(BATCH_ROWS, |left| left.min(BATCH_ROWS));
        let from = self.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let rows: Vec<Stored> = self
            .documents
            .range::<DocId, _>((from, Bound::Unbounded))
            .map(|(_, stored)| stored)
            .filter(|stored| self.returns(stored))
            .take(wanted)
            .cloned()
            .collect();
        let Some(last) = rows.last() else { return Ok(None) };
        self.after = Some(last.document.id().clone());
        self.left = self.left.map(|left| left - rows.len());
        Ok(Some(rows))
    }
}
