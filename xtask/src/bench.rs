//! `cargo xtask bench NAME`: one benchmark beside its peers, in release.

use std::process::ExitCode;

use crate::cargo::CargoLine;

const LINE: CargoLine = CargoLine::new("run --release -p quire-bench --features peers --");

/// Runs the benchmark `name`, in the folder it was called from: its arguments may name files there.
pub(crate) fn task(name: &str, args: &[String]) -> ExitCode {
    match LINE.command().arg(name).args(args).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: cannot start `{LINE} {name}`: {error}");
            ExitCode::FAILURE
        }
    }
}
