//! Point reads, uniformly random, of one thread: with everything in caches, and with data ten times the cache.
//!
//! Also in the second case the operating system may have the files in its memory: what is measured is the CPU time of
//! a read that the database's own cache does not have, and how many read calls it takes.

use crate::meter::{Meter, folder_bytes};
use crate::oltp::content::{Content, DOCUMENT_BYTES, mix, scattered_id};
use crate::oltp::folder::Folder;
use crate::oltp::options::Options;
use crate::oltp::row::{Round, Row};
use crate::oltp::subject::{Database, Kind, Setup, databases, databases_named};
use std::time::Instant;

/// Reads in a round; and fewer in which each is timed, because the clock costs a part of a read.
const READS: u64 = 50_000;
const TIMED_READS: u64 = 10_000;

/// How many times the cache the data is.
const COLD_FACTOR: u64 = 10;

pub(super) fn warm(options: &Options) -> Result<Vec<Row>, String> {
    let documents = options.documents(100_000);
    let memory_bytes = (documents * DOCUMENT_BYTES as u64 * 4).max(Setup::new().memory_bytes);
    read("read in cache", options, &databases(), documents, memory_bytes)
}

/// LMDB is not in it: its only cache is the operating system's.
pub(super) fn cold(options: &Options) -> Result<Vec<Row>, String> {
    let documents = options.documents(200_000);
    let memory_bytes = documents * DOCUMENT_BYTES as u64 / COLD_FACTOR;
    let kinds = databases_named(&["QuireDB", "SQLite", "redb"]);
    read("read of data ten times the cache", options, &kinds, documents, memory_bytes)
}

fn read(
    case: &str,
    options: &Options,
    kinds: &[Kind<dyn Database>],
    documents: u64,
    memory_bytes: u64,
) -> Result<Vec<Row>, String> {
    let (content, setup) = (Content::new(), Setup { memory_bytes, ..Setup::new() });
    let mut subjects = Vec::new();
    for kind in kinds {
        let folder = Folder::new(&options.folder, &format!("{case}-{}", kind.name))?;
        let database = (kind.open)(folder.path(), &setup)?;
        let named = |e| format!("{}: {e}", kind.name);
        super::fill(&*database, &content, documents).map_err(named)?;
        // Once each, so that what fits a cache is in it.
        (0..documents).try_for_each(|number| get(&*database, number)).map_err(named)?;
        let row = Row {
            latency_of: "a read",
            data_documents: documents,
            disk_bytes: folder_bytes(folder.path()),
            counts_reads: kind.name != "LMDB",
            ..Row::new(case, kind.name, kind.durability)
        };
        subjects.push((database, row, folder));
    }
    let reads = options.fewer(READS);
    for round in 0..options.rounds as u64 {
        let number = |n: u64| mix(round << 32 | n) % documents;
        for (database, row, _) in &mut subjects {
            let meter = Meter::start();
            (0..reads).try_for_each(|n| get(&**database, number(n)))?;
            row.rounds.push(Round::new(reads, meter.stop()));
            for n in 0..options.fewer(TIMED_READS) {
                let start = Instant::now();
                get(&**database, number(reads + n))?;
                row.latencies_ns.push(start.elapsed().as_nanos() as u64);
            }
        }
    }
    Ok(subjects.into_iter().map(|(_, row, _)| row).collect())
}

fn get(database: &dyn Database, number: u64) -> Result<(), String> {
    let bytes = database.get(&scattered_id(number))?;
    if bytes == DOCUMENT_BYTES { Ok(()) } else { Err(format!("a document came back with {bytes} bytes")) }
}
