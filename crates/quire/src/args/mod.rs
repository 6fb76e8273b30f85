//! The command line: what can be typed, and the help that teaches it.
//!
//! 1. [`parse`] reads the arguments; a wrong one ends here with exit code 2, `--help` with 0.
//! 2. [`Globals`] holds for every command and may stand before or behind it.
//! 3. [`Command`] is the one thing to do.

mod documents;
mod globals;
mod help;
mod operation;
mod transfer;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use documents::{Change, Count, Find, Get, Insert, Remove, Sql};
pub(crate) use globals::{Format, Globals};
pub(crate) use operation::{CollectionAction, DbAction, InspectFile, Quickstart, Serve};
pub(crate) use transfer::{Export, ExportFormat, Import, OnError};

/// QuireDB: the document database whose promises you can rerun
#[derive(Debug, Parser)]
#[command(name = "quire", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Everything that `quire` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tour a real data set in one minute, then serve it
    #[command(after_long_help = help::QUICKSTART)]
    Quickstart(Quickstart),
    /// Run the server
    Serve(Serve),
    /// Add a document, or several from standard input
    #[command(after_long_help = help::INSERT)]
    Insert(Insert),
    /// Print a document
    #[command(after_long_help = help::GET)]
    Get(Get),
    /// Put a document in the place of another, or create it
    #[command(after_long_help = help::REPLACE)]
    Replace(Change),
    /// Change some fields of a document (JSON merge patch)
    #[command(after_long_help = help::PATCH)]
    Patch(Change),
    /// Remove a document
    #[command(after_long_help = help::DELETE)]
    Delete(Remove),
    /// Search a collection
    #[command(after_long_help = help::FIND)]
    Find(Find),
    /// Count the documents that match
    #[command(after_long_help = help::COUNT)]
    Count(Count),
    /// Query collections as tables
    #[command(after_long_help = help::SQL)]
    Sql(Sql),
    /// Load documents from a file: NDJSON or a JSON array
    #[command(after_long_help = help::IMPORT)]
    Import(Import),
    /// Write a collection to a file
    #[command(after_long_help = help::EXPORT)]
    Export(Export),
    /// List, create or drop collections
    #[command(after_long_help = help::COLLECTION, arg_required_else_help = true)]
    Collection {
        /// What to do with collections.
        #[command(subcommand)]
        action: CollectionAction,
    },
    /// List, create or drop databases
    #[command(after_long_help = help::DB, arg_required_else_help = true)]
    Db {
        /// What to do with databases.
        #[command(subcommand)]
        action: DbAction,
    },
    /// Show figures: documents, bytes, commits
    #[command(after_long_help = help::STATS)]
    Stats,
    /// Write what is only in the log to data files, so that the next start is quick
    #[command(after_long_help = help::CHECKPOINT)]
    Checkpoint,
    /// Prove every byte of a data folder that nobody has open
    #[command(after_long_help = help::CHECK)]
    Check,
    /// Show what is in one file of a data folder
    #[command(after_long_help = help::INSPECT, arg_required_else_help = true)]
    Inspect {
        /// What kind of file it is.
        #[command(subcommand)]
        file: InspectFile,
    },
    /// Print the version
    #[command(after_long_help = help::VERSION)]
    Version,
}

/// Reads the arguments.
///
/// # Errors
/// What clap has to say: wrong usage, or the help that was asked for.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut command = command();
    if arguments.len() < 2 {
        // Clap would do so by itself, but not where a variable of the environment counts as an argument.
        let help = command.render_help();
        return Err(command.error(ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, help));
    }
    Cli::from_arg_matches(&command.try_get_matches_from(arguments)?)
}

/// The command line as clap knows it, with the commands listed in groups.
pub(crate) fn command() -> clap::Command {
    help::grouped(Cli::command())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Cli, clap::Error> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn globals_stand_before_or_behind_the_command() {
        for line in
            ["quire --data d --db x -q --output csv find c", "quire find c --data d --db x -q --output csv"]
        {
            let cli = read(line).unwrap();
            assert_eq!(cli.globals.data.unwrap().to_str(), Some("d"));
            assert_eq!(cli.globals.db.as_deref(), Some("x"));
            assert!(cli.globals.quiet);
            assert_eq!(cli.globals.output, Some(Format::Csv));
        }
        assert_eq!(read("quire collection list --db x").unwrap().globals.db.as_deref(), Some("x"));
    }

    #[test]
    fn wrong_usage_is_exit_code_2() {
        for line in ["quire nothing", "quire find", "quire get c", "quire find c --limit x", "quire --flag"] {
            assert_eq!(read(line).unwrap_err().exit_code(), 2, "{line}");
        }
        assert_eq!(read("quire --help").unwrap_err().exit_code(), 0);
    }
}
