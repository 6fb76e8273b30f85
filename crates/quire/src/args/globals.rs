//! The flags that every command has.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What holds for every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// The data folder [default: ./quire-data]
    ///
    /// Without --url, a command speaks with the server that holds this folder; where none does, the command opens
    /// the folder itself.
    #[arg(long, value_name = "DIR", env = "QUIRE_DATA", global = true)]
    pub(crate) data: Option<PathBuf>,
    /// The server to speak with: http://HOST:PORT or unix:PATH
    #[arg(long, value_name = "URL", env = "QUIRE_URL", global = true)]
    pub(crate) url: Option<String>,
    /// The database [default: main]
    #[arg(long, value_name = "NAME", env = "QUIRE_DB", global = true)]
    pub(crate) db: Option<String>,
    /// How results are printed [default: table on a terminal, ndjson in a pipe]
    #[arg(long, value_name = "FORMAT", global = true)]
    pub(crate) output: Option<Format>,
    /// The settings file [default: quire.toml in the data folder, where there is one]
    #[arg(long, value_name = "FILE", env = "QUIRE_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// What is logged to standard error: error, warn, info, debug, trace [default: info for servers, else warn]
    #[arg(long, value_name = "LEVEL", env = "QUIRE_LOG", global = true)]
    pub(crate) log: Option<String>,
    /// Say nothing but results and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: a table, or one document indented
    Table,
    /// One JSON value: an array of results, or the one result
    Json,
    /// One JSON value per line
    Ndjson,
    /// Comma-separated values with a heading
    Csv,
}
