//! Durable single inserts by 1 and by 16 threads: how close to the disk's own speed?

use crate::meter::{Meter, folder_bytes};
use crate::oltp::content::Content;
use crate::oltp::folder::Folder;
use crate::oltp::options::Options;
use crate::oltp::row::{Round, Row};
use crate::oltp::subject::{Inserts, Setup, inserters};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Inserts before counting starts, in seconds: files and caches are made in it.
const WARM_UP: Duration = Duration::from_millis(200);

pub(super) fn run(options: &Options) -> Result<Vec<Row>, String> {
    let (content, kinds) = (Content::new(), inserters());
    let mut rows = Vec::new();
    for threads in [1, 16] {
        let case = format!("insert by {threads} thread{}", if threads == 1 { "" } else { "s" });
        let first = rows.len();
        rows.extend(kinds.iter().map(|kind| Row::new(&case, kind.name, kind.durability)));
        let log_bytes = if options.quick { 8 << 20 } else { Setup::new().log_bytes };
        let setup = Setup { threads, log_bytes, ..Setup::new() };
        for round in 0..options.rounds {
            for (kind, row) in kinds.iter().zip(&mut rows[first..]) {
                let folder = Folder::new(&options.folder, &format!("{threads}-{round}-{}", kind.name))?;
                let subject = (kind.open)(folder.path(), &setup)?;
                let inserted = insert(&*subject, threads, options.seconds, &content, row);
                row.data_documents = inserted.map_err(|e| format!("{}: {e}", kind.name))?;
                row.disk_bytes = folder_bytes(folder.path());
            }
        }
    }
    Ok(rows)
}

/// Inserts for a while and adds the round to `row`; returns how many documents there are in the end.
fn insert(
    subject: &dyn Inserts,
    threads: usize,
    seconds: f64,
    content: &Content,
    row: &mut Row,
) -> Result<u64, String> {
    let (stop, counted) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let (stop, counted) = (&stop, &counted);
                scope.spawn(move || {
                    let (mut number, mut latencies_ns) = (0, Vec::new());
                    while !stop.load(Ordering::Relaxed) {
                        let item = content.growing(thread, number);
                        let start = Instant::now();
                        subject.insert(thread, &item)?;
                        latencies_ns.push(start.elapsed().as_nanos() as u64);
                        number += 1;
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok::<_, String>(latencies_ns)
                })
            })
            .collect();
        std::thread::sleep(WARM_UP);
        let (meter, before) = (Meter::start(), counted.load(Ordering::Relaxed));
        std::thread::sleep(Duration::from_secs_f64(seconds));
        let inserted = counted.load(Ordering::Relaxed) - before;
        let used = meter.stop();
        stop.store(true, Ordering::Relaxed);
        for worker in workers {
            row.latencies_ns.extend(worker.join().map_err(|_| "a worker panicked".to_owned())??);
        }
        if inserted == 0 {
            return Err("nothing was inserted in a round: it is too short".to_owned());
        }
        row.rounds.push(Round::new(inserted, used));
        Ok(counted.load(Ordering::Relaxed))
    })
}
