//! The names in a query: a table is a collection of the session's database, or `database.collection` of
//! another.
//!
//! Each database is read at one snapshot, taken when the query first names it, so that every mention of a
//! collection sees the same state. The columns of a table are inferred when it is named and not before.

use super::cache::{self, Key};
use super::error::{external, sql_error};
use super::shape::{Inferred, infer};
use super::statements::is_table_function;
use super::table::Table;
use crate::hint;
use crate::visible::Visible;
use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::TableType;
use quire_model::{Code, Error, Name, Result, Snapshot, Store};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What one query reads.
#[derive(Clone)]
pub(super) struct Catalog(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    /// The session's database and its state.
    database: Name,
    snapshot: Arc<dyn Snapshot>,
    /// The names and key words of the statement: fields among them are columns however rare they are.
    words: HashSet<String>,
    /// The states of other databases that the query names.
    others: Mutex<HashMap<Name, Arc<dyn Snapshot>>>,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "databases beside {}", self.0.database)
    }
}

impl Catalog {
    /// What a query in a database reads.
    pub(super) fn new(
        store: Arc<dyn Store>,
        database: Name,
        snapshot: Arc<dyn Snapshot>,
        words: HashSet<String>,
    ) -> Catalog {
        Catalog(Arc::new(Inner { store, database, snapshot, words, others: Mutex::default() }))
    }

    /// The table for a collection.
    ///
    /// # Errors
    /// `database_not_found`, `collection_not_found`, `corrupt`.
    pub(super) async fn table(&self, database: &str, collection: &str) -> Result<Table> {
        let (database, collection) = (Name::new(database), Name::new(collection));
        let catalog = self.clone();
        let cancelled = Cancel::default();
        let flag = Arc::clone(&cancelled.0);
        // Reading blocks. If the query ends first, the flag ends the reading.
        let task = tokio::task::spawn_blocking(move || catalog.open(&database?, &collection?, &flag));
        let table = task.await;
        drop(cancelled);
        table.map_err(|e| Error::internal(format!("the fields of a collection could not be read: {e}")))?
    }

    fn open(&self, database: &Name, collection: &Name, cancelled: &AtomicBool) -> Result<Table> {
        let snapshot = self.snapshot(database)?;
        if !snapshot.collections()?.contains(collection) {
            return Err(hint::no_collection(collection, snapshot.as_ref()));
        }
        let key = Key::new(&self.0.store, snapshot.as_ref(), collection);
        let words = &self.0.words;
        let inferred = match cache::get(&key).filter(|known: &Arc<Inferred>| known.covers(words)) {
            Some(known) => known,
            None => {
                let inferred = infer(snapshot.as_ref(), collection, words, cancelled)?;
                let inferred = Arc::new(inferred.held(self.0.store.memory())?);
                cache::put(&key, &inferred);
                inferred
            }
        };
        Ok(Table { schema: inferred.schema(words), snapshot, collection: collection.clone(), key })
    }

    /// The state of a database, the same one throughout the query.
    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        if *database == self.0.database {
            return Ok(Arc::clone(&self.0.snapshot));
        }
        let mut others = self.0.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = others.get(database) {
            return Ok(Arc::clone(snapshot));
        }
        let snapshot = Visible::of(self.0.store.snapshot(database)?);
        others.insert(database.clone(), Arc::clone(&snapshot));
        Ok(snapshot)
    }
}

/// Ends what runs on another thread when the query that waits for it is dropped.
#[derive(Default)]
struct Cancel(Arc<AtomicBool>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        vec![self.0.database.to_string()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        // Whether the database exists is said when one of its tables is asked for, with our own error.
        Some(Arc::new(Database { catalog: self.clone(), name: name.to_owned() }))
    }
}

/// A database in a query.
struct Database {
    catalog: Catalog,
    name: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database {}", self.name)
    }
}

#[async_trait]
impl SchemaProvider for Database {
    /// Only the listings of `information_schema` ask, and only for the session's database.
    fn table_names(&self) -> Vec<String> {
        match self.catalog.0.snapshot.collections() {
            Ok(names) => names.iter().map(Name::to_string).collect(),
            Err(error) => {
                tracing::error!(event = "collections_not_listed", %error, "the collections could not be listed");
                Vec::new()
            }
        }
    }

    async fn table(&self, name: &str) -> DataFusionResult<Option<Arc<dyn TableProvider>>> {
        match self.catalog.table(&self.name, name).await {
            Ok(table) => Ok(Some(Arc::new(table))),
            // A function in FROM is looked for as a table first.
            Err(e) if e.code() == Code::CollectionNotFound && is_table_function(name) => Ok(None),
            Err(e) => Err(external(e)),
        }
    }

    async fn table_type(&self, _: &str) -> DataFusionResult<Option<TableType>> {
        Ok(Some(TableType::Base))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.table_names().iter().any(|known| known == name)
    }
}

/// The collection that a name in a query means, as (database, collection).
///
/// # Errors
/// `invalid_sql` for more than two parts.
pub(super) fn resolve<'a>(parts: &[&'a str], database: &'a Name) -> Result<(&'a str, &'a str)> {
    match parts {
        [collection] => Ok((database.as_str(), collection)),
        [database, collection] => Ok((database, collection)),
        _ => Err(sql_error(format!("{} is no collection: at most database.collection", parts.join(".")))),
    }
}
