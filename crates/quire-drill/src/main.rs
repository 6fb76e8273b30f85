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
#[cfg(feature = "planted")]
mod plants;
mod rig;
mod rot;
mod seed;
mod tally;
mod team;
mod work;

use args::{Args, USAGE};
use seed::Wish;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use team::{Failed, Task};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    team::note_panics();
    match Args::parse(&words).and_then(|args| drill(&args)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("drill: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Crash states of the long form.
const LONG_STATES: u64 = 100_000;

/// Runs what is asked for; whether everything went well.
fn drill(args: &Args) -> Result<bool, String> {
    if args.help {
        println!("{USAGE}");
        return Ok(true);
    }
    let task = Task {
        wish: Wish { states: args.states, traced: args.trace && args.seed.is_some() },
        first: args.seed.unwrap_or(0),
        seeds: if args.seed.is_some() { 1 } else { args.seeds },
        states_min: if args.long { LONG_STATES } else { 0 },
        until_failure: false,
        prepare: planter(args)?,
    };
    let started = Instant::now();
    let done = team::work(task.clone(), |failed| tell(failed, args));
    println!("{}", done.tally.report(started.elapsed()));
    if let Some(seed) = done.hangs {
        println!("FAILED seed {seed}: it hangs; repeat it with: {}", command(seed, args));
        return Ok(false);
    }
    let blind = args.seed.is_none() && done.tally.states[2] > 0 && done.tally.losses_on_lies == 0;
    if blind {
        println!("FAILED: the disk lied about every sync, and no loss was found");
    }
    let well = done.failed.is_empty() && !blind;
    let alone = args.seed.is_some() || args.plant.is_some();
    Ok(if alone { well } else { plants(&task, args) && well })
}

/// What each thread does before it begins: it plants the bug that is asked for.
#[cfg(feature = "planted")]
fn planter(args: &Args) -> Result<Arc<dyn Fn() + Send + Sync>, String> {
    match &args.plant {
        Some(name) => Ok(plants::planter(plants::named(name)?)),
        None => Ok(Arc::new(|| {})),
    }
}

#[cfg(not(feature = "planted"))]
fn planter(args: &Args) -> Result<Arc<dyn Fn() + Send + Sync>, String> {
    match args.plant {
        Some(_) => Err("this drill was built without the feature `planted`".to_owned()),
        None => Ok(Arc::new(|| {})),
    }
}

/// Looks for the planted bugs; whether all were found.
#[cfg(feature = "planted")]
fn plants(task: &Task, args: &Args) -> bool {
    plants::find_all(task, args)
}

#[cfg(not(feature = "planted"))]
fn plants(_: &Task, _: &Args) -> bool {
    println!("planted bugs were not tried: this drill was built without the feature `planted`");
    true
}

fn tell(failed: &Failed, args: &Args) {
    print!("{}", failed.trace);
    println!("FAILED seed {}: {}; repeat it with: {}", failed.seed, failed.what, command(failed.seed, args));
}

/// The command that repeats a seed.
fn command(seed: u64, args: &Args) -> String {
    let mut command = format!("cargo xtask drill --seed {seed}");
    if args.states != args::STATES {
        command += &format!(" --states {}", args.states);
    }
    if let Some(bug) = &args.plant {
        command += &format!(" --plant {bug}");
    }
    command
}
