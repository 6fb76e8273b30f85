//! SQLite with the same durability: WAL and synchronous=FULL; a connection for each thread.

use super::Subject;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

struct Sqlite(Vec<Mutex<Connection>>);

pub(super) fn open(folder: &Path, threads: usize) -> Result<Box<dyn Subject>, String> {
    let path = folder.join("peer.sqlite");
    let connect = || {
        let connection = Connection::open(&path)?;
        connection.busy_timeout(Duration::from_secs(60))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
        )?;
        Ok(Mutex::new(connection))
    };
    let connections: rusqlite::Result<Vec<_>> = (0..threads).map(|_| connect()).collect();
    Ok(Box::new(Sqlite(connections.map_err(|e| e.to_string())?)))
}

impl Subject for Sqlite {
    fn insert(&self, thread: usize, n: u64, body: &str) -> Result<(), String> {
        let connection = self.0[thread].lock().map_err(|e| e.to_string())?;
        let id = format!("{thread:02}-{n:012}");
        let document = format!("{{\"_id\":\"{id}\",{body}}}");
        connection
            .prepare_cached("INSERT INTO events VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute((id, document)))
            .map(|_| ())
            .map_err(|e| e.to_string())
    }
}
