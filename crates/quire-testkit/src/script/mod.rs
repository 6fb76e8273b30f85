//! Golden scripts: text files with commands and what a store must answer to each.
//!
//! 1. [`Script::parse`] reads the file; a word that is no command is refused with its line (`command.rs`, `words.rs`).
//! 2. [`Script::run`] works it off over a [`Backend`](crate::Backend) (`run.rs`), each answer as text (`show.rs`).
//! 3. [`golden`] compares what came with what the file says, for one backend after the other, and names the first line
//!    that differs. With `UPDATE_GOLDEN=1` the first backend's answers are written into the file.
//!
//! A script is lines of these kinds: `# a comment`, an empty line, `> a command`, and below a command the lines of its
//! answer. Commands that every backend knows:
//!
//! ```text
//! put C JSON [absent|present|rev N]      delete C ID [absent|present|rev N]      create C      drop C
//! batch … end                            the operations between the two in one commit
//! fill C COUNT BYTES                     so many documents of about so many bytes, in one commit
//! get C ID…                              scan C [filter JSON] [after ID] [limit N]
//! collections                            seq                                     stats
//! snapshot NAME                          release NAME
//! at NAME get|scan|collections|seq …     the same, at a snapshot
//! databases                              database create|drop|use NAME
//! checkpoint                             reopen                                  crash
//! ```
//!
//! Any other word goes to [`Backend::special`](crate::Backend::special), and is refused where that does not know it. An
//! id with white space in it is written as a JSON string.

mod command;
mod golden;
mod run;
mod show;
mod words;

pub use golden::{Maker, golden, golden_folder, scripts_folder};

use command::Command;

/// A script: its lines as they stand in the file, and what they ask for.
pub struct Script {
    lines: Vec<Line>,
}

/// A line that is not part of an answer.
struct Line {
    number: usize,
    text: String,
    command: Option<Command>,
}

/// What cannot be run, with its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl Script {
    /// Reads a script. The answers in it are left out.
    ///
    /// # Errors
    /// The first line that is neither a command, nor a comment, nor an answer below a command.
    pub fn parse(text: &str) -> Result<Script, Fault> {
        let mut lines: Vec<Line> = Vec::new();
        let (mut answers, mut in_batch) = (false, None);
        for (n, text) in text.lines().enumerate() {
            let (number, text) = (n + 1, text.trim_end());
            let fault = |what: String| Fault { line: number, what };
            let command = match text.strip_prefix("> ") {
                Some(words) => Some(Command::parse(words).map_err(fault)?),
                None if text.is_empty() || text.starts_with('#') => None,
                None if answers => continue,
                None => return Err(fault("an answer without a command".to_owned())),
            };
            match &command {
                Some(Command::Batch) if in_batch.is_none() => in_batch = Some(number),
                Some(Command::End) if in_batch.is_some() => in_batch = None,
                Some(Command::Batch | Command::End) => {
                    return Err(fault("batch and end come in pairs".to_owned()));
                }
                Some(Command::Write(_)) | None => {}
                Some(_) if in_batch.is_some() => return Err(fault("a batch has only operations".to_owned())),
                Some(_) => {}
            }
            answers = command.is_some();
            lines.push(Line { number, text: text.to_owned(), command });
        }
        match in_batch {
            Some(line) => Err(Fault { line, what: "a batch without an end".to_owned() }),
            None => Ok(Script { lines }),
        }
    }
}
