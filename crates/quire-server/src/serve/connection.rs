//! One connection: its head limits, its requests, its end.

use super::automatic::{Exchange, Explaining};
use super::stall::Stalling;
use super::{Flushed, Server};
use crate::guard::Transport;
use crate::request::Lingering;
use axum::body::Body;
use axum::http::header::EXPECT;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tower::Service;

/// Answers requests of a connection until either side ends it.
pub(super) async fn drive<I>(server: &Server, io: I, transport: Transport)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = server.app.limits();
    let flushed = Flushed::default();
    let exchange = Exchange::default();
    let io = Stalling::new(io, limits.write_stall_timeout, flushed.clone());
    let io = TokioIo::new(Explaining::new(io, exchange.clone()));
    let discard_timeout = limits.discard_timeout;
    let service = service_fn(|request: Request<Incoming>| {
        let waits = request.headers().contains_key(EXPECT);
        let mut request = request.map(|body| Body::new(Lingering::new(body, waits, discard_timeout)));
        request.extensions_mut().insert(transport);
        request.extensions_mut().insert(flushed.clone());
        exchange.begin();
        let exchange = exchange.clone();
        // A router is always ready.
        let answer = server.router.clone().call(request);
        async move { answer.await.map(|response| exchange.answered(response)) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_header_size(limits.header_bytes_max)
        .max_headers(limits.headers_max);
    let mut connection = pin!(builder.serve_connection(io, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = server.app.stopped() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Clients break off all the time; it is no event of the server's.
        tracing::debug!(event = "connection_ended", %error);
    }
}

/// What a client is told that comes when every connection is taken.
const REFUSAL: &str = concat!(
    "{\"type\":\"urn:quiredb:error:unavailable\",\"title\":\"unavailable\",\"status\":503,",
    "\"detail\":\"the server has as many connections as it takes\",",
    "\"code\":\"unavailable\",\"retryable\":true,\"errors\":[]}"
);

/// Tells a client that there is no room, without reading what it sends.
pub(super) async fn refuse<I: AsyncWrite + Unpin>(mut io: I) {
    let head = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        REFUSAL.len()
    );
    let told = async {
        io.write_all(head.as_bytes()).await?;
        io.write_all(REFUSAL.as_bytes()).await?;
        io.shutdown().await
    };
    // Whoever does not take it in time is not waited for.
    if let Ok(Err(error)) = tokio::time::timeout(Duration::from_secs(1), told).await {
        tracing::debug!(event = "refusal_unread", %error);
    }
}
