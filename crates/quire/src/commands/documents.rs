//! `get`, `replace`, `patch`, `delete`: one document that is addressed by its id.

use quire_client::Collection;
use quire_client::wire::Written;

use super::Desk;
use crate::args::{Change, Remove};
use crate::failure::Failure;
use crate::input::argument;

pub(super) async fn get(desk: &Desk, collection: &Collection, id: &str) -> Result<(), Failure> {
    desk.output.one(collection.get(id).await?.get())
}

pub(super) async fn replace(desk: &Desk, collection: &Collection, args: Change) -> Result<(), Failure> {
    let document = argument(args.json.as_deref())?;
    written(desk, &collection.replace(&args.id, document, args.if_rev).await?)
}

pub(super) async fn patch(desk: &Desk, collection: &Collection, args: Change) -> Result<(), Failure> {
    let patch = argument(args.json.as_deref())?;
    written(desk, &collection.patch(&args.id, patch, args.if_rev).await?)
}

pub(super) async fn delete(desk: &Desk, collection: &Collection, args: Remove) -> Result<(), Failure> {
    let rev = collection.delete(&args.id, args.if_rev).await?;
    written(desk, &Written { id: args.id, rev })
}

/// Prints what a write answered: the id, and the commit that is now the document's revision.
pub(super) fn written(desk: &Desk, written: &Written) -> Result<(), Failure> {
    desk.output.row(&shown(written)?)
}

pub(super) fn shown(written: &Written) -> Result<String, Failure> {
    serde_json::to_string(written).map_err(|error| Failure::internal(error.to_string()))
}
