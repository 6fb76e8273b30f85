//! Answers that come in parts.

use crate::setup::{block_on, session};
use futures::StreamExt;
use quire_model::{Code, DocId, Error, Name, Result, Rows, Scan, Snapshot, Store, Stored, Support};
use quire_query::{Limits, Session};
use quire_testkit::ModelStore;
use std::sync::Arc;

#[test]
fn rows_come_in_batches() {
    let documents: Vec<String> = (0..30_000).map(|n| format!("{{\"_id\":\"{n:06}\",\"n\":{n}}}")).collect();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let session = session(&[("many", &documents)]);
    block_on(async {
        let mut rows = session.sql("SELECT n FROM many", &[]).await.unwrap().rows;
        let (mut batches, mut count) = (0, 0);
        while let Some(batch) = rows.next().await {
            let batch = batch.unwrap();
            assert!(!batch.is_empty());
            assert_eq!(batch[0], format!("[{count}]"));
            batches += 1;
            count += batch.len();
        }
        assert!(batches > 1);
        assert_eq!(count, 30_000);
    });
}

#[test]
fn rows_can_be_objects() {
    let session = session(&[(
        "c",
        &[r#"{"_id":"a","x":"q\"","o":{"k":null},"mixed":1}"#, r#"{"_id":"b","mixed":"s"}"#],
    )]);
    let rows = block_on(async {
        session
            .sql("SELECT _id, x, o, mixed, count(*) OVER () AS \"n n\" FROM c ORDER BY _id", &[])
            .await
            .unwrap()
            .rows
            .objects()
            .all()
            .await
    });
    assert_eq!(
        rows.unwrap(),
        [
            r#"{"_id":"a","x":"q\"","o":{"k":null},"mixed":1,"n n":2}"#,
            r#"{"_id":"b","x":null,"o":null,"mixed":"s","n n":2}"#,
        ]
    );
}

/// A store whose documents cannot all be read, or not at all.
struct Damaged {
    store: ModelStore,
    panics: bool,
}

struct DamagedSnapshot(Arc<dyn Snapshot>, bool);

struct DamagedRows(Box<dyn Rows>, bool);

impl Store for Damaged {
    fn databases(&self) -> Result<Vec<Name>> {
        self.store.databases()
    }
    fn create_database(&self, database: &Name) -> Result<()> {
        self.store.create_database(database)
    }
    fn drop_database(&self, database: &Name) -> Result<()> {
        self.store.drop_database(database)
    }
    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        Ok(Arc::new(DamagedSnapshot(self.store.snapshot(database)?, self.panics)))
    }
    fn commit(&self, database: &Name, batch: quire_model::WriteBatch) -> Result<quire_model::Committed> {
        self.store.commit(database, batch)
    }
    fn checkpoint(&self, database: &Name) -> Result<quire_model::Checkpoint> {
        self.store.checkpoint(database)
    }
    fn statistics(&self, database: &Name) -> Result<quire_model::DatabaseStatistics> {
        self.store.statistics(database)
    }
}

impl Snapshot for DamagedSnapshot {
    fn seq(&self) -> u64 {
        self.0.seq()
    }
    fn timeline(&self) -> u64 {
        self.0.timeline()
    }
    fn collections(&self) -> Result<Vec<Name>> {
        self.0.collections()
    }
    fn get(&self, collection: &Name, ids: &[DocId]) -> Result<Vec<Option<Stored>>> {
        self.0.get(collection, ids)
    }
    fn scan(&self, scan: Scan) -> Result<Box<dyn Rows>> {
        Ok(Box::new(DamagedRows(self.0.scan(scan)?, self.1)))
    }
    fn support(&self, filter: &quire_model::Filter) -> Support {
        self.0.support(filter)
    }
}

impl Rows for DamagedRows {
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>> {
        match self.0.next_batch()? {
            Some(batch) => Ok(Some(batch)),
            None if self.1 => panic!("a defect"),
            None => Err(Error::new(Code::Corrupt, "block 7 is damaged")),
        }
    }
}

#[test]
fn damage_comes_through_as_corrupt_and_a_panic_as_internal() {
    for (panics, code) in [(false, Code::Corrupt), (true, Code::Internal)] {
        let store = Arc::new(Damaged { store: ModelStore::new(), panics });
        let session = Session::new(store, Name::new("main").unwrap(), Limits::default());
        session.insert("c", br#"{"_id":"a","n":1}"#).unwrap();
        for sql in [
            "SELECT * FROM c",
            "SELECT count(*) FROM c",
            "SELECT * FROM c a JOIN c b ON a.n = b.n",
            "DESCRIBE c",
        ] {
            let error = crate::setup::error(&session, sql);
            assert_eq!(error.code(), code, "{sql}: {error}");
        }
    }
}
