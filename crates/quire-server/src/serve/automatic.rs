//! Answers that hyper gives by itself, to what is no request: they have no body, and here they get one.
//!
//! 1. Between two exchanges hyper writes nothing but such an answer, and closes the connection behind it. An exchange
//!    begins with the call of the service ([`Exchange::begin`]) and is over when the answer's body was dropped
//!    ([`Answered`]) and everything before was flushed.
//! 2. So what is written outside of an exchange and begins like an error is taken away, and an answer with the same
//!    status and a problem as its body is written in its place.
//!
//! Where a client sends the next request before it has read the answer to the one before, and that next one is no
//! request, the two may run together in one write; then the bare answer is passed on as it is.

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use quire_model::Code;
use quire_wire::Problem;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Where a connection is between two requests. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Exchange(Arc<AtomicU8>);

const IDLE: u8 = 0;
const BUSY: u8 = 1;
/// The answer was handed over, but perhaps not written.
const ENDING: u8 = 2;

impl Exchange {
    /// A request is there.
    pub(super) fn begin(&self) {
        self.0.store(BUSY, Ordering::Relaxed);
    }

    /// The answer with a body that tells when it is over.
    pub(super) fn answered(&self, response: Response<Body>) -> Response<Answered> {
        response.map(|body| Answered { body, exchange: self.clone() })
    }

    fn flushed(&self) {
        // Only the connection's own task comes here and to `begin`, so nothing happens in between.
        if self.0.load(Ordering::Relaxed) == ENDING {
            self.0.store(IDLE, Ordering::Relaxed);
        }
    }

    fn is_idle(&self) -> bool {
        self.0.load(Ordering::Relaxed) == IDLE
    }
}

/// The body of an answer.
pub(super) struct Answered {
    body: Body,
    exchange: Exchange,
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.exchange.0.store(ENDING, Ordering::Relaxed);
    }
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The stream of a connection.
pub(super) struct Explaining<I> {
    io: I,
    exchange: Exchange,
    /// What is still to be written of an answer of ours.
    own: Vec<u8>,
}

impl<I: AsyncWrite + Unpin> Explaining<I> {
    pub(super) fn new(io: I, exchange: Exchange) -> Explaining<I> {
        Explaining { io, exchange, own: Vec::new() }
    }

    /// Takes an answer away if it is one of hyper's own; says whether it did.
    fn takes(&mut self, bytes: &[u8]) -> bool {
        let Some(answer) = Some(bytes).filter(|_| self.exchange.is_idle()).and_then(explained) else {
            return false;
        };
        self.own = answer;
        true
    }

    fn poll_own(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.own.is_empty() {
            match ready!(Pin::new(&mut self.io).poll_write(context, &self.own))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(self.own.drain(..written)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// The answer in the place of one that has no body.
fn explained(bare: &[u8]) -> Option<Vec<u8>> {
    let line = bare.strip_prefix(b"HTTP/1.1 ")?;
    let status = StatusCode::from_bytes(line.get(..3)?).ok().filter(StatusCode::is_client_error)?;
    let (code, detail) = match status {
        StatusCode::URI_TOO_LONG => (Code::TooLarge, "the request's address is too long"),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            (Code::TooLarge, "the request's head has too many bytes or too many header fields")
        }
        _ => (
            Code::InvalidRequest,
            "this is no HTTP/1.1 request: its first line, a header or its length is wrong",
        ),
    };
    let body = serde_json::to_string(&Problem::new(status.as_u16(), code.as_str(), detail, false)).ok()?;
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    Some([head, body].concat().into_bytes())
}

impl<I: AsyncRead + Unpin> AsyncRead for Explaining<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Explaining<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_own(context))?;
        if self.takes(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_own(context))?;
        if let Some(first) = parts.iter().find(|part| !part.is_empty())
            && self.takes(first)
        {
            return Poll::Ready(Ok(first.len()));
        }
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_own(context))?;
        ready!(Pin::new(&mut self.io).poll_flush(context))?;
        self.exchange.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_own(context))?;
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
