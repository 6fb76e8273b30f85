//! Durable inserts while fresh documents are written out to their final place, and without: how much does a writer
//! notice of the work behind it?

use crate::meter::{Meter, folder_bytes};
use crate::oltp::content::Content;
use crate::oltp::folder::Folder;
use crate::oltp::options::Options;
use crate::oltp::row::{Round, Row};
use crate::oltp::subject::{Database, Kind, Setup, databases_named};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub(super) fn run(options: &Options) -> Result<Vec<Row>, String> {
    let (content, kinds) = (Content::new(), databases_named(&["QuireDB", "SQLite"]));
    let documents = options.documents(40_000);
    let rows_of = |case| kinds.iter().map(move |kind| Row::new(case, kind.name, kind.durability));
    let mut calm: Vec<Row> = rows_of("insert without a flush").collect();
    let mut busy: Vec<Row> =
        rows_of("insert during a flush").map(|row| Row { counts_cpu: false, ..row }).collect();
    for round in 0..options.rounds {
        for (at, kind) in kinds.iter().enumerate() {
            let folder = Folder::new(&options.folder, &format!("flush-{round}-{}", kind.name))?;
            let both = (&mut calm[at], &mut busy[at]);
            turn(kind, &folder, &content, documents, options.seconds, both)
                .map_err(|e| format!("{}: {e}", kind.name))?;
        }
    }
    Ok(calm.into_iter().chain(busy).collect())
}

/// Fills memory, inserts calmly for a while, then inserts as long as a flush takes.
fn turn(
    kind: &Kind<dyn Database>,
    folder: &Folder,
    content: &Content,
    documents: u64,
    seconds: f64,
    (calm, busy): (&mut Row, &mut Row),
) -> Result<(), String> {
    let database = (kind.open)(folder.path(), &Setup { flush_by_hand: true, ..Setup::new() })?;
    for items in super::batches(content, 0, documents) {
        database.insert_batch(&items)?;
    }
    let mut next = documents;
    let time = Duration::from_secs_f64(seconds);
    let start = Instant::now();
    insert_while(&*database, content, &mut next, calm, || start.elapsed() < time)?;
    calm.data_documents = next;
    calm.disk_bytes = folder_bytes(folder.path());
    let flushed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let flush = scope.spawn(|| {
            let done = database.flush();
            flushed.store(true, Ordering::Release);
            done
        });
        let inserted =
            insert_while(&*database, content, &mut next, busy, || !flushed.load(Ordering::Acquire));
        inserted.and(flush.join().map_err(|_| "the flush panicked".to_owned())?)
    })?;
    busy.data_documents = next;
    busy.disk_bytes = folder_bytes(folder.path());
    Ok(())
}

/// Inserts at least one document, and more as long as `more` says so.
fn insert_while(
    database: &dyn Database,
    content: &Content,
    next: &mut u64,
    row: &mut Row,
    more: impl Fn() -> bool,
) -> Result<(), String> {
    let (meter, first) = (Meter::start(), *next);
    loop {
        let item = content.scattered(*next);
        let start = Instant::now();
        database.insert(0, &item)?;
        row.latencies_ns.push(start.elapsed().as_nanos() as u64);
        *next += 1;
        if !more() {
            break;
        }
    }
    row.rounds.push(Round::new(*next - first, meter.stop()));
    Ok(())
}
