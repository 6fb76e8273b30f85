//! QuireDB, through the same session that its server uses.

use super::{Database, Inserts, Item, Setup};
use quire_engine::{DEFAULT_DATABASE, EngineStore, Options};
use quire_model::Name;
use quire_query::{Change, Limits, Session};
use std::path::Path;
use std::sync::Arc;

const COLLECTION: &str = "events";

pub(super) fn open(folder: &Path, setup: &Setup) -> Result<Box<dyn Database>, String> {
    Ok(Box::new(session(folder, setup.memory_bytes)?))
}

/// A session on a new folder, whose store takes about so much memory.
pub(in crate::oltp) fn session(folder: &Path, memory_bytes: u64) -> Result<Session, String> {
    let store = EngineStore::open(folder, options(memory_bytes)).map_err(|e| e.to_string())?;
    let database = Name::new(DEFAULT_DATABASE).map_err(|e| e.to_string())?;
    Ok(Session::new(Arc::new(store), database, Limits::default()))
}

/// The one place that says how much memory the engine may take.
fn options(memory_bytes: u64) -> Options {
    let defaults = Options::default();
    let share = usize::try_from(memory_bytes / 4).unwrap_or(usize::MAX);
    Options { memtable_bytes_max: defaults.memtable_bytes_max.min(share.max(64 << 10)), ..defaults }
}

/// One transaction that inserts lines of JSON.
pub(in crate::oltp) fn insert_lines(session: &Session, lines: Vec<Vec<u8>>) -> Result<(), String> {
    let changes = lines.into_iter().map(|body| Change::Insert { collection: COLLECTION.to_owned(), body });
    session.batch(changes.collect()).map(|_| ()).map_err(|e| e.to_string())
}

impl Inserts for Session {
    fn insert(&self, _thread: usize, item: &Item) -> Result<(), String> {
        Session::insert(self, COLLECTION, item.document.as_bytes()).map(|_| ()).map_err(|e| e.to_string())
    }
}

impl Database for Session {
    fn insert_batch(&self, items: &[Item]) -> Result<(), String> {
        insert_lines(self, items.iter().map(|item| item.document.clone().into_bytes()).collect())
    }

    fn get(&self, id: &str) -> Result<usize, String> {
        let seen = Session::get(self, COLLECTION, id).map_err(|e| e.to_string())?;
        Ok(seen.value.document.text().len())
    }

    fn flush(&self) -> Result<(), String> {
        self.checkpoint().map(|_| ()).map_err(|e| e.to_string())
    }
}
