//! A data folder: its lock, and the databases in it.
//!
//! ```text
//! DIR/LOCK                 held by the process that has the folder open
//! DIR/databases/N/         one database; its name is in its manifest
//! DIR/databases/N.new/     being made; DIR/databases/N.dropped/ being removed: both removed at open
//! ```

use crate::clock::{Clock, SystemClock};
use crate::database::{self, Database};
use crate::disk::{Disk, RealDisk};
use crate::error::disk_error;
use crate::maintain::Background;
use crate::options::Options;
use crate::sync::{lock, read, write};
use quire_model::{
    Checkpoint, Code, Committed, DatabaseStatistics, Error, Name, Result, Snapshot, Store, WriteBatch,
};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

/// The database that every store has.
pub const DEFAULT_DATABASE: &str = "main";

/// An open data folder. Dropping it closes it; [`EngineStore::close`] does too and tells how it went.
pub struct EngineStore {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    options: Options,
    databases: RwLock<BTreeMap<Name, Arc<Database>>>,
    /// Held while databases are made and dropped.
    defining: Mutex<u32>,
    background: Background,
    /// Released when the store is dropped, after everything else.
    _lock: Box<dyn Send + Sync>,
}

impl EngineStore {
    /// Opens a data folder on the machine's disk, making it if it is absent and [`Options::create`] allows.
    ///
    /// # Errors
    /// `locked` where another process has it open, `unavailable` where it is absent or cannot be reached, `corrupt`
    /// with file and offset, `format_unsupported`.
    pub fn open(folder: &Path, options: Options) -> Result<EngineStore> {
        EngineStore::open_on(Arc::new(RealDisk), Arc::new(SystemClock), folder, options)
    }

    /// Opens a data folder on a disk and with a clock of the caller's.
    ///
    /// # Errors
    /// As [`EngineStore::open`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        folder: &Path,
        options: Options,
    ) -> Result<EngineStore> {
        options.check()?;
        let databases_folder = folder.join("databases");
        if !options.create && disk.list(&databases_folder).is_err() {
            let detail = format!("there is no QuireDB data folder at {}", folder.display());
            return Err(Error::new(Code::Unavailable, detail));
        }
        make_folder(&*disk, folder, &databases_folder)?;
        let lock = take_lock(&*disk, folder)?;
        let mut store = EngineStore {
            folder: databases_folder,
            disk,
            clock,
            options,
            databases: RwLock::default(),
            defining: Mutex::new(1),
            background: Background::default(),
            _lock: lock,
        };
        store.open_databases()?;
        let main = Name::new(DEFAULT_DATABASE)?;
        if !read(&store.databases).contains_key(&main) {
            store.create_database(&main)?;
        }
        if store.options.background {
            store.background.start().map_err(|e| disk_error("start a thread for", folder.display(), e))?;
        }
        Ok(store)
    }

    fn open_databases(&mut self) -> Result<()> {
        let names = self.disk.list(&self.folder).map_err(|e| disk_error("list", self.folder.display(), e))?;
        let mut next_number = 1;
        for name in names {
            let path = self.folder.join(&name);
            if name.ends_with(".new") || name.ends_with(".dropped") {
                self.disk.remove_folder(&path).map_err(|e| disk_error("remove", path.display(), e))?;
            } else if let Ok(number) = name.parse::<u32>() {
                next_number = next_number.max(number + 1);
                self.open_database(&path)?;
            }
        }
        *lock(&self.defining) = next_number;
        Ok(())
    }

    fn open_database(&self, folder: &Path) -> Result<()> {
        let wake = self.background.waker();
        let (disk, clock) = (self.disk.clone(), self.clock.clone());
        let database = Arc::new(Database::open(disk, clock, folder, self.options.clone(), wake)?);
        self.background.add(database.work().clone());
        write(&self.databases).insert(database.name().clone(), database);
        Ok(())
    }

    fn database(&self, name: &Name) -> Result<Arc<Database>> {
        let found = read(&self.databases).get(name).cloned();
        found.ok_or_else(|| Error::new(Code::DatabaseNotFound, format!("there is no database {name}")))
    }

    /// Does one piece of background work, if any waits; answers whether it did. For a store without a background.
    ///
    /// # Errors
    /// What the piece of work failed with.
    pub fn step(&self) -> Result<bool> {
        let databases: Vec<_> = read(&self.databases).values().cloned().collect();
        for database in databases {
            if let Some(job) = database.work().next_job() {
                database.work().run(job)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Closes every database in good order. Later writes are refused.
    ///
    /// # Errors
    /// The first that a database met; the others are closed all the same.
    pub fn close(&self) -> Result<()> {
        self.background.stop();
        let mut result = Ok(());
        for database in read(&self.databases).values() {
            let closed = database.close();
            if let Err(error) = &closed {
                tracing::error!(event = "close_failed", database = %database.name(), %error);
            }
            result = result.and(closed);
        }
        result
    }
}

impl Drop for EngineStore {
    fn drop(&mut self) {
        // Failures are logged by close itself; the log is whole either way.
        let _ = self.close();
    }
}

fn make_folder(disk: &dyn Disk, folder: &Path, databases: &Path) -> Result<()> {
    if disk.list(databases).is_ok() {
        return Ok(());
    }
    let failed = |e| disk_error("create", folder.display(), e);
    disk.create_folder(databases).map_err(failed)?;
    disk.sync_folder(folder).map_err(failed)?;
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => disk.sync_folder(parent).map_err(failed),
        _ => disk.sync_folder(Path::new(".")).map_err(failed),
    }
}

fn take_lock(disk: &dyn Disk, folder: &Path) -> Result<Box<dyn Send + Sync>> {
    disk.lock(&folder.join("LOCK")).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            Error::new(Code::Locked, format!("another process has {} open", folder.display()))
        }
        _ => disk_error("lock", folder.display(), error),
    })
}

impl Store for EngineStore {
    fn databases(&self) -> Result<Vec<Name>> {
        Ok(read(&self.databases).keys().cloned().collect())
    }

    fn create_database(&self, name: &Name) -> Result<()> {
        let mut next_number = lock(&self.defining);
        if read(&self.databases).contains_key(name) {
            return Err(Error::new(Code::DatabaseExists, format!("there is a database {name} already")));
        }
        let number = *next_number;
        let (unfinished, folder) =
            (self.folder.join(format!("{number}.new")), self.folder.join(number.to_string()));
        let failed = |e| disk_error("create", folder.display(), e);
        database::create(&*self.disk, &*self.clock, &unfinished, number, name)?;
        self.disk.rename(&unfinished, &folder).map_err(failed)?;
        self.disk.sync_folder(&self.folder).map_err(failed)?;
        *next_number += 1;
        self.open_database(&folder)
    }

    fn drop_database(&self, name: &Name) -> Result<()> {
        let _defining = lock(&self.defining);
        if name.as_str() == DEFAULT_DATABASE {
            let detail = format!("the default database {name} always exists; drop its collections instead");
            return Err(Error::new(Code::InvalidName, detail));
        }
        let database = self.database(name)?;
        let (folder, dropped) = (database.folder(), database.folder().with_extension("dropped"));
        let failed = |e| disk_error("drop", folder.display(), e);
        database.close()?;
        self.background.remove(database.state());
        self.disk.rename(folder, &dropped).map_err(failed)?;
        self.disk.sync_folder(&self.folder).map_err(failed)?;
        write(&self.databases).remove(name);
        // Snapshots that are open keep their files; the names go now.
        self.disk.remove_folder(&dropped).map_err(failed)
    }

    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        Ok(self.database(database)?.snapshot())
    }

    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        self.database(database)?.commit(batch)
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        self.database(database)?.checkpoint()
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        self.database(database)?.statistics()
    }
}
