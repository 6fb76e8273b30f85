//! QuireDB's drills: the engine on a simulated disk that loses, tears, fails and dies, beside a model of what should be
//! there. `cargo xtask drill`; docs/drill.md tells what is simulated and what a failure looks like.
//!
//! 1. `args.rs` reads what is asked for, `team.rs` gives seeds to threads.
//! 2. `seed.rs` runs one: lives (`life.rs`, over `work.rs` and `book.rs`), power cuts (`cut.rs`), damage (`rot.rs`).
//! 3. `check.rs` compares, `tally.rs` counts. A failing seed is one line with the command that repeats it.

// Printing is what a drill is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod args;
mod book;
mod check;
mod cut;
mod life;
mod rig;
mod rot;
mod seed;
mod tally;
mod team;
mod work;

use args::{Args, USAGE};
use seed::Wish;
use std::process::ExitCode;
use std::time::Instant;
use team::{Failed, Task};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match Args::parse(&words) {
        Ok(args) => {
            team::note_panics();
            if drill(&args) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            eprintln!("drill: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Crash states of the long form.
const LONG_STATES: u64 = 100_000;

/// Runs what is asked for; whether everything went well.
fn drill(args: &Args) -> bool {
    let task = Task {
        wish: Wish { states: args.states, traced: args.trace && args.seed.is_some() },
        first: args.seed.unwrap_or(0),
        seeds: if args.seed.is_some() { 1 } else { args.seeds },
        states_min: if args.long { LONG_STATES } else { 0 },
        until_failure: false,
        prepare: || {},
    };
    let started = Instant::now();
    let done = team::work(task, |failed| tell(failed, args));
    println!("{}", done.tally.report(started.elapsed()));
    if let Some(seed) = done.hangs {
        println!("FAILED seed {seed}: it hangs; repeat it with: {}", command(seed, args));
        return false;
    }
    let blind = args.seed.is_none() && done.tally.states[2] > 0 && done.tally.losses_on_lies == 0;
    if blind {
        println!("FAILED: the disk lied about every sync, and no loss was found");
    }
    done.failed.is_empty() && !blind
}

fn tell(failed: &Failed, args: &Args) {
    print!("{}", failed.trace);
    println!("FAILED seed {}: {}; repeat it with: {}", failed.seed, failed.what, command(failed.seed, args));
}

/// The command that repeats a seed.
fn command(seed: u64, args: &Args) -> String {
    let states = if args.states == 12 { String::new() } else { format!(" --states {}", args.states) };
    format!("cargo xtask drill --seed {seed}{states}")
}
