//! `cargo xtask test`: every test of the workspace.
//!
//! Besides the Rust toolchain the tests need the programs of [`NEEDED`], which are installed here first where they
//! are absent. The drills in their short form come first.
//! After `cargo test` nothing is printed, so that the last lines are its own summaries.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::cargo::CargoLine;
use crate::drill;

pub(crate) const LINE: CargoLine = CargoLine::new("test --workspace --locked");

/// Programs that tests start, each with the Debian package that has it.
const NEEDED: &[(&str, &str)] = &[("curl", "curl")]; // the README's examples speak HTTP with it

/// Installs what is absent.
fn install() -> Result<(), String> {
    for (program, package) in NEEDED {
        if runs(Command::new(program).arg("--version")) {
            continue;
        }
        eprintln!("test: installing {package}");
        let installed = runs(Command::new("apt-get").arg("update"))
            && runs(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends", package]));
        if !installed {
            return Err(format!("the tests need `{program}`, and `apt-get install {package}` did not work"));
        }
    }
    Ok(())
}

fn runs(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs the tests with `args` handed on to `cargo test`.
pub(crate) fn task(root: &Path, args: &[String]) -> ExitCode {
    if let Err(error) = install() {
        eprintln!("test: {error}");
        return ExitCode::FAILURE;
    }
    // With arguments somebody looks for one test and has no use for the drills.
    if args.is_empty() && drill::short() != ExitCode::SUCCESS {
        return ExitCode::FAILURE;
    }
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
