//! `cargo xtask drill`: the engine on a simulated disk, beside a model, and bugs planted in it.

use std::process::ExitCode;

use crate::cargo::CargoLine;

const LINE: CargoLine = CargoLine::new("run --profile drill -p quire-drill --features planted --");

/// The drills as every test run has them.
pub(crate) fn short() -> ExitCode {
    task(&["--seeds".to_owned(), "2000".to_owned()])
}

/// Runs the drills with `args`.
pub(crate) fn task(args: &[String]) -> ExitCode {
    match LINE.command().args(args).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("drill: cannot start `{LINE}`: {error}");
            ExitCode::FAILURE
        }
    }
}
