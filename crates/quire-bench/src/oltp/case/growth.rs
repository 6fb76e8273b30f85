//! A durable insert into a small and into a large database: does a commit do work that grows with the data?

use crate::meter::{Meter, folder_bytes};
use crate::oltp::content::Content;
use crate::oltp::folder::Folder;
use crate::oltp::options::Options;
use crate::oltp::row::{Round, Row};
use crate::oltp::subject::{Database, Setup, databases_named};
use std::time::Instant;

/// Documents in the small database and in the large one; and inserts in a round.
const SMALL: u64 = 1000;
const LARGE: u64 = 1_000_000;
const INSERTS: u64 = 1000;

struct Subject {
    database: Box<dyn Database>,
    row: Row,
    /// The number of the next new document.
    next: u64,
    folder: Folder,
}

pub(super) fn run(options: &Options) -> Result<Vec<Row>, String> {
    let content = Content::new();
    let mut subjects = Vec::new();
    for documents in [options.fewer(SMALL), options.documents(LARGE)] {
        for kind in databases_named(&["QuireDB", "SQLite"]) {
            let case = format!("insert at {documents} documents");
            let folder = Folder::new(&options.folder, &format!("{case}-{}", kind.name))?;
            let database = (kind.open)(folder.path(), &Setup::new())?;
            super::fill(&*database, &content, documents).map_err(|e| format!("{}: {e}", kind.name))?;
            let row = Row::new(&case, kind.name, kind.durability);
            subjects.push(Subject { database, row, next: documents, folder });
        }
    }
    for _ in 0..options.rounds {
        for subject in &mut subjects {
            turn(subject, &content, options.fewer(INSERTS))?;
        }
    }
    let rows = subjects.into_iter().map(|subject| {
        let disk_bytes = folder_bytes(subject.folder.path());
        Row { data_documents: subject.next, disk_bytes, ..subject.row }
    });
    Ok(rows.collect())
}

fn turn(subject: &mut Subject, content: &Content, inserts: u64) -> Result<(), String> {
    let items: Vec<_> = (subject.next..subject.next + inserts).map(|n| content.scattered(n)).collect();
    let meter = Meter::start();
    for item in &items {
        let start = Instant::now();
        subject.database.insert(0, item).map_err(|e| format!("{}: {e}", subject.row.subject))?;
        subject.row.latencies_ns.push(start.elapsed().as_nanos() as u64);
    }
    subject.row.rounds.push(Round::new(inserts, meter.stop()));
    subject.next += inserts;
    Ok(())
}
