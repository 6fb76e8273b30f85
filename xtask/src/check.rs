//! `cargo xtask check`: the one gate.
//!
//! Every Cargo step says `--workspace`, because Cargo unites features over the packages it is asked for: another
//! selection would build DataFusion a second time. Steps go from the quickest to the slowest, and the first that
//! fails ends the run.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use crate::cargo::CargoLine;
use crate::{format, slim, test, tidy};

const CLIPPY: CargoLine = CargoLine::new("clippy --workspace --all-targets --locked -- -D warnings");
const DOCS: CargoLine =
    CargoLine::with_env("RUSTDOCFLAGS", "-D warnings", "doc --workspace --no-deps --locked");

/// A step's work: nothing, or what it said when it failed.
type Work = fn(&Path) -> Result<(), String>;

struct Step {
    name: &'static str,
    rerun: fn() -> String,
    work: Work,
}

const STEPS: &[Step] = &[
    Step { name: "format", rerun: || format::LINE.to_string(), work: format::formatted },
    Step { name: "tidy", rerun: || "cargo xtask tidy".to_string(), work: tidy_holds },
    Step { name: "clippy", rerun: || CLIPPY.to_string(), work: |root| quietly(CLIPPY, root) },
    Step { name: "tests", rerun: || "cargo xtask test".to_string(), work: |root| quietly(test::LINE, root) },
    Step { name: "docs", rerun: || DOCS.to_string(), work: |root| quietly(DOCS, root) },
    Step { name: "library without sql", rerun: || slim::LINE.to_string(), work: slim::slim },
];

/// Runs every step; stops at the first that fails, with its output and the command that repeats it.
pub(crate) fn task(root: &Path) -> ExitCode {
    let started = Instant::now();
    for step in STEPS {
        print!("check: {:<20} ", step.name);
        // Without a flush a person sees the name of a slow step only when it is over. A failing flush means that
        // nobody reads along, which is no reason to stop.
        io::stdout().flush().ok();
        let step_started = Instant::now();
        let outcome = (step.work)(root);
        println!("{:>7.1} s", step_started.elapsed().as_secs_f64());
        if let Err(said) = outcome {
            eprintln!("{}", said.trim());
            eprintln!("check: {} failed; rerun it with: {}", step.name, (step.rerun)());
            return ExitCode::FAILURE;
        }
    }
    println!("check: {:<20} {:>7.1} s", "all good", started.elapsed().as_secs_f64());
    ExitCode::SUCCESS
}

fn quietly(line: CargoLine, root: &Path) -> Result<(), String> {
    line.capture(root).map(drop)
}

fn tidy_holds(root: &Path) -> Result<(), String> {
    let report = tidy::tidy(root).map_err(|error| error.to_string())?;
    if report.problems.is_empty() { Ok(()) } else { Err(report.to_string()) }
}
