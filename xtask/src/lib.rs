//! QuireDB's own tasks: the gate, the tests, the house rules, the benchmarks, the drills.
//!
//! A task goes one way:
//!
//! 1. `cargo xtask NAME` is an alias of `.cargo/config.toml`; `main.rs` hands the words to [`run`].
//! 2. [`run`] picks the task: `check.rs`, `test.rs`, `bench.rs`, `drill.rs` or `tidy.rs`.
//! 3. A task that runs Cargo writes its command line in `cargo.rs`'s form, so that what is run and what a person
//!    is told to rerun are the same words.
//!
//! The crate has no dependency, so that the first `cargo xtask` of a fresh clone starts within seconds.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task's output is its purpose")]

mod bench;
mod cargo;
mod check;
mod drill;
pub mod format;
mod root;
mod slim;
mod test;
pub mod tidy;

use std::process::ExitCode;

pub use root::root;

const USAGE: &str = "\
usage: cargo xtask TASK [ARGS...]

  check               the one gate: format, tidy, clippy, tests, docs, the library without SQL
  test [ARGS...]      every test; ARGS go to `cargo test`
  tidy                the house rules: arrows between crates and modules, sizes, words, links
  bench NAME [ARGS...]
                      a benchmark beside its peers, in release; today's names: oltp, json
  drill [ARGS...]     power cuts, failing calls and damage on a simulated disk; `--help` tells more
  help                this text
";

/// What a shell expects from a command that was called wrongly.
const EXIT_USAGE: u8 = 2;

/// Runs the task that `words` name, and says how it ended.
pub fn run(words: &[String]) -> ExitCode {
    let (task, rest) = match words.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", words),
    };
    match (task, rest) {
        ("check", []) => check::task(&root()),
        ("test", args) => test::task(&root(), args),
        ("tidy", []) => tidy::task(&root()),
        ("bench", [name, args @ ..]) => bench::task(name, args),
        ("drill", args) => drill::task(args),
        ("help" | "-h" | "--help", _) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        ("bench", []) => misused("bench needs a NAME"),
        ("check" | "tidy", _) => misused(&format!("{task} takes no argument")),
        _ => misused(&format!("unknown task `{task}`")),
    }
}

fn misused(why: &str) -> ExitCode {
    eprint!("xtask: {why}\n\n{USAGE}");
    ExitCode::from(EXIT_USAGE)
}
