//! The one binary: reads what is wanted, does it, and ends with an exit code.
//!
//! The life of a command:
//! 1. `args` reads the command line, `settings` the settings file and the environment.
//! 2. `logs` begins to log to standard error, and the process takes what the machine gives it (`machine`).
//! 3. `serve` and `quickstart` run a server (`host.rs`). Every other command (`commands`) speaks the client over a
//!    door (`door.rs`): an address, the socket of the server that holds the folder, or the folder opened in this
//!    process (`embed.rs`).
//! 4. Results go to standard output (`output`), everything else to standard error (`notes.rs`, `failure.rs`).
//! 5. The exit code is chosen here and nowhere else.

mod args;
mod commands;
mod door;
mod embed;
mod failure;
mod host;
mod import;
mod input;
mod logs;
mod machine;
mod notes;
mod output;
mod quickstart;
mod serve;
mod settings;
mod version;

use std::ffi::OsString;
use std::process::ExitCode;

use args::{Cli, Command};
use commands::Desk;
use failure::{Exit, Failure};
use notes::{Notes, warn};
use output::Output;
use settings::{Flags, Settings};

fn main() -> ExitCode {
    let cli = match args::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(said) => {
            // Help goes to standard output; whoever closed it has seen enough.
            said.print().ok();
            return ExitCode::from(u8::try_from(said.exit_code()).unwrap_or(Exit::Usage as u8));
        }
    };
    let format = cli.globals.output;
    match run(cli) {
        Ok(()) => ExitCode::from(Exit::Done as u8),
        Err(failure) => {
            failure.tell(format);
            ExitCode::from(failure.exit() as u8)
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let output = Output::new(cli.globals.output);
    let notes = Notes::new(cli.globals.quiet, cli.globals.output);
    if let Command::Version = cli.command {
        return version::run(output, cli.globals.output);
    }
    let environment = environment();
    let settings = Settings::read(&flags(&cli), &environment)?;
    let serves = matches!(cli.command, Command::Serve(_) | Command::Quickstart(_));
    let level = match (cli.globals.quiet, serves) {
        (true, _) => "error",
        (false, true) => "info",
        (false, false) => "warn",
    };
    logs::begin(&settings, level)?;
    machine::raise_open_files_max();
    for (name, meant) in settings::strangers(&environment) {
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        warn(format_args!("warning: the variable {name} is none of QuireDB's and has no effect{meant}"));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::internal(format!("no runtime can be made: {error}")))?;
    let names_db = cli.globals.db.is_some();
    let desk = Desk { settings, url: cli.globals.url, names_db, output, format: cli.globals.output, notes };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Serve(_) => serve::run(&desk).await,
            Command::Quickstart(args) => quickstart::run(desk, args).await,
            command => commands::run(&desk, command).await,
        }
    });
    // A thread may still wait for standard input that nobody will send.
    runtime.shutdown_background();
    outcome
}

/// What the command line says about settings.
fn flags(cli: &Cli) -> Flags {
    let mut values: Vec<(&'static str, &'static str, OsString)> = Vec::new();
    let globals = &cli.globals;
    values.extend(globals.data.iter().map(|data| ("data", "--data", data.clone().into_os_string())));
    values.extend(globals.db.iter().map(|db| ("db", "--db", OsString::from(db))));
    values.extend(globals.log.iter().map(|log| ("log", "--log", OsString::from(log))));
    match &cli.command {
        Command::Serve(serve) => {
            values.extend(serve.listen.iter().map(|to| ("listen", "--listen", OsString::from(to))));
            values.extend(
                serve.socket.iter().map(|path| ("socket", "--socket", path.clone().into_os_string())),
            );
            if serve.insecure_no_auth {
                values.push(("insecure_no_auth", "--insecure-no-auth", OsString::from("true")));
            }
        }
        Command::Quickstart(quickstart) => {
            values.extend(quickstart.listen.iter().map(|to| ("listen", "--listen", OsString::from(to))));
            if globals.data.is_none() {
                values.push(("data", "--data", OsString::from(quickstart::DATA_DEFAULT)));
            }
        }
        _ => {}
    }
    Flags { config: globals.config.clone(), values }
}

fn environment() -> Vec<(String, OsString)> {
    let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    named.filter(|(name, _)| name.starts_with("QUIRE_")).collect()
}
