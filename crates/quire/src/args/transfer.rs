//! Commands that move many documents: `import` and `export`.

use clap::{Args, ValueEnum};

/// `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The collection; its first document makes it
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// One document per line, or a JSON array; packed with gzip or not; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: String,
    /// What a document that is refused does to the rest
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    pub(crate) on_error: OnError,
    /// Replace documents whose _id is there already, instead of refusing them
    #[arg(long)]
    pub(crate) replace: bool,
}

/// What a refused document does to the rest of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnError {
    /// Everything before it is imported, nothing behind it
    Stop,
    /// It is reported and left out
    Skip,
}

/// `export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// Where to; it appears when it is complete; `.gz` packs it; `-` or nothing writes to standard output
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<String>,
    /// How documents stand in the file
    #[arg(long, value_name = "FORMAT", default_value = "ndjson")]
    pub(crate) format: ExportFormat,
    /// Keep each document's revision as _rev
    #[arg(long)]
    pub(crate) with_rev: bool,
}

/// How documents stand in an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One document per line
    Ndjson,
    /// One JSON array
    Array,
}
