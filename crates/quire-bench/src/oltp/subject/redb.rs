//! redb: a B-tree in Rust that is copied on write.

use super::{Inserts, Item, Setup};
use redb::{Database, ReadableDatabase, TableDefinition};
use std::path::Path;

const EVENTS: TableDefinition<&str, &str> = TableDefinition::new("events");

struct Redb(Database);

pub(super) fn open(folder: &Path, setup: &Setup) -> Result<Box<dyn super::Database>, String> {
    let cache_bytes = usize::try_from(setup.memory_bytes).unwrap_or(usize::MAX);
    let database = Database::builder().set_cache_size(cache_bytes).create(folder.join("peer.redb"));
    let redb = Redb(database.map_err(|e| e.to_string())?);
    redb.write(&[]).map_err(|e| e.to_string())?;
    Ok(Box::new(redb))
}

impl Redb {
    fn write(&self, items: &[Item]) -> Result<(), redb::Error> {
        let transaction = self.0.begin_write()?;
        {
            let mut table = transaction.open_table(EVENTS)?;
            for item in items {
                table.insert(item.id.as_str(), item.document.as_str())?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    fn read(&self, id: &str) -> Result<Option<String>, redb::Error> {
        let table = self.0.begin_read()?.open_table(EVENTS)?;
        Ok(table.get(id)?.map(|document| document.value().to_owned()))
    }
}

impl Inserts for Redb {
    fn insert(&self, _thread: usize, item: &Item) -> Result<(), String> {
        self.write(std::slice::from_ref(item)).map_err(|e| e.to_string())
    }
}

impl super::Database for Redb {
    fn insert_batch(&self, items: &[Item]) -> Result<(), String> {
        self.write(items).map_err(|e| e.to_string())
    }

    fn get(&self, id: &str) -> Result<usize, String> {
        let document = self.read(id).map_err(|e| e.to_string())?;
        document.map(|text| text.len()).ok_or_else(|| format!("redb has no document {id}"))
    }

    /// A commit writes everything to its final place.
    fn flush(&self) -> Result<(), String> {
        Ok(())
    }
}
