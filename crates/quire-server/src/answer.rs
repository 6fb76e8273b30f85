//! Answers that are made as a whole.

use crate::failure::Failure;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use quire_model::{Error, Seq};
use quire_query::Held;
use quire_wire::{header, media};
use serde::Serialize;

/// A JSON body.
pub(crate) fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Response, Failure> {
    let bytes =
        serde_json::to_vec(body).map_err(|e| Error::internal("the answer has no JSON").with_source(e))?;
    Ok(bytes_of(status, bytes))
}

/// A body that is JSON already.
pub(crate) fn bytes_of(status: StatusCode, bytes: impl Into<Bytes>) -> Response {
    let mut response = (status, bytes.into()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media::JSON));
    response
}

/// As [`bytes_of`]; the memory of the body is held until it is sent.
pub(crate) fn held_bytes_of(status: StatusCode, bytes: Vec<u8>, held: Held) -> Response {
    bytes_of(status, Bytes::from_owner(HeldBytes { bytes, _held: held }))
}

struct HeldBytes {
    bytes: Vec<u8>,
    _held: Held,
}

impl AsRef<[u8]> for HeldBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Headers of ours on an answer.
pub(crate) trait WithHeaders {
    /// The sequence number that the answer saw or made.
    fn with_seq(self, seq: Seq) -> Self;
    /// The document's revision.
    fn with_etag(self, rev: Seq) -> Self;
    /// Whether the answer was given before, to an earlier request with the same idempotency key.
    fn with_replayed(self, replayed: bool) -> Self;
    /// The address of what was made.
    fn with_location(self, path: &str) -> Self;
}

impl WithHeaders for Response {
    fn with_seq(mut self, seq: Seq) -> Response {
        self.headers_mut().insert(HeaderName::from_static(header::SEQ), HeaderValue::from(seq));
        self
    }

    fn with_etag(mut self, rev: Seq) -> Response {
        // Digits and quotes are always a header value.
        if let Ok(tag) = HeaderValue::from_str(&header::etag(rev)) {
            self.headers_mut().insert(ETAG, tag);
        }
        self
    }

    fn with_replayed(mut self, replayed: bool) -> Response {
        if replayed {
            let name = HeaderName::from_static(header::IDEMPOTENCY_REPLAYED);
            self.headers_mut().insert(name, HeaderValue::from_static("true"));
        }
        self
    }

    fn with_location(mut self, path: &str) -> Response {
        // A percent-encoded path is always a header value.
        if let Ok(path) = HeaderValue::from_str(path) {
            self.headers_mut().insert(LOCATION, path);
        }
        self
    }
}
