//! What users see of a database: everything but the collections of the system, whose names begin with `_`.
//!
//! Every read goes through this view, so that what the system keeps shows neither in a list nor in a hint, and
//! is not found by its name. Writes are refused by name before (`write/prepare.rs`).

use crate::hint::no_collection;
use quire_model::{DocId, Filter, Name, Result, Rows, Scan, Seq, Snapshot, Stored, Support};
use std::sync::Arc;

/// A snapshot without the collections of the system.
pub(crate) struct Visible(Arc<dyn Snapshot>);

impl Visible {
    pub(crate) fn of(snapshot: Arc<dyn Snapshot>) -> Arc<dyn Snapshot> {
        Arc::new(Visible(snapshot))
    }

    fn check(&self, collection: &Name) -> Result<()> {
        if collection.is_system() { Err(no_collection(collection, self)) } else { Ok(()) }
    }
}

impl Snapshot for Visible {
    fn seq(&self) -> Seq {
        self.0.seq()
    }

    fn timeline(&self) -> u64 {
        self.0.timeline()
    }

    fn collections(&self) -> Result<Vec<Name>> {
        let mut names = self.0.collections()?;
        names.retain(|name| !name.is_system());
        Ok(names)
    }

    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        self.check(collection)?;
        self.0.get(collection, ids)
    }

    fn scan(&self, scan: Scan) -> Result<Box<dyn Rows>> {
        self.check(&scan.collection)?;
        self.0.scan(scan)
    }

    fn support(&self, filter: &Filter) -> Support {
        self.0.support(filter)
    }
}
