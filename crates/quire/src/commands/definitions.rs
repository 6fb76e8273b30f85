//! `collection …` and `db …`.

use quire_client::wire::Named;
use quire_client::{Client, Database};

use super::Desk;
use crate::args::{CollectionAction, DbAction};
use crate::failure::Failure;

pub(super) async fn collection(
    desk: &Desk,
    database: &Database,
    action: CollectionAction,
) -> Result<(), Failure> {
    match action {
        CollectionAction::List => names(desk, database.collections().await?),
        CollectionAction::Create { name } => {
            let made = database.collection(name).create().await?;
            desk.notes.say(format_args!("created collection {}", made.name));
            Ok(())
        }
        CollectionAction::Drop { name } => {
            database.collection(name.as_str()).drop().await?;
            desk.notes.say(format_args!("dropped collection {name}"));
            Ok(())
        }
    }
}

pub(super) async fn db(desk: &Desk, client: &Client, action: DbAction) -> Result<(), Failure> {
    match action {
        DbAction::List => names(desk, client.databases().await?),
        DbAction::Create { name } => {
            let made = client.database(name).create().await?;
            desk.notes.say(format_args!("created database {}", made.name));
            Ok(())
        }
        DbAction::Drop { name } => {
            client.database(name.as_str()).drop().await?;
            desk.notes.say(format_args!("dropped database {name}"));
            Ok(())
        }
    }
}

fn names(desk: &Desk, names: Vec<Named>) -> Result<(), Failure> {
    let mut list = desk.output.list(Some(vec!["name".to_owned()]));
    for named in &names {
        let object = serde_json::to_string(named).map_err(|error| Failure::internal(error.to_string()))?;
        list.add(&object)?;
    }
    list.end()
}
