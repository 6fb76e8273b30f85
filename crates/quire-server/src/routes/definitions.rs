//! Databases and collections.

use crate::AppState;
use crate::answer::{WithHeaders, json};
use crate::failure::Failure;
use crate::request::{Place, QueryString};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use quire_model::Name;
use quire_wire::{CollectionAnswer, CollectionsAnswer, DatabaseAnswer, DatabasesAnswer, Named, path};

/// `GET /v1/databases`.
pub(super) async fn databases(State(app): State<AppState>, request: Request) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session().clone();
    let names = app.work().run(move || session.databases()).await?;
    json(StatusCode::OK, &DatabasesAnswer { databases: named(&names) })
}

/// `GET /v1/databases/{database}`.
pub(super) async fn database(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session_of(&place.database)?;
    let seen = app.work().run(move || session.collections()).await?;
    let collections = seen.value.iter().map(|name| name.as_str().to_owned()).collect();
    let answer = DatabaseAnswer { name: place.database, seq: seen.seq, collections };
    Ok(json(StatusCode::OK, &answer)?.with_seq(seen.seq))
}

/// `PUT /v1/databases/{database}`.
pub(super) async fn create_database(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session().clone();
    let name = place.database.clone();
    app.work().run(move || session.create_database(&name)).await?;
    let location = path::database(&place.database);
    Ok(json(StatusCode::CREATED, &Named { name: place.database })?.with_location(&location))
}

/// `DELETE /v1/databases/{database}`.
pub(super) async fn drop_database(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session().clone();
    app.work().run(move || session.drop_database(&place.database)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /v1/databases/{database}/collections`.
pub(super) async fn collections(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session_of(&place.database)?;
    let seen = app.work().run(move || session.collections()).await?;
    Ok(json(StatusCode::OK, &CollectionsAnswer { collections: named(&seen.value) })?.with_seq(seen.seq))
}

/// `GET /v1/databases/{database}/collections/{collection}`.
pub(super) async fn collection(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session_of(&place.database)?;
    let name = place.collection.clone();
    let seen = app.work().run(move || session.count(&name, None)).await?;
    let answer = CollectionAnswer { name: place.collection, documents: seen.value };
    Ok(json(StatusCode::OK, &answer)?.with_seq(seen.seq))
}

/// `PUT /v1/databases/{database}/collections/{collection}`.
pub(super) async fn create_collection(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session_of(&place.database)?;
    let name = place.collection.clone();
    let seq = app.work().run(move || session.create_collection(&name)).await?;
    let location = path::collection(&place.database, &place.collection);
    Ok(json(StatusCode::CREATED, &Named { name: place.collection })?.with_seq(seq).with_location(&location))
}

/// `DELETE /v1/databases/{database}/collections/{collection}`.
pub(super) async fn drop_collection(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session_of(&place.database)?;
    let seq = app.work().run(move || session.drop_collection(&place.collection)).await?;
    Ok(StatusCode::NO_CONTENT.into_response().with_seq(seq))
}

fn named(names: &[Name]) -> Vec<Named> {
    names.iter().map(|name| Named { name: name.as_str().to_owned() }).collect()
}
