//! SQLite with the same durability: WAL and synchronous=FULL; a connection for each thread.

use super::{Database, Inserts, Item, Setup};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

const INSERT: &str = "INSERT INTO events VALUES (?1, ?2)";

struct Sqlite {
    connections: Vec<Mutex<Connection>>,
    /// Writes pages from the WAL to their place, beside the connections that insert.
    checkpointer: Mutex<Connection>,
}

pub(super) fn open(folder: &Path, setup: &Setup) -> Result<Box<dyn Database>, String> {
    let path = folder.join("peer.sqlite");
    let connect = || {
        let connection = Connection::open(&path)?;
        connection.busy_timeout(Duration::from_secs(60))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Negative: in KiB.
        let cache_kib = i64::try_from(setup.memory_bytes >> 10).unwrap_or(i64::MAX);
        connection.pragma_update(None, "cache_size", -cache_kib)?;
        if setup.flush_by_hand {
            connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        }
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
        )?;
        Ok(Mutex::new(connection))
    };
    let connections: rusqlite::Result<Vec<_>> = (0..setup.threads).map(|_| connect()).collect();
    let checkpointer = connect().map_err(|e: rusqlite::Error| e.to_string())?;
    Ok(Box::new(Sqlite { connections: connections.map_err(|e| e.to_string())?, checkpointer }))
}

impl Inserts for Sqlite {
    fn insert(&self, thread: usize, item: &Item) -> Result<(), String> {
        let connection = self.connections[thread].lock().map_err(|e| e.to_string())?;
        connection
            .prepare_cached(INSERT)
            .and_then(|mut statement| statement.execute((&item.id, &item.document)))
            .map(|_| ())
            .map_err(|e| e.to_string())
    }
}

impl Database for Sqlite {
    fn insert_batch(&self, items: &[Item]) -> Result<(), String> {
        let mut connection = self.connections[0].lock().map_err(|e| e.to_string())?;
        let mut insert = || -> rusqlite::Result<()> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            {
                let mut statement = transaction.prepare_cached(INSERT)?;
                for item in items {
                    statement.execute((&item.id, &item.document))?;
                }
            }
            transaction.commit()
        };
        insert().map_err(|e| e.to_string())
    }

    fn get(&self, id: &str) -> Result<usize, String> {
        let connection = self.connections[0].lock().map_err(|e| e.to_string())?;
        let document: rusqlite::Result<String> = connection
            .prepare_cached("SELECT doc FROM events WHERE id = ?1")
            .and_then(|mut statement| statement.query_row([id], |row| row.get(0)));
        document.map(|text| text.len()).map_err(|e| e.to_string())
    }

    fn flush(&self) -> Result<(), String> {
        let connection = self.checkpointer.lock().map_err(|e| e.to_string())?;
        // PASSIVE: as far as it goes without making anybody wait.
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(|e| e.to_string())
    }
}

/// Lines of text into a table, all in one transaction, by the cheapest way there is for a new file: numbers as keys
/// and a rollback journal, so that each page is written once.
pub(in crate::oltp) struct Import(Connection);

impl Import {
    pub(in crate::oltp) fn begin(folder: &Path) -> Result<Import, String> {
        let begin = || {
            let connection = Connection::open(folder.join("peer.sqlite"))?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection
                .execute_batch("CREATE TABLE events (id INTEGER PRIMARY KEY, doc TEXT NOT NULL); BEGIN")?;
            Ok(Import(connection))
        };
        begin().map_err(|e: rusqlite::Error| e.to_string())
    }

    pub(in crate::oltp) fn insert(&self, lines: &[String]) -> Result<(), String> {
        let insert = || {
            let mut statement = self.0.prepare_cached("INSERT INTO events (doc) VALUES (?1)")?;
            lines.iter().try_for_each(|line| statement.execute([line]).map(|_| ()))
        };
        insert().map_err(|e: rusqlite::Error| e.to_string())
    }

    pub(in crate::oltp) fn commit(self) -> Result<(), String> {
        self.0.execute_batch("COMMIT").map_err(|e| e.to_string())
    }
}
