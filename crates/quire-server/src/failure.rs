//! The one place where an error becomes an answer.

use crate::answer::WithHeaders;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use quire_model::{Code, Error, Part, Seq};
use quire_query::Session;
use quire_wire::{Problem, ProblemPart, media};

/// What a handler answers when it cannot do what was asked.
pub(crate) struct Failure {
    /// Why not.
    pub(crate) error: Error,
    /// The sequence number at which that was found, where the database was looked at.
    pub(crate) seq: Option<Seq>,
    /// The revision of the document that has another one than was wanted.
    pub(crate) etag: Option<Seq>,
}

impl Failure {
    /// An error with what its session saw until then.
    pub(crate) fn found(session: &Session, error: Error) -> Failure {
        Failure { seq: session.seen(), ..Failure::from(error) }
    }

    /// An error of work that may block with its session. Where a write was refused without a look at the data, the
    /// newest commit is what it was refused at.
    pub(crate) fn at(session: &Session, error: Error) -> Failure {
        // An error of the server is no statement about the data, and the store may be what fails.
        if session.seen().is_none() && error.code().status() < 500 {
            session.newest().ok();
        }
        Failure::found(session, error)
    }
}

/// Left on the answer for the event of the request.
#[derive(Clone)]
pub(crate) struct Failed(pub(crate) Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { error, seq: None, etag: None }
    }
}

/// The error as a body.
pub(crate) fn problem(error: &Error) -> Problem {
    let code = error.code();
    let mut problem = Problem::new(code.status(), code.as_str(), error.detail(), error.retryable());
    problem.errors = parts(error.parts());
    problem
}

/// The parts at fault as they are sent.
pub(crate) fn parts(parts: &[Part]) -> Vec<ProblemPart> {
    let sent = |part: &Part| ProblemPart {
        pointer: part.pointer.clone(),
        code: part.code.as_str().to_owned(),
        detail: part.detail.clone(),
    };
    parts.iter().map(sent).collect()
}

/// The last line, with its end, of a stream that cannot go on.
pub(crate) fn stream_line(error: &Error) -> Vec<u8> {
    tracing::debug!(event = "stream_failed", code = error.code().as_str(), detail = error.detail());
    if error.code().status() >= 500 {
        tracing::error!(event = "stream_failed", code = error.code().as_str());
    }
    let fallback = || {
        "{\"error\":{\"type\":\"urn:quiredb:error:internal\",\"code\":\"internal\",\"status\":500}}".into()
    };
    let mut line = problem(error).to_stream_line().unwrap_or_else(|_| fallback()).into_bytes();
    line.push(b'\n');
    line
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Failure { error, seq, etag } = self;
        let code = error.code();
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Text and numbers always serialize; an empty body would still carry the status.
        let body = serde_json::to_vec(&problem(&error)).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media::PROBLEM));
        if code.retryable() && matches!(code.status(), 429 | 503) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(Failed(error));
        let response = seq.into_iter().fold(response, WithHeaders::with_seq);
        etag.into_iter().fold(response, WithHeaders::with_etag)
    }
}

/// The error for a path that nothing answers.
pub(crate) fn no_route(path: &str) -> Error {
    let path: String = path.chars().take(200).collect();
    Error::new(Code::RouteNotFound, format!("there is nothing at {path}"))
}
