//! The session: which store, which database, which limits.

use crate::Limits;
use quire_model::{Name, Result, Snapshot, Store};
use std::sync::Arc;

/// A door to one database of a store. Cheap to clone; every read opens its own snapshot, and every write is
/// one commit. All methods but SQL block.
#[derive(Clone)]
pub struct Session {
    store: Arc<dyn Store>,
    database: Name,
    limits: Arc<Limits>,
}

impl Session {
    /// A session on a database. Whether the database exists is not asked here: the methods answer
    /// `database_not_found`.
    pub fn new(store: Arc<dyn Store>, database: Name, limits: Limits) -> Session {
        Session { store, database, limits: Arc::new(limits) }
    }

    /// The database.
    pub fn database(&self) -> &Name {
        &self.database
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A session on another database of the same store, under the same limits.
    #[must_use]
    pub fn with_database(&self, database: Name) -> Session {
        Session { database, ..self.clone() }
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub(crate) fn snapshot(&self) -> Result<Arc<dyn Snapshot>> {
        self.store.snapshot(&self.database)
    }
}
