//! The house rules as a program: `cargo xtask tidy`, and a test that runs it.
//!
//! The life of one run:
//!
//! 1. `tree.rs` lists the repository's files and reads those that are text.
//! 2. `mask.rs` blanks comments and literals of every Rust file, `tokens.rs` cuts the rest into words, and
//!    `source.rs` keeps both; `paths.rs`, `functions.rs` and `manifest.rs` read what the rules ask about.
//! 3. Each rule walks the tree and reports: `crates.rs`, `walls.rs` and `modules.rs` hold the tables of [`arrows`];
//!    `words.rs`, `lengths.rs` and `clock.rs` the rules of a Rust file; `links.rs` and `machine.rs` those of papers;
//!    `events.rs` compares the two.
//! 4. All problems are shown at once, sorted, each as `path:line: message`.
//!
//! The reading is by tokens, not by a parser: enough for these rules, and no dependency.

pub mod arrows;
mod clock;
mod crates;
mod events;
mod functions;
mod lengths;
mod links;
mod machine;
mod manifest;
mod mask;
mod modules;
mod paths;
mod report;
mod source;
mod tokens;
mod tree;
mod walls;
mod words;

use std::io;
use std::path::Path;
use std::process::ExitCode;

pub use report::{Problem, Report};
use tree::Tree;

/// Holds the tree at `root` to every rule. An error means that the tree could not be read.
pub fn tidy(root: &Path) -> io::Result<Report> {
    let tree = Tree::read(root)?;
    let mut report = Report::new(tree.names.len());
    for rule in [
        crates::check,
        walls::check,
        modules::check,
        words::check,
        lengths::check,
        clock::check,
        events::check,
        links::check,
        machine::check,
    ] {
        rule(&tree, &mut report);
    }
    report.problems.sort();
    Ok(report)
}

/// The task: every problem on its own line, then a failing exit; or one line saying that there is none.
pub(crate) fn task(root: &Path) -> ExitCode {
    match tidy(root) {
        Ok(report) if report.problems.is_empty() => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Ok(report) => {
            eprintln!("{report}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("tidy: {error}");
            ExitCode::FAILURE
        }
    }
}
