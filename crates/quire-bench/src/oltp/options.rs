//! What the flags say.

use super::case::CASES;
use crate::flag;
use crate::report::FOLDER;
use std::path::PathBuf;

/// The flags of `oltp`, with what holds where one is absent.
pub(super) struct Options {
    /// The cases to run; all where it is empty.
    cases: Vec<String>,
    documents: Option<u64>,
    pub(super) rounds: usize,
    pub(super) seconds: f64,
    pub(super) quick: bool,
    /// Where databases are made and removed.
    pub(super) folder: PathBuf,
    /// Where the results go.
    pub(super) output: PathBuf,
}

/// What `--quick` divides the number of documents by.
const QUICK_DIVISOR: u64 = 100;

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Options, String> {
        known(arguments)?;
        let quick = arguments.iter().any(|argument| argument == "--quick");
        let cases: String = flag(arguments, "--case", String::new())?;
        let cases: Vec<String> =
            cases.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if let Some(unknown) = cases.iter().find(|name| CASES.iter().all(|(known, _)| known != name)) {
            let known: Vec<&str> = CASES.iter().map(|(name, _)| *name).collect();
            return Err(format!("there is no case {unknown}; there are: {}", known.join(", ")));
        }
        let documents = flag(arguments, "--documents", 0)?;
        let options = Options {
            cases,
            documents: (documents > 0).then_some(documents),
            rounds: flag(arguments, "--rounds", if quick { 2 } else { 7 })?,
            seconds: flag(arguments, "--seconds", if quick { 0.2 } else { 2.0 })?,
            quick,
            folder: flag(arguments, "--folder", PathBuf::from("target/bench"))?,
            output: flag(arguments, "--output", PathBuf::from(FOLDER))?,
        };
        if options.rounds == 0 {
            return Err("--rounds is at least 1".to_owned());
        }
        Ok(options)
    }

    pub(super) fn wants(&self, case: &str) -> bool {
        self.cases.is_empty() || self.cases.iter().any(|name| name == case)
    }

    /// How many documents a case has: as the flag says, else `default`, or a part of it for `--quick`.
    pub(super) fn documents(&self, default: u64) -> u64 {
        self.documents.unwrap_or(self.fewer(default))
    }

    /// `count`, or a part of it for `--quick`.
    pub(super) fn fewer(&self, count: u64) -> u64 {
        if self.quick { (count / QUICK_DIVISOR).max(10) } else { count }
    }
}

/// A flag that is not known would be passed over in silence, and other figures measured than were asked for.
fn known(arguments: &[String]) -> Result<(), String> {
    let with_value = ["--case", "--documents", "--rounds", "--seconds", "--folder", "--output"];
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        if with_value.contains(&argument) {
            arguments.next();
        } else if argument != "--quick" {
            return Err(format!("{argument} is not an option"));
        }
    }
    Ok(())
}
