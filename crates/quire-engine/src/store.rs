//! A data folder: its lock, and the databases in it.
//!
//! ```text
//! DIR/LOCK                 held by the process that has the folder open
//! DIR/registry             which databases there are
//! DIR/databases/N/         one database; its name is in its manifest
//! DIR/databases/N.new/     being made; DIR/databases/N.dropped/ being removed: both removed at open
//! ```

use crate::clock::{Clock, SystemClock};
use crate::database::{self, Database};
use crate::disk::{Disk, RealDisk};
use crate::error::{corrupt, disk_error};
use crate::maintain::Background;
use crate::options::Options;
use crate::registry::{self, Registry};
use crate::segment::SegmentCache;
use crate::state::Shared;
use crate::sync::{lock, read, write};
use quire_model::{
    CacheStatistics, Checkpoint, Code, Committed, DatabaseStatistics, Error, Memory, Name, Result, Snapshot,
    Store, WriteBatch,
};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

/// The database that every store has.
pub const DEFAULT_DATABASE: &str = "main";

/// An open data folder. Dropping it closes it; [`EngineStore::close`] does too and tells how it went.
pub struct EngineStore {
    /// The data folder, and the one in it that holds the databases.
    root: PathBuf,
    folder: PathBuf,
    shared: Shared,
    options: Options,
    databases: RwLock<BTreeMap<Name, Arc<Database>>>,
    defining: Mutex<Defining>,
    background: Background,
    /// Released when the store is dropped, after everything else.
    _lock: Box<dyn Send + Sync>,
}

/// Held while databases are made and dropped.
struct Defining {
    /// Never used twice, also not after a failure: something of that number may be on the disk.
    next_number: u32,
    /// Names of which it is not known whether the disk still has, or already has, a database.
    unsure: Vec<Name>,
    closed: bool,
    read_only: Option<Arc<str>>,
    registry: Registry,
    /// Whether the disk is known to have just that.
    registry_known: bool,
}

impl Defining {
    fn check(&self, name: &Name) -> Result<()> {
        if self.closed {
            return Err(Error::new(Code::ReadOnly, "the data folder is closed"));
        }
        if let Some(reason) = &self.read_only {
            return Err(Error::new(Code::ReadOnly, &**reason));
        }
        if self.unsure.contains(name) {
            let detail =
                format!("whether there is a database {name} shows only after a restart: the disk failed");
            return Err(Error::new(Code::OutcomeUnknown, detail));
        }
        Ok(())
    }
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
        let known = disk.list(&databases_folder).is_ok() || disk.open(&folder.join(registry::NAME)).is_ok();
        if !known && (!options.create || options.read_only) {
            let detail = format!("there is no QuireDB data folder at {}", folder.display());
            return Err(Error::new(Code::Unavailable, detail));
        }
        if !known {
            make_folder(&*disk, folder, &databases_folder)?;
        }
        let (lock, read_only) = take_lock(&*disk, folder, options.read_only)?;
        if known && read_only.is_none() {
            make_folder(&*disk, folder, &databases_folder)?;
        }
        let options = Options { read_only: read_only.is_some(), ..options };
        let memory = Memory::new(options.memory_bytes_max)?;
        let cache = Arc::new(SegmentCache::new(memory.cache_bytes_max()));
        let mut store = EngineStore {
            root: folder.to_owned(),
            folder: databases_folder,
            shared: Shared { disk, clock, memory, cache, read_only: read_only.clone() },
            options,
            databases: RwLock::default(),
            defining: Mutex::new(Defining {
                next_number: 1,
                unsure: Vec::new(),
                closed: false,
                read_only,
                registry: Registry::default(),
                registry_known: true,
            }),
            background: Background::default(),
            _lock: lock,
        };
        store.open_databases()?;
        let main = Name::new(DEFAULT_DATABASE)?;
        if !store.options.read_only && !read(&store.databases).contains_key(&main) {
            store.create_database(&main)?;
        }
        if store.options.background && !store.options.read_only {
            store.background.start().map_err(|e| disk_error("start a thread for", folder.display(), e))?;
        }
        Ok(store)
    }

    fn open_databases(&mut self) -> Result<()> {
        let names =
            self.shared.disk.list(&self.folder).map_err(|e| disk_error("list", self.folder.display(), e))?;
        let registry = registry::read(&*self.shared.disk, &self.root)?.unwrap_or_default();
        for (number, name) in &registry.databases {
            // One whose drop was cut off in the middle is gone.
            if !names.contains(&number.to_string()) && !names.contains(&format!("{number}.dropped")) {
                let folder = self.folder.join(number.to_string());
                let what = format!("the folder of database {name} is missing");
                return Err(corrupt(folder.display(), 0, &what));
            }
        }
        let found: Vec<u32> = names.iter().filter_map(|name| folder_number(name)).collect();
        self.open_all(&found)?;
        let mut defining = lock(&self.defining);
        let named = registry.databases.iter().map(|(number, _)| *number);
        defining.next_number = found.iter().copied().chain(named).max().unwrap_or(0) + 1;
        defining.registry = registry;
        if self.options.read_only {
            return Ok(());
        }
        match self.register(&mut defining, None) {
            Err(error) if error.code() == Code::DiskFull => {
                // What is half made or half dropped stays as it is until there is space to note it.
                tracing::warn!(event = "registry_not_written", %error);
                return Ok(());
            }
            registered => registered?,
        }
        for name in names.iter().filter(|name| name.ends_with(".new") || name.ends_with(".dropped")) {
            let path = self.folder.join(name);
            self.shared.disk.remove_folder(&path).map_err(|e| disk_error("remove", path.display(), e))?;
        }
        Ok(())
    }

    /// Opens the databases with these numbers: several at once where there are threads, because after a crash each
    /// of them
    /// waits for the disk, and the disk makes many durable in the time of one.
    fn open_all(&self, numbers: &[u32]) -> Result<()> {
        const THREADS: usize = 16;
        let open = |number: &u32| self.open_database(&self.folder.join(number.to_string()));
        if !self.options.background {
            return numbers.iter().try_for_each(open);
        }
        let next = AtomicUsize::new(0);
        let work = || -> Result<()> {
            while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                open(number)?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (1..THREADS.min(numbers.len())).map(|_| scope.spawn(work)).collect();
            let mut result = work();
            for thread in threads {
                let ended = thread.join().unwrap_or_else(|_| Err(Error::internal("an open panicked")));
                result = result.and(ended);
            }
            result
        })
    }

    /// Notes which databases there are, if that is news: those that are open, and one that is being made.
    fn register(&self, defining: &mut Defining, made: Option<(u32, &Name)>) -> Result<()> {
        let databases = read(&self.databases);
        let open = databases.values().filter_map(|database| {
            let number = folder_number(database.folder().file_name()?.to_str()?)?;
            Some((number, database.name().clone()))
        });
        let mut now: Vec<_> = open.chain(made.map(|(number, name)| (number, name.clone()))).collect();
        now.sort_unstable();
        if now == defining.registry.databases && defining.registry_known {
            return Ok(());
        }
        let next = Registry { generation: defining.registry.generation + 1, databases: now };
        // A write that fails half-way may be on the disk all the same.
        defining.registry_known = false;
        defining.registry.generation = next.generation;
        registry::write(&*self.shared.disk, &*self.shared.clock, &self.root, &next)?;
        defining.registry = next;
        defining.registry_known = true;
        Ok(())
    }

    fn open_database(&self, folder: &Path) -> Result<()> {
        let wake = self.background.waker();
        let database = Arc::new(Database::open(self.shared.clone(), folder, self.options.clone(), wake)?);
        let mut databases = write(&self.databases);
        if let Some(other) = databases.get(database.name()) {
            let what = format!("database {} is in {} too", database.name(), other.folder().display());
            return Err(corrupt(folder.display(), 0, &what));
        }
        self.background.add(database.work().clone());
        databases.insert(database.name().clone(), database);
        Ok(())
    }

    /// Takes a database's folder away. After an error it is not known whether it comes back with a restart.
    fn discard(&self, defining: &mut Defining, folder: &Path) -> Result<()> {
        let dropped = folder.with_extension("dropped");
        let away = self
            .shared
            .disk
            .rename(folder, &dropped)
            .and_then(|()| self.shared.disk.sync_folder(&self.folder));
        away.map_err(|error| {
            let detail = format!("cannot drop {}: {error}; a restart will tell", folder.display());
            Error::new(Code::OutcomeUnknown, detail).with_source(error)
        })?;
        // Snapshots that are open keep their files. What stays now goes with the next open, and the folder must stay
        // as long as the registry names it: it says why the database is not there.
        let gone = self.register(defining, None).and_then(|()| {
            self.shared.disk.remove_folder(&dropped).map_err(|e| disk_error("remove", dropped.display(), e))
        });
        if let Err(error) = gone {
            tracing::warn!(event = "cleanup_failed", folder = %dropped.display(), %error);
        }
        Ok(())
    }

    fn database(&self, name: &Name) -> Result<Arc<Database>> {
        let found = read(&self.databases).get(name).cloned();
        found.ok_or_else(|| Error::new(Code::DatabaseNotFound, format!("there is no database {name}")))
    }

    /// Flushes the database that has the most in memory; answers whether there was one.
    fn flush_largest(&self) -> Result<bool> {
        let databases: Vec<_> = read(&self.databases).values().cloned().collect();
        let largest = databases.into_iter().max_by_key(|database| database.fresh_bytes());
        match largest.filter(|database| database.fresh_bytes() > 0) {
            Some(database) => database.checkpoint().map(|_| true),
            None => Ok(false),
        }
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

    /// Why the folder is open for reading only, by wish or because it cannot be written to; `None` where it is not.
    pub fn read_only(&self) -> Option<&str> {
        self.shared.read_only.as_deref()
    }

    /// Closes every database in good order. Later writes are refused.
    ///
    /// # Errors
    /// The first that a database met; the others are closed all the same.
    pub fn close(&self) -> Result<()> {
        lock(&self.defining).closed = true;
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

/// Makes the folder and everything above it that is absent, durably. What is there is synced all the same: whoever made
/// it may have died before.
fn make_folder(disk: &dyn Disk, folder: &Path, databases: &Path) -> Result<()> {
    let failed = |e| disk_error("create", folder.display(), e);
    let absent =
        folder.ancestors().take_while(|f| !f.as_os_str().is_empty() && disk.list(f).is_err()).count();
    disk.create_folder(databases).map_err(failed)?;
    let parent = |folder: &Path| match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) => PathBuf::from("."),
        None => folder.to_owned(),
    };
    disk.sync_folder(databases).map_err(failed)?;
    disk.sync_folder(folder).map_err(failed)?;
    for made in folder.ancestors().take(absent.max(1)) {
        disk.sync_folder(&parent(made)).map_err(failed)?;
    }
    Ok(())
}

/// The number in a database folder's name, if it is one.
fn folder_number(name: &str) -> Option<u32> {
    name.parse().ok().filter(|number: &u32| number.to_string() == name && *number < u32::MAX)
}

/// A folder's lock, and why the folder is open for reading only, where it is.
type Locked = (Box<dyn Send + Sync>, Option<Arc<str>>);

/// Locks the folder. It is open for reading only by wish or because it cannot be written to.
fn take_lock(disk: &dyn Disk, folder: &Path, read_only: bool) -> Result<Locked> {
    let path = folder.join("LOCK");
    let unwritable = |e: &io::Error| {
        matches!(e.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
    };
    let exclusive = if read_only { None } else { Some(disk.lock(&path)) };
    let locked = match exclusive {
        None => disk
            .lock_shared(&path)
            .map(|lock| (lock, Some("the data folder is open for reading only".into()))),
        Some(Err(error)) if unwritable(&error) => {
            tracing::warn!(event = "folder_read_only", folder = %folder.display(), %error);
            let reason = format!("the data folder cannot be written to ({error})");
            disk.lock_shared(&path).map(|lock| (lock, Some(reason.into())))
        }
        Some(locked) => locked.map(|lock| (lock, None)),
    };
    locked.map_err(|error| match error.kind() {
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
        let mut defining = lock(&self.defining);
        defining.check(name)?;
        if read(&self.databases).contains_key(name) {
            return Err(Error::new(Code::DatabaseExists, format!("there is a database {name} already")));
        }
        let number = defining.next_number;
        defining.next_number += 1;
        let unfinished = self.folder.join(format!("{number}.new"));
        let folder = self.folder.join(number.to_string());
        let failed = |e| disk_error("create", folder.display(), e);
        database::create(&self.shared, &unfinished, number, name)?;
        self.shared.disk.rename(&unfinished, &folder).map_err(failed)?;
        let synced = self.shared.disk.sync_folder(&self.folder).map_err(failed);
        let registered = synced.and_then(|()| self.register(&mut defining, Some((number, name))));
        let made = registered.and_then(|()| self.open_database(&folder));
        if made.is_err() && self.discard(&mut defining, &folder).is_err() {
            defining.unsure.push(name.clone());
        }
        made
    }

    fn drop_database(&self, name: &Name) -> Result<()> {
        let mut defining = lock(&self.defining);
        defining.check(name)?;
        if name.as_str() == DEFAULT_DATABASE {
            let detail = format!("the default database {name} always exists; drop its collections instead");
            return Err(Error::new(Code::InvalidName, detail));
        }
        let database = self.database(name)?;
        // What cannot be noted about a database that goes is no reason to keep it.
        if let Err(error) = database.close() {
            tracing::warn!(event = "close_failed", database = %name, %error);
        }
        self.background.remove(database.state());
        database.open_files();
        write(&self.databases).remove(name);
        let dropped = self.discard(&mut defining, database.folder());
        if dropped.is_err() {
            defining.unsure.push(name.clone());
        }
        dropped
    }

    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        Ok(self.database(database)?.snapshot())
    }

    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        let database = self.database(database)?;
        if self.options.background {
            return database.commit(batch);
        }
        // Nobody else flushes for other databases.
        match database.commit(batch.clone()) {
            Err(error) if error.code() == Code::MemoryLimit && self.flush_largest()? => {
                database.commit(batch)
            }
            result => result,
        }
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        self.database(database)?.checkpoint()
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        self.database(database)?.statistics()
    }

    fn memory(&self) -> Option<Arc<Memory>> {
        Some(self.shared.memory.clone())
    }

    fn cache_statistics(&self) -> Option<CacheStatistics> {
        Some(self.shared.cache.figures())
    }
}
