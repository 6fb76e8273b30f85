//! Bodies that a handler leaves unread.
//!
//! If a connection is closed while the client still sends, the client sees a reset and never reads the answer
//! that says why. So what nobody reads is read and thrown away, for a bounded time.

use axum::body::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// A body that is read to its end even when it is dropped before.
pub(crate) struct Lingering {
    /// `None` once the end or an error was seen.
    rest: Option<Incoming>,
    /// Whether the client waits for `100 Continue`, which the first read sends: then it has sent nothing yet,
    /// and reading would make it begin.
    waits: bool,
    discard_timeout: Duration,
}

impl Lingering {
    pub(crate) fn new(body: Incoming, waits: bool, discard_timeout: Duration) -> Lingering {
        Lingering { rest: Some(body), waits, discard_timeout }
    }
}

impl Body for Lingering {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.waits = false;
        let Some(rest) = self.rest.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(rest).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.rest = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.rest.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.rest.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let Some(mut rest) = self.rest.take().filter(|rest| !rest.is_end_stream() && !self.waits) else {
            return;
        };
        let timeout = self.discard_timeout;
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(timeout, async move {
                while let Some(Ok(_)) = rest.frame().await {}
            }));
        }
    }
}
