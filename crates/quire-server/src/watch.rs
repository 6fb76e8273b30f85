//! The frame around every request: one event for each, and an answer even where a handler panics.

use crate::failure::{Failed, Failure};
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use quire_model::Error;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

/// Runs a request within the frame. No bodies are written to the log, and ids and details only at debug.
pub(crate) async fn frame(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    // Whoever panicked took its state with it: the handler's own values are gone, the shared ones are behind
    // locks.
    let response = AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
        Failure::from(Error::internal("the request met a defect and was ended")).into_response()
    });
    let status = response.status().as_u16();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let elapsed_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let failed = response.extensions().get::<Failed>().map(|failed| &failed.0);
    let code = failed.map_or("", |error| error.code().as_str());
    if status >= 500 {
        tracing::error!(event = "request_failed", %method, route, status, code, elapsed_us);
    }
    let detail = failed.map_or("", Error::detail);
    tracing::debug!(event = "request", %method, route, status, code, detail, elapsed_us);
    response
}
