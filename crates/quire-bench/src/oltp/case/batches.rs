//! Batches of 1,000 documents in a durable transaction each, written out to their final place in the end: what does a
//! document cost from the call to the data file?

use crate::meter::{Meter, Used, folder_bytes};
use crate::oltp::content::{Content, Item};
use crate::oltp::folder::Folder;
use crate::oltp::options::Options;
use crate::oltp::row::{Round, Row};
use crate::oltp::subject::{Database, Setup, databases};
use std::time::Instant;

pub(super) fn run(options: &Options) -> Result<Vec<Row>, String> {
    let (content, kinds) = (Content::new(), databases());
    let documents = options.documents(50_000);
    let batches: Vec<Vec<Item>> = super::batches(&content, 0, documents).collect();
    let mut rows: Vec<Row> = kinds
        .iter()
        .map(|kind| Row::new("batches and flush", kind.name, kind.durability))
        .map(|row| Row { latency_of: "a batch of 1000", data_documents: documents, ..row })
        .collect();
    for round in 0..options.rounds {
        for (kind, row) in kinds.iter().zip(&mut rows) {
            let folder = Folder::new(&options.folder, &format!("batches-{round}-{}", kind.name))?;
            let database = (kind.open)(folder.path(), &Setup::new())?;
            let used = insert(&*database, &batches, &mut row.latencies_ns);
            row.rounds.push(Round::new(documents, used.map_err(|e| format!("{}: {e}", kind.name))?));
            row.disk_bytes = folder_bytes(folder.path());
        }
    }
    Ok(rows)
}

fn insert(
    database: &dyn Database,
    batches: &[Vec<Item>],
    latencies_ns: &mut Vec<u64>,
) -> Result<Used, String> {
    let meter = Meter::start();
    for batch in batches {
        let start = Instant::now();
        database.insert_batch(batch)?;
        latencies_ns.push(start.elapsed().as_nanos() as u64);
    }
    database.flush()?;
    Ok(meter.stop())
}
