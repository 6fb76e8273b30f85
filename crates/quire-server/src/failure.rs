//! The one place where an error becomes an answer.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use quire_model::{Code, Error, Part};
use quire_wire::{Problem, ProblemPart, media};

/// What a handler answers when it cannot do what was asked.
pub(crate) struct Failure(pub(crate) Error);

/// Left on the answer for the event of the request.
#[derive(Clone)]
pub(crate) struct Failed(pub(crate) Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure(error)
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
        let error = self.0;
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
        response
    }
}

/// The error for a path that nothing answers.
pub(crate) fn no_route(path: &str) -> Error {
    let path: String = path.chars().take(200).collect();
    Error::new(Code::RouteNotFound, format!("there is nothing at {path}"))
}
