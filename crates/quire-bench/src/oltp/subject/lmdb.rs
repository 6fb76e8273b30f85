//! LMDB: a B-tree in a memory map that is copied on write.

use super::{Database, Inserts, Item, Setup};
use heed::types::Str;
use heed::{CommitOrAbort, Env, EnvOpenOptions};
use std::path::Path;

/// Address space, not memory: more than any case needs.
const MAP_BYTES: usize = 64 << 30;

struct Lmdb {
    env: Env,
    events: heed::Database<'static, Str, Str>,
}

pub(super) fn open(folder: &Path, setup: &Setup) -> Result<Box<dyn Database>, String> {
    let readers = u32::try_from(setup.threads).unwrap_or(u32::MAX).saturating_add(8);
    let opened = || {
        // SAFETY: the folder is this benchmark's own; no other process changes the file under the map.
        let env = unsafe { EnvOpenOptions::new().map_size(MAP_BYTES).max_readers(readers).open(folder)? };
        let transaction = env.write_txn()?;
        let events = env.create_databases_and_commit(transaction, |opener, transaction| {
            opener.create_database(transaction, None).map(CommitOrAbort::<_, ()>::Commit)
        })?;
        Ok((events.unwrap_commit(), env))
    };
    let (events, env) = opened().map_err(|e: heed::Error| e.to_string())?;
    Ok(Box::new(Lmdb { env, events }))
}

impl Lmdb {
    fn write(&self, items: &[Item]) -> Result<(), heed::Error> {
        let mut transaction = self.env.write_txn()?;
        for item in items {
            self.events.put(&mut transaction, &item.id, &item.document)?;
        }
        transaction.commit()
    }
}

impl Inserts for Lmdb {
    fn insert(&self, _thread: usize, item: &Item) -> Result<(), String> {
        self.write(std::slice::from_ref(item)).map_err(|e| e.to_string())
    }
}

impl Database for Lmdb {
    fn insert_batch(&self, items: &[Item]) -> Result<(), String> {
        self.write(items).map_err(|e| e.to_string())
    }

    fn get(&self, id: &str) -> Result<usize, String> {
        let read = || {
            let transaction = self.env.read_txn()?;
            Ok(self.events.get(&transaction, id)?.map(str::to_owned))
        };
        let document: Option<String> = read().map_err(|e: heed::Error| e.to_string())?;
        document.map(|text| text.len()).ok_or_else(|| format!("LMDB has no document {id}"))
    }

    /// A commit writes everything to its final place.
    fn flush(&self) -> Result<(), String> {
        Ok(())
    }
}
