//! What is said beside results: on standard error, for people.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use quire_client::wire::Problem;

use crate::args::Format;

/// Says things on standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notes {
    quiet: bool,
    format: Option<Format>,
}

impl Notes {
    /// Notes that keep quiet after `-q`, and report as JSON where results are JSON.
    pub(crate) fn new(quiet: bool, format: Option<Format>) -> Notes {
        Notes { quiet, format }
    }

    /// Says something that matters to a person only.
    pub(crate) fn say(self, text: impl std::fmt::Display) {
        if !self.quiet {
            warn(text);
        }
    }

    /// Reports a document of a file that was refused.
    pub(crate) fn refused(self, file: &str, line: u64, code: &str, detail: &str) {
        let place = format!("{file}:{line}: {detail}");
        if self.format == Some(Format::Json)
            && let Ok(json) = serde_json::to_string(&Problem::new(400, code, place.as_str(), false))
        {
            return warn(json);
        }
        warn(format_args!("{place} [{code}]"));
    }

    /// A progress bar over bytes, where somebody looks at it.
    pub(crate) fn progress(self, bytes: Option<u64>, bytes_done: Arc<AtomicU64>) -> Progress {
        if self.quiet || !io::stderr().is_terminal() {
            return Progress { bar: None, bytes_done };
        }
        let template = match bytes {
            Some(_) => "{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left",
            None => "{spinner} {bytes}  {msg}  {elapsed}",
        };
        let bar = bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        // A template that does not parse leaves the bar in its own style.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress { bar: Some(bar), bytes_done }
    }
}

/// A progress bar that may not be there. It goes away when it is dropped.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    bytes_done: Arc<AtomicU64>,
}

impl Progress {
    /// Shows how far the work is.
    pub(crate) fn update(&self, documents: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.bytes_done.load(Ordering::Relaxed));
            bar.set_message(format!("{documents} documents"));
        }
    }

    /// Says something without disturbing the bar.
    pub(crate) fn aside(&self, say: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Says something even where quiet was asked for.
pub(crate) fn warn(text: impl std::fmt::Display) {
    // When standard error is gone there is nobody left to tell.
    writeln!(io::stderr(), "{text}").ok();
}
