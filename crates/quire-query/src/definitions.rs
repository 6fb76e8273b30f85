//! Databases and collections, and the figures about them.

use crate::hint::{no_collection, with_hint};
use crate::idempotency::Fingerprint;
use crate::write::{Failed, Planned, without_place};
use crate::{Seen, Session};
use quire_model::{
    Checkpoint, Code, DatabaseStatistics, DocId, Error, Name, Operation, Result, Seq, Snapshot, WriteBatch,
};
use std::sync::Arc;

/// A collection that was made or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defined {
    /// The sequence number of the commit.
    pub seq: Seq,
    /// Whether the commit was made by an earlier request with the same idempotency key.
    pub replayed: bool,
}

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
    /// `collection_exists`, `invalid_name`, `database_not_found`; with a key also as [`Session::once`].
    pub fn create_collection(&self, collection: &str) -> Result<Defined> {
        let collection = Name::for_user(collection)?;
        if let Some(key) = self.key() {
            let request = Fingerprint::of_words(&["create_collection", collection.as_str()]);
            return self.define_once(key.record()?, request, |snapshot| {
                if snapshot.collections()?.contains(&collection) {
                    let detail = format!("there is a collection {collection} already");
                    return Err(Error::new(Code::CollectionExists, detail));
                }
                Ok(Operation::CreateCollection { collection: collection.clone() })
            });
        }
        self.define(Operation::CreateCollection { collection })
    }

    /// Removes a collection with all its documents.
    ///
    /// # Errors
    /// `collection_not_found`, `invalid_name`, `database_not_found`; with a key also as [`Session::once`].
    pub fn drop_collection(&self, collection: &str) -> Result<Defined> {
        let collection = Name::for_user(collection)?;
        if let Some(key) = self.key() {
            let request = Fingerprint::of_words(&["drop_collection", collection.as_str()]);
            return self.define_once(key.record()?, request, |snapshot| {
                if !snapshot.collections()?.contains(&collection) {
                    return Err(no_collection(&collection, snapshot));
                }
                Ok(Operation::DropCollection { collection: collection.clone() })
            });
        }
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
    /// `database_exists`, `invalid_name`; `invalid_request` where the session has a key.
    pub fn create_database(&self, database: &str) -> Result<()> {
        self.refuse_key()?;
        self.store().create_database(&Name::for_user(database)?)
    }

    /// Removes a database with everything in it.
    ///
    /// # Errors
    /// `database_not_found`; `invalid_name`, also for the default database; `invalid_request` where the session
    /// has a key.
    pub fn drop_database(&self, database: &str) -> Result<()> {
        self.refuse_key()?;
        self.store().drop_database(&Name::for_user(database)?)
    }

    /// Figures of this database.
    ///
    /// # Errors
    /// `database_not_found`.
    pub fn database_statistics(&self) -> Result<DatabaseStatistics> {
        let mut statistics = self.store().statistics(self.database())?;
        statistics.collections.retain(|collection| !collection.name.is_system());
        Ok(statistics)
    }

    /// Figures of all databases.
    ///
    /// # Errors
    /// What the store cannot do.
    pub fn statistics(&self) -> Result<Vec<DatabaseStatistics>> {
        let mut all = Vec::new();
        for name in self.store().databases()? {
            match self.with_database(name).database_statistics() {
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

    /// For what is no commit, so that a key cannot be committed with it.
    fn refuse_key(&self) -> Result<()> {
        let detail = "databases are made and removed without an idempotency key";
        self.key().map_or(Ok(()), |_| Err(Error::new(Code::InvalidRequest, detail)))
    }

    fn define(&self, operation: Operation) -> Result<Defined> {
        let committed = self.store().commit(self.database(), WriteBatch::of(operation));
        committed.map(|committed| Defined { seq: committed.seq, replayed: false }).map_err(without_place)
    }

    fn define_once(
        &self,
        record: DocId,
        request: Fingerprint,
        plan: impl Fn(&dyn Snapshot) -> Result<Operation>,
    ) -> Result<Defined> {
        let plan = |snapshot: &Arc<dyn Snapshot>| match plan(&**snapshot) {
            Ok(operation) => Ok(Planned { operations: vec![operation], answer: Vec::new() }),
            Err(error) => Err(Failed::whole(error)),
        };
        let done = self.commit_once(record, request, plan).map_err(|failed| failed.error)?;
        Ok(Defined { seq: done.seq, replayed: done.replayed })
    }
}
