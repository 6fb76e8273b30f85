//! QuireDB's benchmarks. Each compares with a peer in the same run, in turns, and says what it measured on.
//!
//! `cargo xtask bench oltp` and `cargo xtask bench json`.

// Printing is what a benchmark is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod documents;
mod json;
mod meter;
mod oltp;
mod report;
mod statistics;

use std::process::ExitCode;

const USAGE: &str = "\
usage: quire-bench oltp [--case NAME] [--documents N] [--rounds N] [--seconds S] [--quick]
                        [--folder DIR] [--output DIR]
       quire-bench json [--rounds N]

  oltp   documents of 1 KiB, durable: QuireDB, a bare log, SQLite, redb, LMDB
  json   the check of incoming JSON, and serde_json beside it

  --case NAME     only this one; several with commas between them:
                    inserts   durable single inserts by 1 and by 16 threads
                    batches   batches of 1,000 documents, written out to their final place
                    reads     point reads, everything in caches
                    cold      point reads, the data ten times the cache
                    growth    a durable insert into a small and into a large database
                    flush     durable inserts while fresh documents are written out, and without
                    import    lines of JSON, and the memory that takes
  --documents N   how many documents a case has in its database or brings in
  --rounds N      how often the subjects take turns; figures are medians of the rounds
  --seconds S     how long a round of inserts lasts
  --quick         a hundredth of the documents, short rounds: to see that it works
  --folder DIR    where the databases are made and removed; target/bench if not said

Results go to standard output and to bench/results/, or to the folder of --output.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("oltp") => oltp::run(&arguments[1..]),
        Some(oltp::IMPORT_PART) => oltp::import_part(&arguments[1..]),
        Some("json") => json::run(&arguments[1..]),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The value after a flag, if the flag is there.
fn flag<T: std::str::FromStr>(arguments: &[String], name: &str, default: T) -> Result<T, String> {
    match arguments.iter().position(|argument| argument == name) {
        None => Ok(default),
        Some(at) => {
            let value = arguments.get(at + 1).ok_or_else(|| format!("{name} needs a value"))?;
            value.parse().map_err(|_| format!("{value} is not a value for {name}"))
        }
    }
}
