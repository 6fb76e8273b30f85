//! QuireDB, through the same session that its server uses.

use super::{Database, Inserts, Item, Setup};
use crate::meter::process_cpu;
use quire_engine::{DEFAULT_DATABASE, EngineStore, Options};
use quire_model::{MEMORY_BYTES_MIN, Name};
use quire_query::{Change, Limits, Session};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

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

/// The one place that says how much memory the engine may take: half of its budget is its cache.
fn options(memory_bytes: u64) -> Options {
    Options { memory_bytes_max: (2 * memory_bytes).max(MEMORY_BYTES_MIN), ..Options::default() }
}

/// One transaction that inserts lines of JSON.
pub(in crate::oltp) fn insert_lines(session: &Session, lines: Vec<Vec<u8>>) -> Result<(), String> {
    let changes = lines.into_iter().map(|body| Change::Insert { collection: COLLECTION.to_owned(), body });
    session.batch(changes.collect()).map(|_| ()).map_err(|e| e.to_string())
}

/// Waits until the merges that the checkpoint called for are done: what is measured next would pay for them.
fn settle(session: &Session) -> Result<(), String> {
    const QUIET: Duration = Duration::from_millis(100);
    let files = || -> Result<Vec<(u64, u64)>, String> {
        let databases = session.statistics().map_err(|e| e.to_string())?;
        Ok(databases.iter().map(|database| (database.data_files, database.data_bytes)).collect())
    };
    let mut last = files()?;
    loop {
        let cpu = process_cpu();
        std::thread::sleep(QUIET);
        let now = files()?;
        let busy = process_cpu() - cpu > QUIET / 4;
        if now == last && !busy {
            return Ok(());
        }
        last = now;
    }
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

    fn settle(&self) -> Result<(), String> {
        settle(self)
    }
}
