//! One document: insert, read, replace, patch, delete.

use crate::answer::{WithHeaders, bytes_of, json};
use crate::failure::Failure;
use crate::request::{
    Call, Freshness, JSON_LIKE, Place, check_content_type, expectation, expectation_of_present, freshness,
};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use quire_model::{Code, Error};
use quire_query::Condition;
use quire_wire::{Written, media, path};

/// Any request that addresses a document by an empty id.
pub(super) async fn no_id() -> Failure {
    Error::new(Code::InvalidId, "an _id must not be empty").into()
}

/// `POST …/documents`.
pub(super) async fn insert(mut call: Call) -> Result<Response, Failure> {
    call.write()?;
    let received = call.body(JSON_LIKE, call.document_bytes_max()).await?;
    let collection = call.place.collection.clone();
    let written = call.run(move |session| session.insert(&collection, &received.bytes)).await?;
    created(&call.place, written)
}

/// `GET …/documents/{id}`, and `HEAD`, for which the router leaves the body out.
pub(super) async fn read(mut call: Call) -> Result<Response, Failure> {
    call.read_document(&[]).await?;
    let (collection, id) = (call.place.collection.clone(), call.place.id.clone());
    let seen = call.run(move |session| session.get(&collection, &id)).await?;
    let rev = seen.value.rev;
    let response = match freshness(call.headers(), rev)? {
        Freshness::Other => {
            let detail = format!("the document is at revision {rev}, which if-match does not name");
            let error = Error::new(Code::RevisionMismatch, detail);
            return Err(Failure { etag: Some(rev), ..Failure::found(&call.session, error) });
        }
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
pub(super) async fn replace(mut call: Call) -> Result<Response, Failure> {
    call.write_document()?;
    let expect = expectation(call.headers())?;
    let received = call.body(JSON_LIKE, call.document_bytes_max()).await?;
    let (collection, id) = (call.place.collection.clone(), call.place.id.clone());
    let work = move |session: &quire_query::Session| {
        let is_new = expect == Condition::Absent;
        let written = session.replace(&collection, &id, &received.bytes, expect);
        written.map_err(|error| if is_new { as_condition(error) } else { error })
    };
    let written = call.run_on_document(work).await?;
    if written.created { created(&call.place, written) } else { changed(written) }
}

/// `PATCH …/documents/{id}`.
pub(super) async fn patch(mut call: Call) -> Result<Response, Failure> {
    call.write_document()?;
    let untyped = || Error::new(Code::UnsupportedMediaType, "a patch says its Content-Type");
    let typed = call.headers().get(CONTENT_TYPE).ok_or_else(untyped).map(|_| ());
    if let Err(error) = typed.and_then(|()| check_content_type(call.headers(), MERGE_PATCH)) {
        let mut response = Failure::from(error).into_response();
        let accepted = HeaderValue::from_static(media::MERGE_PATCH);
        response.headers_mut().insert(HeaderName::from_static("accept-patch"), accepted);
        return Ok(response);
    }
    let expect = expectation_of_present(call.headers())?;
    let received = call.body(MERGE_PATCH, call.document_bytes_max()).await?;
    let (collection, id) = (call.place.collection.clone(), call.place.id.clone());
    changed(
        call.run_on_document(move |session| session.patch(&collection, &id, &received.bytes, expect)).await?,
    )
}

/// What a patch may be.
const MERGE_PATCH: &[&str] = &[media::MERGE_PATCH];

/// `DELETE …/documents/{id}`.
pub(super) async fn delete(mut call: Call) -> Result<Response, Failure> {
    call.write_document()?;
    let expect = expectation_of_present(call.headers())?;
    let (collection, id) = (call.place.collection.clone(), call.place.id.clone());
    let written = call.run_on_document(move |session| session.delete(&collection, &id, expect)).await?;
    let response = StatusCode::NO_CONTENT.into_response();
    Ok(response.with_seq(written.rev).with_replayed(written.replayed))
}

fn created(place: &Place, written: quire_query::Written) -> Result<Response, Failure> {
    let location = path::document(&place.database, &place.collection, written.id.as_str());
    Ok(answered(StatusCode::CREATED, written)?.with_location(&location))
}

fn changed(written: quire_query::Written) -> Result<Response, Failure> {
    answered(StatusCode::OK, written)
}

fn answered(status: StatusCode, written: quire_query::Written) -> Result<Response, Failure> {
    let quire_query::Written { id, rev, replayed, .. } = written;
    let body = Written { id: id.as_str().to_owned(), rev };
    Ok(json(status, &body)?.with_seq(rev).with_etag(rev).with_replayed(replayed))
}

/// `If-None-Match: *` is a condition on the request, and HTTP answers a condition that fails with 412.
fn as_condition(error: Error) -> Error {
    if error.code() == Code::DocumentExists {
        let detail = format!("if-none-match wants a new document: {}", error.detail());
        return Error::new(Code::RevisionMismatch, detail);
    }
    error
}
