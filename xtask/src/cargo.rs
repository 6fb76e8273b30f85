//! One Cargo command line: run it, or tell a person how to.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// A Cargo command as a person would type it.
#[derive(Clone, Copy)]
pub(crate) struct CargoLine {
    env: Option<(&'static str, &'static str)>,
    words: &'static str,
}

impl CargoLine {
    pub(crate) const fn new(words: &'static str) -> Self {
        Self { env: None, words }
    }

    pub(crate) const fn with_env(key: &'static str, value: &'static str, words: &'static str) -> Self {
        Self { env: Some((key, value)), words }
    }

    /// The command, not yet started, in the current folder.
    pub(crate) fn command(&self) -> Command {
        // The Cargo that started this task, not whichever is first on the path.
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command.args(self.words.split_whitespace());
        if let Some((key, value)) = self.env {
            command.env(key, value);
        }
        command
    }

    /// Runs it at `root` without showing anything: its standard output, or everything it said if it failed.
    pub(crate) fn capture(&self, root: &Path) -> Result<String, String> {
        let output = self
            .command()
            .current_dir(root)
            .output()
            .map_err(|error| format!("cannot start `{self}`: {error}"))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(stdout);
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        Err(format!("{}\n{}\n`{self}`: {}", stdout.trim_end(), stderr.trim_end(), output.status))
    }
}

impl fmt::Display for CargoLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((key, value)) = self.env {
            write!(f, "{key}=\"{value}\" ")?;
        }
        write!(f, "cargo {}", self.words)
    }
}
