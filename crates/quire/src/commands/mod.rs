//! The commands that work on data, each over the same client whatever is behind it.
//!
//! [`run`] opens the door (`crate::door`), does one command, and closes the door again, also after a failure. Two look
//! at files and need no door: `check` and `inspect`.

mod check;
mod definitions;
mod documents;
mod export;
mod find;
mod import;
mod insert;
mod inspect;
mod operation;
mod sql;

use quire_client::{Collection, Database};

use crate::args::{Command, Format};
use crate::door::{Door, Missing};
use crate::failure::Failure;
use crate::import::Source;
use crate::notes::Notes;
use crate::output::Output;
use crate::settings::Settings;

/// What a command works with.
pub(crate) struct Desk {
    /// What the program runs by.
    pub(crate) settings: Settings,
    /// `--url`.
    pub(crate) url: Option<String>,
    /// Whether a database was named; some commands work on all where none is.
    pub(crate) names_db: bool,
    /// Where results go.
    pub(crate) output: Output,
    /// `--output`, where it is given.
    pub(crate) format: Option<Format>,
    /// Where everything else goes.
    pub(crate) notes: Notes,
}

/// Does one command that works on data.
pub(crate) async fn run(desk: &Desk, command: Command) -> Result<(), Failure> {
    if let Command::Import(args) = &command {
        // Asked before the door is opened: a name that was mistyped makes no data folder.
        Source::check(&args.file)?;
    }
    match &command {
        Command::Check => return check::run(desk).await,
        Command::Inspect { file } => return inspect::run(desk, file),
        _ => {}
    }
    let missing = if creates(&command) { Missing::Create } else { Missing::Refuse };
    let door = Door::open(&desk.settings, desk.url.as_deref(), missing).await?;
    let database = door.client().database(&desk.settings.db);
    let outcome = dispatch(desk, &database, command).await;
    let closed = door.close().await;
    outcome.and(closed)
}

/// Does one command over a door that is open.
pub(crate) async fn dispatch(desk: &Desk, database: &Database, command: Command) -> Result<(), Failure> {
    let collection = |name: &String| -> Collection { database.collection(name) };
    let once = |name: &String, key: &Option<String>| match key {
        Some(key) => database.once(key).collection(name),
        None => database.collection(name),
    };
    match command {
        Command::Insert(args) => {
            insert::run(desk, &once(&args.collection, &args.idempotency_key), args).await
        }
        Command::Get(args) => documents::get(desk, &collection(&args.collection), &args.id).await,
        Command::Replace(args) => {
            documents::replace(desk, &once(&args.collection, &args.idempotency_key), args).await
        }
        Command::Patch(args) => {
            documents::patch(desk, &once(&args.collection, &args.idempotency_key), args).await
        }
        Command::Delete(args) => {
            documents::delete(desk, &once(&args.collection, &args.idempotency_key), args).await
        }
        Command::Find(args) => find::find(desk, &collection(&args.collection), args).await,
        Command::Count(args) => find::count(desk, &collection(&args.collection), args).await,
        Command::Sql(args) => sql::run(desk, database, args).await,
        Command::Import(args) => import::run(desk, collection(&args.collection), args).await,
        Command::Export(args) => export::run(desk, &collection(&args.collection), args).await,
        Command::Collection { action } => definitions::collection(desk, database, action).await,
        Command::Db { action } => definitions::db(desk, database.client(), action).await,
        Command::Stats => operation::stats(desk, database.client()).await,
        Command::Checkpoint => operation::checkpoint(desk, database).await,
        Command::Quickstart(_)
        | Command::Serve(_)
        | Command::Check
        | Command::Inspect { .. }
        | Command::Version => Err(Failure::internal("this command works without a door")),
    }
}

/// Whether a command makes the data folder where there is none. A question about a folder that does not exist is
/// answered by saying so: an empty one made by a slip of the pen would only hide it.
fn creates(command: &Command) -> bool {
    use crate::args::{CollectionAction, DbAction};
    match command {
        Command::Insert(_) | Command::Replace(_) | Command::Import(_) => true,
        Command::Collection { action } => matches!(action, CollectionAction::Create { .. }),
        Command::Db { action } => matches!(action, DbAction::Create { .. }),
        _ => false,
    }
}
