//! `cargo xtask test`: every test of the workspace.
//!
//! The tests need the Rust toolchain and nothing else; what they may need one day is installed here first. After
//! `cargo test` nothing is printed, so that the last lines are its own summaries.

use std::path::Path;
use std::process::ExitCode;

use crate::cargo::CargoLine;

pub(crate) const LINE: CargoLine = CargoLine::new("test --workspace --locked");

/// Runs the tests with `args` handed on to `cargo test`.
pub(crate) fn task(root: &Path, args: &[String]) -> ExitCode {
    let mut command = LINE.command();
    command.current_dir(root).args(args);
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("test: cannot start `{LINE}`: {error}");
            ExitCode::FAILURE
        }
    }
}
