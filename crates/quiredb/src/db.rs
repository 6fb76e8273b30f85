//! A data folder, and one of its databases.

use crate::{Batch, Collection};
use quire_engine::{DEFAULT_DATABASE, EngineStore, Options};
use quire_model::{Name, Result, Store};
use quire_query::{Limits, Session};
use std::path::Path;
use std::sync::Arc;

/// An open data folder, seen through one of its databases. Clones share it; the folder is closed when the last one is
/// dropped, or by [`Db::close`].
#[derive(Clone)]
pub struct Db {
    store: Arc<EngineStore>,
    pub(crate) session: Session,
}

impl Db {
    /// Opens a data folder, making it if it is absent, and its default database `main`, with the default settings: the
    /// cache, fresh documents and queries share 256 MiB of memory ([`Options::memory_bytes_max`]), and a query that
    /// needs more is `memory_limit`.
    ///
    /// # Errors
    /// `locked` where another process has it open, `corrupt` with file and offset, `format_unsupported`,
    /// `unavailable` where the folder cannot be reached.
    pub fn open(folder: impl AsRef<Path>) -> Result<Db> {
        Db::open_with(folder, Options::default(), Limits::default())
    }

    /// Opens a data folder with other settings.
    ///
    /// ```
    /// # fn main() -> quiredb::Result<()> {
    /// # let folder = quiredb::doc_folder("settings");
    /// use quiredb::{Code, Db, Limits, Options};
    ///
    /// let options = Options { memory_bytes_max: 16 << 20, changes_retain_ms: 0, ..Options::default() };
    /// let db = Db::open_with(&folder, options, Limits::default())?;
    /// let texts = db.collection::<serde_json::Value>("texts");
    /// let long = serde_json::json!({"text": "x".repeat(7 << 20)});
    /// texts.insert(&long)?;
    /// // Of the 16 MiB the cache has 8, and queries have at most 6.
    /// assert_eq!(texts.find("{}").sort("text").fetch().unwrap_err().code(), Code::MemoryLimit);
    /// drop((db, texts));
    ///
    /// let options = Options { read_only: true, ..Options::default() };
    /// let db = Db::open_with(&folder, options, Limits::default())?;
    /// let texts = db.collection::<serde_json::Value>("texts");
    /// assert_eq!(texts.count("{}")?, 1);
    /// assert_eq!(texts.insert(&long).unwrap_err().code(), Code::ReadOnly);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Db::open`], and `invalid_request` for a setting outside its range.
    pub fn open_with(folder: impl AsRef<Path>, options: Options, limits: Limits) -> Result<Db> {
        let store = Arc::new(EngineStore::open(folder.as_ref(), options)?);
        let session = Session::new(store.clone() as Arc<dyn Store>, Name::new(DEFAULT_DATABASE)?, limits);
        Ok(Db { store, session })
    }

    /// Another database of the same folder. It must exist when it is used.
    ///
    /// # Errors
    /// `invalid_name`.
    pub fn database(&self, name: &str) -> Result<Db> {
        Ok(Db { store: self.store.clone(), session: self.session.with_database(Name::new(name)?) })
    }

    /// The databases of the folder, by name.
    ///
    /// # Errors
    /// None today; a backend may be out of reach.
    pub fn databases(&self) -> Result<Vec<String>> {
        Ok(self.session.databases()?.iter().map(|name| name.as_str().to_owned()).collect())
    }

    /// Makes a database; durable when this returns.
    ///
    /// # Errors
    /// `database_exists`, `invalid_name`; `invalid_request` under [`Db::once`].
    pub fn create_database(&self, name: &str) -> Result<()> {
        self.session.create_database(name)
    }

    /// Removes a database with everything in it.
    ///
    /// # Errors
    /// `database_not_found`; `invalid_name` for `main`.
    pub fn drop_database(&self, name: &str) -> Result<()> {
        self.session.drop_database(name)
    }

    /// The same database with an idempotency key for one write, of one document or a batch: the first time the write is
    /// committed together with the key, and every further time, also after a crash and in another process, its answer
    /// is given again and nothing is written. A write that is refused leaves the key free. How long keys are
    /// remembered, and how many, is in [`Limits`].
    ///
    /// ```
    /// # fn main() -> quiredb::Result<()> {
    /// # let db = quiredb::Db::open(quiredb::doc_folder("once"))?;
    /// let order = serde_json::json!({"item": "lamp"});
    /// let first = db.once("order-17")?.collection("orders").insert(&order)?;
    /// let again = db.once("order-17")?.collection("orders").insert(&order)?;
    /// assert_eq!((&first.id, first.rev, again.replayed), (&again.id, again.rev, true));
    /// assert_eq!(db.collection::<serde_json::Value>("orders").count("{}")?, 1);
    /// let error = db.once("order-17")?.collection("orders").insert(&serde_json::json!({})).unwrap_err();
    /// assert_eq!(error.code(), quiredb::Code::IdempotencyMismatch);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `invalid_request` where the key is not 1 to 255 visible ASCII characters.
    pub fn once(&self, key: &str) -> Result<Db> {
        Ok(Db { store: self.store.clone(), session: self.session.once(key)? })
    }

    /// A collection of documents of type `T`. It is made by its first write; nothing is checked here.
    pub fn collection<T>(&self, name: &str) -> Collection<T> {
        Collection::new(self.session.clone(), name)
    }

    /// The collections of this database, by name.
    ///
    /// # Errors
    /// `database_not_found`.
    pub fn collections(&self) -> Result<Vec<String>> {
        Ok(self.session.collections()?.value.iter().map(|name| name.as_str().to_owned()).collect())
    }

    /// Makes an empty collection.
    ///
    /// # Errors
    /// `collection_exists`, `invalid_name`.
    pub fn create_collection(&self, name: &str) -> Result<()> {
        self.session.create_collection(name).map(|_| ())
    }

    /// Removes a collection with all its documents.
    ///
    /// # Errors
    /// `collection_not_found`.
    pub fn drop_collection(&self, name: &str) -> Result<()> {
        self.session.drop_collection(name).map(|_| ())
    }

    /// Begins a batch: writes to any collections of this database, all or nothing.
    pub fn batch(&self) -> Batch {
        Batch::new(self.session.clone())
    }

    /// Bounds the time that the next open takes: what is committed by now is not read from the log again.
    ///
    /// # Errors
    /// `disk_full`, `read_only`.
    pub fn checkpoint(&self) -> Result<()> {
        self.session.checkpoint().map(|_| ())
    }

    /// Closes the folder in good order and tells how it went. Dropping the last clone does the same silently; a
    /// program that is killed instead loses nothing that was answered.
    ///
    /// # Errors
    /// What the disk said.
    pub fn close(self) -> Result<()> {
        self.store.close()
    }
}
