//! What the engine's tests share.

use quire_engine::{Disk, EngineStore, ManualClock, Options, SimDisk};
use quire_model::{
    DocId, Document, Expect, Name, Operation, Result, Scan, Seq, Snapshot, Store, Stored, WriteBatch,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) fn main_db() -> Name {
    Name::new("main").unwrap()
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn id(text: &str) -> DocId {
    DocId::new(text).unwrap()
}

/// No threads: every piece of background work is done by the commit that needs it.
pub(crate) fn options() -> Options {
    Options { background: false, log_bytes_first: 4 << 10, changes_retain_ms: 0, ..Options::default() }
}

pub(crate) fn folder() -> PathBuf {
    PathBuf::from("/data")
}

pub(crate) fn open(disk: &SimDisk, options: Options) -> Result<EngineStore> {
    EngineStore::open_on(Arc::new(disk.clone()), Arc::new(ManualClock::default()), &folder(), options)
}

pub(crate) fn document(id: &str, body: &str) -> Document {
    Document::parse(format!("{{\"_id\":\"{id}\",\"v\":{body}}}").as_bytes()).unwrap()
}

pub(crate) fn put(collection: &str, id: &str, body: &str, expect: Expect) -> Operation {
    Operation::Put { collection: name(collection), document: document(id, body), expect }
}

pub(crate) fn delete(collection: &str, document: &str, expect: Expect) -> Operation {
    Operation::Delete { collection: name(collection), id: id(document), expect }
}

pub(crate) fn commit(store: &dyn Store, operations: Vec<Operation>) -> Result<Seq> {
    store.commit(&main_db(), WriteBatch { operations }).map(|committed| committed.seq)
}

pub(crate) fn all(snapshot: &dyn Snapshot, collection: &str) -> Result<Vec<Stored>> {
    let mut rows = snapshot.scan(Scan::all(name(collection)))?;
    let mut out = Vec::new();
    while let Some(batch) = rows.next_batch()? {
        out.extend(batch);
    }
    Ok(out)
}

/// Everything that a database shows, as text; reads each document by id as well and compares.
pub(crate) fn dump(store: &dyn Store) -> Result<String> {
    let snapshot = store.snapshot(&main_db())?;
    let mut out = String::new();
    for collection in snapshot.collections()? {
        for stored in all(&*snapshot, collection.as_str())? {
            let got = snapshot.get(&collection, &[stored.document.id().clone()])?;
            assert_eq!(got, [Some(stored.clone())], "a point read and a scan differ");
            out.push_str(&format!("{collection} {}\n", stored.text_with_rev()));
        }
    }
    Ok(out)
}

/// The files of the default database with a suffix, in order.
pub(crate) fn files(disk: &SimDisk, suffix: &str) -> Vec<PathBuf> {
    let folder = folder().join("databases/1");
    let names = disk.list(&folder).unwrap();
    names.iter().filter(|name| name.ends_with(suffix)).map(|name| folder.join(name)).collect()
}

pub(crate) fn read_file(disk: &SimDisk, path: &Path) -> Vec<u8> {
    let file = disk.open(path).unwrap();
    let mut bytes = vec![0; file.length().unwrap() as usize];
    file.read_at(&mut bytes, 0).unwrap();
    bytes
}

/// Puts other bytes in a file's place, durably.
pub(crate) fn replace_file(disk: &SimDisk, path: &Path, bytes: &[u8]) {
    let file = disk.open(path).unwrap();
    file.set_len(0).unwrap();
    file.write_at(bytes, 0).unwrap();
    file.sync().unwrap();
}
