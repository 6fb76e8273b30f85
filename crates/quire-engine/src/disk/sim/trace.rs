//! What was called, in order: two runs of the same seed give the same lines.

use super::fault::Call;
use std::fmt::Write;
use std::io;

#[derive(Debug, Default)]
pub(super) struct Trace(Option<String>);

impl Trace {
    pub(super) fn start(&mut self) {
        self.0 = Some(String::new());
    }

    pub(super) fn text(&self) -> String {
        self.0.clone().unwrap_or_default()
    }

    /// Notes a call, what it was for and how it went.
    pub(super) fn note<T>(&mut self, call: Call, what: std::fmt::Arguments<'_>, result: &io::Result<T>) {
        let Some(lines) = &mut self.0 else { return };
        // Writing to a string does not fail.
        let _ = match result {
            Ok(_) => writeln!(lines, "{call:?} {what} ok"),
            Err(error) => writeln!(lines, "{call:?} {what} failed: {error}"),
        };
    }
}
