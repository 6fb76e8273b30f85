//! Durable single inserts of 1 KiB documents by 1 and by 16 threads.
//!
//! Every subject answers an insert only after its bytes are on the disk (fdatasync). The subjects take turns in short
//! rounds on the same disk, and each round's ratio is taken within the round.

mod bare;
mod quire;
#[cfg(feature = "peers")]
mod sqlite;

use crate::report::{Report, Row};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Inserts one document after the other, from many threads.
trait Subject: Sync {
    /// Inserts `body` durably. `thread` and `n` make an id that nobody else uses.
    fn insert(&self, thread: usize, n: u64, body: &str) -> Result<(), String>;
}

type Open = fn(&Path, usize) -> Result<Box<dyn Subject>, String>;

const SUBJECTS: &[(&str, Open)] = &[
    ("bare log", bare::open),
    ("QuireDB", quire::open),
    #[cfg(feature = "peers")]
    ("SQLite WAL FULL", sqlite::open),
];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let rounds: usize = crate::flag(arguments, "--rounds", 7)?;
    let seconds: f64 = crate::flag(arguments, "--seconds", 2.0)?;
    let folder: PathBuf = crate::flag(arguments, "--folder", PathBuf::from("target/bench"))?;
    let body = body();
    let mut rows = Vec::new();
    for threads in [1, 16] {
        let case = format!("insert by {threads} thread{}", if threads == 1 { "" } else { "s" });
        let first = rows.len();
        rows.extend(SUBJECTS.iter().map(|(name, _)| Row::new(&case, name)));
        for round in 0..rounds {
            for (n, (name, open)) in SUBJECTS.iter().enumerate() {
                let folder = folder.join(format!("{threads}-{round}-{n}"));
                let _ = std::fs::remove_dir_all(&folder);
                std::fs::create_dir_all(&folder)
                    .map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
                let subject = open(&folder, threads)?;
                let (rate, latencies_ns) =
                    rate(&*subject, threads, seconds, &body).map_err(|e| format!("{name}: {e}"))?;
                rows[first + n].rounds.push(rate);
                rows[first + n].latencies_ns.extend(latencies_ns);
                drop(subject);
                std::fs::remove_dir_all(&folder)
                    .map_err(|e| format!("cannot remove {}: {e}", folder.display()))?;
            }
        }
    }
    let setting = vec![
        format!("durable: each insert is answered after fdatasync; documents of {} bytes", body.len()),
        format!("{rounds} rounds of {seconds} s for each subject in turn, each on an empty database"),
        "figures are medians of the rounds, percentiles are over all inserts of all rounds".to_owned(),
    ];
    Report { name: "oltp", unit: "inserts/s", setting, reference: "bare log", rows }.publish()
}

/// A nested document of 1 KiB without its id.
fn body() -> String {
    let mut text =
        String::from(r#""kind":"event","n":12345.678,"tags":["a","b"],"user":{"name":"x","age":7},"note":""#);
    while text.len() < 980 {
        text.push_str("lorem ipsum ");
    }
    text.truncate(980);
    text + "\""
}

/// Inserts a second, after a short time that is not counted, and how long each of them took.
fn rate(subject: &dyn Subject, threads: usize, seconds: f64, body: &str) -> Result<(f64, Vec<u64>), String> {
    let (stop, counted) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let (stop, counted) = (&stop, &counted);
                scope.spawn(move || {
                    let (mut n, mut latencies_ns) = (0, Vec::new());
                    while !stop.load(Ordering::Relaxed) {
                        let start = Instant::now();
                        subject.insert(thread, n, body)?;
                        latencies_ns.push(start.elapsed().as_nanos() as u64);
                        n += 1;
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok::<_, String>(latencies_ns)
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(200));
        let (start, before) = (Instant::now(), counted.load(Ordering::Relaxed));
        std::thread::sleep(Duration::from_secs_f64(seconds));
        let inserted = counted.load(Ordering::Relaxed) - before;
        let elapsed = start.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        let mut latencies_ns = Vec::new();
        for worker in workers {
            latencies_ns.extend(worker.join().map_err(|_| "a worker panicked".to_owned())??);
        }
        Ok((inserted as f64 / elapsed, latencies_ns))
    })
}
