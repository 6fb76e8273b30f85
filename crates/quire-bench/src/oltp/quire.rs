//! QuireDB, through the same session that its server uses.

use super::Subject;
use quire_engine::{DEFAULT_DATABASE, EngineStore, Options};
use quire_model::Name;
use quire_query::{Limits, Session};
use std::path::Path;
use std::sync::Arc;

pub(super) fn open(folder: &Path, _threads: usize) -> Result<Box<dyn Subject>, String> {
    let store = EngineStore::open(folder, Options::default()).map_err(|e| e.to_string())?;
    let database = Name::new(DEFAULT_DATABASE).map_err(|e| e.to_string())?;
    Ok(Box::new(Session::new(Arc::new(store), database, Limits::default())))
}

impl Subject for Session {
    fn insert(&self, thread: usize, n: u64, body: &str) -> Result<(), String> {
        let document = format!("{{\"_id\":\"{thread:02}-{n:012}\",{body}}}");
        Session::insert(self, "events", document.as_bytes()).map(|_| ()).map_err(|e| e.to_string())
    }
}
