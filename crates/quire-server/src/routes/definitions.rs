//! Databases and collections.

use crate::answer::{WithHeaders, json};
use crate::failure::Failure;
use crate::request::Call;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use quire_model::Name;
use quire_wire::{CollectionAnswer, CollectionsAnswer, DatabaseAnswer, DatabasesAnswer, Named, path};

/// `GET /v1/databases`.
pub(super) async fn databases(call: Call) -> Result<Response, Failure> {
    call.of_server(&[])?;
    let names = call.run_on_server(|session| session.databases()).await?;
    json(StatusCode::OK, &DatabasesAnswer { databases: named(&names) })
}

/// `GET /v1/databases/{database}`.
pub(super) async fn database(mut call: Call) -> Result<Response, Failure> {
    call.read(&[]).await?;
    let seen = call.run(|session| session.collections()).await?;
    let collections = seen.value.iter().map(|name| name.as_str().to_owned()).collect();
    let answer = DatabaseAnswer { name: call.place.database, seq: seen.seq, collections };
    Ok(json(StatusCode::OK, &answer)?.with_seq(seen.seq))
}

/// `PUT /v1/databases/{database}`. It is no commit of a database, so it takes no key.
pub(super) async fn create_database(call: Call) -> Result<Response, Failure> {
    call.of_server(&[])?;
    let name = call.place.database.clone();
    let made = call.app.session_of(&name)?;
    let work = move |session: &quire_query::Session| {
        session.create_database(&name)?;
        // Somebody else may have dropped it already.
        Ok(made.newest().ok())
    };
    let seq = call.run_on_server(work).await?;
    let location = path::database(&call.place.database);
    let response = json(StatusCode::CREATED, &Named { name: call.place.database })?.with_location(&location);
    Ok(seq.into_iter().fold(response, WithHeaders::with_seq))
}

/// `DELETE /v1/databases/{database}`. It is no commit of a database, so it takes no key.
pub(super) async fn drop_database(call: Call) -> Result<Response, Failure> {
    call.of_server(&[])?;
    let name = call.place.database.clone();
    call.run_on_server(move |session| session.drop_database(&name)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /v1/databases/{database}/collections`.
pub(super) async fn collections(mut call: Call) -> Result<Response, Failure> {
    call.read(&[]).await?;
    let seen = call.run(|session| session.collections()).await?;
    Ok(json(StatusCode::OK, &CollectionsAnswer { collections: named(&seen.value) })?.with_seq(seen.seq))
}

/// `GET /v1/databases/{database}/collections/{collection}`.
pub(super) async fn collection(mut call: Call) -> Result<Response, Failure> {
    call.read(&[]).await?;
    let name = call.place.collection.clone();
    let seen = call.run(move |session| session.count(&name, None)).await?;
    let answer = CollectionAnswer { name: call.place.collection, documents: seen.value };
    Ok(json(StatusCode::OK, &answer)?.with_seq(seen.seq))
}

/// `PUT /v1/databases/{database}/collections/{collection}`.
pub(super) async fn create_collection(mut call: Call) -> Result<Response, Failure> {
    call.write()?;
    let name = call.place.collection.clone();
    let made = call.run(move |session| session.create_collection(&name)).await?;
    let location = path::collection(&call.place.database, &call.place.collection);
    let response = json(StatusCode::CREATED, &Named { name: call.place.collection })?;
    Ok(response.with_seq(made.seq).with_location(&location).with_replayed(made.replayed))
}

/// `DELETE /v1/databases/{database}/collections/{collection}`.
pub(super) async fn drop_collection(mut call: Call) -> Result<Response, Failure> {
    call.write()?;
    let name = call.place.collection.clone();
    let gone = call.run(move |session| session.drop_collection(&name)).await?;
    Ok(StatusCode::NO_CONTENT.into_response().with_seq(gone.seq).with_replayed(gone.replayed))
}

fn named(names: &[Name]) -> Vec<Named> {
    names.iter().map(|name| Named { name: name.as_str().to_owned() }).collect()
}
