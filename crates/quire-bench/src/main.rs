//! QuireDB's benchmarks. Each compares with a peer in the same run, in turns, and says what it measured on.
//!
//! `cargo xtask bench oltp` and `cargo xtask bench json`.

// Printing is what a benchmark is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod documents;
mod json;
mod oltp;
mod report;

use std::process::ExitCode;

const USAGE: &str = "\
usage: quire-bench oltp [--rounds N] [--seconds S] [--folder DIR]
       quire-bench json [--rounds N]

  oltp   durable single inserts by 1 and 16 threads: QuireDB, a bare log, SQLite
  json   the check of incoming JSON, and serde_json beside it

Results go to standard output and to bench/results/.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("oltp") => oltp::run(&arguments[1..]),
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
