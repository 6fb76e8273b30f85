//! Databases and collections, and the figures about them.

use crate::hint::with_hint;
use crate::write::without_place;
use crate::{Seen, Session};
use quire_model::{Checkpoint, Code, DatabaseStatistics, Name, Operation, Result, Seq, WriteBatch};

impl Session {
    /// The collections of the database, by name.
    ///
    /// # Errors
    /// `database_not_found`.
    pub fn collections(&self) -> Result<Seen<Vec<Name>>> {
        let snapshot = self.snapshot()?;
        Ok(Seen { seq: snapshot.seq(), value: snapshot.collections()? })
    }

    /// Makes a collection.
    ///
    /// # Errors
    /// `collection_exists`, `invalid_name`, `database_not_found`.
    pub fn create_collection(&self, collection: &str) -> Result<Seq> {
        let collection = Name::for_user(collection)?;
        self.define(Operation::CreateCollection { collection })
    }

    /// Removes a collection with all its documents.
    ///
    /// # Errors
    /// `collection_not_found`, `invalid_name`, `database_not_found`.
    pub fn drop_collection(&self, collection: &str) -> Result<Seq> {
        let collection = Name::for_user(collection)?;
        self.define(Operation::DropCollection { collection: collection.clone() }).map_err(|error| match self
            .snapshot()
        {
            Ok(snapshot) => with_hint(error, &collection, &*snapshot),
            Err(_) => error,
        })
    }

    /// The databases of the store, by name.
    ///
    /// # Errors
    /// What the store cannot do.
    pub fn databases(&self) -> Result<Vec<Name>> {
        self.store().databases()
    }

    /// Makes a database.
    ///
    /// # Errors
    /// `database_exists`, `invalid_name`.
    pub fn create_database(&self, database: &str) -> Result<()> {
        self.store().create_database(&Name::for_user(database)?)
    }

    /// Removes a database with everything in it.
    ///
    /// # Errors
    /// `database_not_found`; `invalid_name`, also for the default database.
    pub fn drop_database(&self, database: &str) -> Result<()> {
        self.store().drop_database(&Name::for_user(database)?)
    }

    /// Figures of all databases.
    ///
    /// # Errors
    /// What the store cannot do.
    pub fn statistics(&self) -> Result<Vec<DatabaseStatistics>> {
        let mut all = Vec::new();
        for name in self.store().databases()? {
            match self.store().statistics(&name) {
                Ok(statistics) => all.push(statistics),
                // It was removed since the names were listed.
                Err(error) if error.code() == Code::DatabaseNotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    /// Bounds the time that a restart of this database takes.
    ///
    /// # Errors
    /// `database_not_found`, and what the disk refuses.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        self.store().checkpoint(self.database())
    }

    fn define(&self, operation: Operation) -> Result<Seq> {
        let committed = self.store().commit(self.database(), WriteBatch::of(operation));
        committed.map(|committed| committed.seq).map_err(without_place)
    }
}
