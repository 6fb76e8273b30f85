//! Logs: to standard error, text on a terminal and one JSON object a line otherwise.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::settings::Settings;

/// Begins logging. `level` holds where the settings say nothing.
///
/// # Errors
/// Wrong usage where the settings name no level or filter.
pub(crate) fn begin(settings: &Settings, level: &str) -> Result<(), Failure> {
    let wanted = settings.log.as_deref().unwrap_or(level);
    let filter = EnvFilter::builder().parse(wanted).map_err(|error| {
        Failure::usage(format!("`log` is a level or a filter, this is `{wanted}`: {error}"))
    })?;
    let is_terminal = io::stderr().is_terminal();
    let is_text = settings.log_format.as_deref().map_or(is_terminal, |format| format == "text");
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(is_terminal && is_text);
    let begun = if is_text { builder.try_init() } else { builder.json().try_init() };
    begun.map_err(|error| Failure::internal(format!("logging cannot begin: {error}")))
}
