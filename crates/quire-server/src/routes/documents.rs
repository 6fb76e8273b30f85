//! One document: insert, read, replace, patch, delete.

use crate::AppState;
use crate::answer::{WithHeaders, bytes_of, json};
use crate::failure::Failure;
use crate::request::{
    Freshness, JSON_LIKE, Place, QueryString, check_content_type, expectation, expected_revision, freshness,
    receive,
};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use quire_model::{Code, Error, Expect};
use quire_wire::{Written, media, path};

/// Any request that addresses a document by an empty id.
pub(super) async fn no_id() -> Failure {
    Failure(Error::new(Code::InvalidId, "an _id must not be empty"))
}

/// `POST …/documents`.
pub(super) async fn insert(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    let (head, body) = request.into_parts();
    QueryString::read(&head.uri, &[])?;
    check_content_type(&head.headers, JSON_LIKE)?;
    let session = app.session_of(&place.database)?;
    let received = receive(&app, &head.headers, body, document_bytes_max(&app)).await?;
    let collection = place.collection.clone();
    let written = app.work().run(move || session.insert(&collection, &received.bytes)).await?;
    created(&place, written)
}

/// `GET …/documents/{id}`, and `HEAD`, for which the router leaves the body out.
pub(super) async fn read(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let session = app.session_of(&place.database)?;
    let seen = app.work().run(move || session.get(&place.collection, &place.id)).await?;
    let rev = seen.value.rev;
    let response = match freshness(request.headers(), rev)? {
        Freshness::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Freshness::Send => {
            let mut bytes = Vec::with_capacity(seen.value.document.text().len() + 32);
            seen.value.write_with_rev(&mut bytes);
            bytes_of(StatusCode::OK, bytes)
        }
    };
    Ok(response.with_seq(seen.seq).with_etag(rev))
}

/// `PUT …/documents/{id}`.
pub(super) async fn replace(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    let (head, body) = request.into_parts();
    QueryString::read(&head.uri, &[])?;
    check_content_type(&head.headers, JSON_LIKE)?;
    let expect = expectation(&head.headers)?;
    let session = app.session_of(&place.database)?;
    let received = receive(&app, &head.headers, body, document_bytes_max(&app)).await?;
    let (collection, id) = (place.collection.clone(), place.id.clone());
    let work = move || session.replace(&collection, &id, &received.bytes, expect);
    let written = app.work().run(work).await.map_err(|error| as_condition(error, expect))?;
    if written.created { created(&place, written) } else { changed(written) }
}

/// `PATCH …/documents/{id}`.
pub(super) async fn patch(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    let (head, body) = request.into_parts();
    QueryString::read(&head.uri, &[])?;
    let untyped = || Error::new(Code::UnsupportedMediaType, "a patch says its Content-Type");
    let typed = head.headers.get(CONTENT_TYPE).ok_or_else(untyped).map(|_| ());
    if let Err(error) = typed.and_then(|()| check_content_type(&head.headers, &[media::MERGE_PATCH])) {
        let mut response = Failure(error).into_response();
        let accepted = HeaderValue::from_static(media::MERGE_PATCH);
        response.headers_mut().insert(HeaderName::from_static("accept-patch"), accepted);
        return Ok(response);
    }
    let expect = expected_revision(&head.headers)?;
    let session = app.session_of(&place.database)?;
    let received = receive(&app, &head.headers, body, document_bytes_max(&app)).await?;
    let work = move || session.patch(&place.collection, &place.id, &received.bytes, expect);
    changed(app.work().run(work).await?)
}

/// `DELETE …/documents/{id}`.
pub(super) async fn delete(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    QueryString::read(request.uri(), &[])?;
    let expect = expected_revision(request.headers())?;
    let session = app.session_of(&place.database)?;
    let written = app.work().run(move || session.delete(&place.collection, &place.id, expect)).await?;
    Ok(StatusCode::NO_CONTENT.into_response().with_seq(written.rev))
}

/// What is read of a document's body: enough that the session sees what is too large, and says so.
fn document_bytes_max(app: &AppState) -> usize {
    app.session().limits().document_bytes_max.saturating_add(app.limits().body_slack_bytes)
}

fn created(place: &Place, written: quire_query::Written) -> Result<Response, Failure> {
    let location = path::document(&place.database, &place.collection, written.id.as_str());
    let rev = written.rev;
    Ok(json(StatusCode::CREATED, &sent(written))?.with_seq(rev).with_etag(rev).with_location(&location))
}

fn changed(written: quire_query::Written) -> Result<Response, Failure> {
    let rev = written.rev;
    Ok(json(StatusCode::OK, &sent(written))?.with_seq(rev).with_etag(rev))
}

fn sent(written: quire_query::Written) -> Written {
    Written { id: written.id.as_str().to_owned(), rev: written.rev }
}

/// `If-None-Match: *` is a condition on the request, and HTTP answers a condition that fails with 412.
fn as_condition(error: Error, expect: Expect) -> Error {
    if expect == Expect::Absent && error.code() == Code::DocumentExists {
        let detail = format!("if-none-match wants a new document: {}", error.detail());
        return Error::new(Code::RevisionMismatch, detail);
    }
    error
}
