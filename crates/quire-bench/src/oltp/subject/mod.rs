//! Who is compared: databases behind one face, and the bare log, which is the physical limit of durable inserts.
//!
//! [`databases`] and [`inserters`] list them with what an answered write means for each. Nobody is given less than they
//! offer: the newest versions, durable writes, a cache of the same size.

mod bare;
#[cfg(feature = "peers")]
mod lmdb;
pub(super) mod quire;
#[cfg(feature = "peers")]
mod redb;
#[cfg(feature = "peers")]
pub(super) mod sqlite;

use super::content::Item;
use std::path::Path;

/// QuireDB's name in the results.
pub(super) const OURS: &str = "QuireDB";

/// Whatever takes one document after the other, from many threads.
pub(super) trait Inserts: Send + Sync {
    /// Inserts durably; refused where the id is taken.
    fn insert(&self, thread: usize, item: &Item) -> Result<(), String>;
}

/// A database that holds documents by id.
pub(super) trait Database: Inserts {
    /// Inserts all of them in one durable transaction.
    fn insert_batch(&self, items: &[Item]) -> Result<(), String>;

    /// Reads the document with this id as of now, and says how long its text is.
    fn get(&self, id: &str) -> Result<usize, String>;

    /// Brings everything that was answered to its final place on the disk.
    fn flush(&self) -> Result<(), String>;

    /// Waits until work that a fill left to the background is done.
    fn settle(&self) -> Result<(), String> {
        Ok(())
    }
}

/// How a subject is opened.
#[cfg_attr(not(feature = "peers"), allow(dead_code, reason = "some of it is only for peers"))]
pub(super) struct Setup {
    /// How many threads will use it at once.
    pub(super) threads: usize,
    /// How much memory its caches may take.
    pub(super) memory_bytes: u64,
    /// Whether only [`Database::flush`] moves data to its final place, as long as memory suffices.
    pub(super) flush_by_hand: bool,
    /// Size of a bare log that is made ahead.
    pub(super) log_bytes: u64,
}

impl Setup {
    /// One thread, a cache of 256 MiB.
    pub(super) fn new() -> Setup {
        Setup { threads: 1, memory_bytes: 256 << 20, flush_by_hand: false, log_bytes: 256 << 20 }
    }
}

/// Opens an empty subject in an empty folder.
pub(super) type Open<T> = Box<dyn Fn(&Path, &Setup) -> Result<Box<T>, String>>;

/// One subject.
pub(super) struct Kind<T: ?Sized> {
    pub(super) name: &'static str,
    /// What an answered write means.
    pub(super) durability: &'static str,
    pub(super) open: Open<T>,
}

impl<T: ?Sized> Kind<T> {
    fn new(
        name: &'static str,
        durability: &'static str,
        open: fn(&Path, &Setup) -> Result<Box<T>, String>,
    ) -> Kind<T>
    where
        T: 'static,
    {
        Kind { name, durability, open: Box::new(open) }
    }
}

/// The databases: ours first.
pub(super) fn databases() -> Vec<Kind<dyn Database>> {
    vec![
        Kind::new(OURS, "log record; fdatasync for each group of commits", quire::open),
        #[cfg(feature = "peers")]
        Kind::new("SQLite", "WAL; synchronous=FULL", sqlite::open),
        #[cfg(feature = "peers")]
        Kind::new("redb", "Durability::Immediate: sync at each commit", redb::open),
        #[cfg(feature = "peers")]
        Kind::new("LMDB", "sync at each commit (no flags)", lmdb::open),
    ]
}

/// Those of the databases that are named.
pub(super) fn databases_named(names: &[&str]) -> Vec<Kind<dyn Database>> {
    databases().into_iter().filter(|kind| names.contains(&kind.name)).collect()
}

/// Everybody who takes single inserts: the logs without a database, and the databases.
pub(super) fn inserters() -> Vec<Kind<dyn Inserts>> {
    const DURABILITY: &str = "fdatasync for each group of inserts";
    let mut kinds: Vec<Kind<dyn Inserts>> = vec![
        Kind::new("bare log; extended", DURABILITY, bare::extended),
        #[cfg(target_os = "linux")]
        Kind::new("bare log; fallocated", DURABILITY, bare::fallocated),
        Kind::new("bare log; zero-filled", DURABILITY, bare::zero_filled),
    ];
    for Kind { name, durability, open } in databases() {
        let open: Open<dyn Inserts> = Box::new(move |folder, setup| Ok(open(folder, setup)?));
        kinds.push(Kind { name, durability, open });
    }
    kinds
}
