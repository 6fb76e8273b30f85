//! Sends requests over one connection that is kept, and opens another when that one is busy or closed.
//!
//! 1. [`Transport::send`] takes the idle connection, or opens one (`connection.rs`).
//! 2. The request goes out. If the kept connection turns out to be closed before a byte was sent, the request goes
//!    over a new one. A write whose bytes were sent is never sent again unless it has an idempotency key: whether it
//!    happened is then unknown.
//! 3. The caller reads the answer's body (`answer.rs`); when it is read to its end, the connection is idle again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::StreamExt;
use futures::stream::BoxStream;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper::{Method, Request};

use crate::answer::Answer;
use crate::connection::{self, Body, BodyError, Sender};
use crate::{ClientError, Endpoint};
use quire_wire::header::IDEMPOTENCY_KEY;

/// A request before it is an HTTP request.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) payload: Payload,
    /// What asking twice does.
    pub(crate) again: Again,
}

/// What asking twice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// Nothing: it only reads.
    Reads,
    /// Nothing more than asking once: it has a key.
    Once,
    /// It may change something twice.
    Changes,
}

/// A request's body before it is sent.
pub(crate) enum Payload {
    None,
    Whole(Bytes),
    Stream(BoxStream<'static, Result<Bytes, BodyError>>),
}

impl Ask {
    pub(crate) fn new(method: Method, path: String) -> Ask {
        let again = if method == Method::GET { Again::Reads } else { Again::Changes };
        Ask { method, path, headers: Vec::new(), payload: Payload::None, again }
    }

    /// The request with a body of this media type.
    pub(crate) fn body(mut self, media_type: &str, bytes: impl Into<Bytes>) -> Ask {
        self.payload = Payload::Whole(bytes.into());
        self.header(CONTENT_TYPE, media_type)
    }

    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Ask {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn accept(self, media_type: &str) -> Ask {
        self.header(ACCEPT, media_type)
    }

    /// The request marked as one that only reads, though it is a POST.
    pub(crate) fn reads(mut self) -> Ask {
        self.again = Again::Reads;
        self
    }

    /// The request with an idempotency key.
    pub(crate) fn once(mut self, key: &str) -> Ask {
        self.again = Again::Once;
        self.header(HeaderName::from_static(IDEMPOTENCY_KEY), key)
    }

    /// Whether the same request can be sent again: it does no harm, and its body is still here.
    fn is_repeatable(&self) -> bool {
        self.again != Again::Changes && !matches!(self.payload, Payload::Stream(_))
    }

    /// The HTTP request. A whole body stays here to be sent again; a stream is used up.
    fn request(&mut self, host: &str) -> Result<Request<Body>, ClientError> {
        let no_request = |error: &dyn std::fmt::Display| {
            ClientError::Protocol(format!("no request can be made for {}: {error}", self.path))
        };
        let mut builder = Request::builder().method(self.method.clone()).uri(&self.path).header(HOST, host);
        for (name, value) in &self.headers {
            let value = HeaderValue::from_str(value).map_err(|error| no_request(&error))?;
            builder = builder.header(name, value);
        }
        let body: Body = match &mut self.payload {
            Payload::None => Empty::new().map_err(|never| match never {}).boxed_unsync(),
            Payload::Whole(bytes) => Full::new(bytes.clone()).map_err(|never| match never {}).boxed_unsync(),
            Payload::Stream(stream) => {
                let stream = std::mem::replace(stream, futures::stream::empty().boxed());
                BodyExt::boxed_unsync(StreamBody::new(stream.map(|chunk| chunk.map(Frame::data))))
            }
        };
        builder.body(body).map_err(|error| no_request(&error))
    }
}

/// An endpoint and the one connection that is kept to it.
pub(crate) struct Transport {
    endpoint: Endpoint,
    host: String,
    idle: Mutex<Option<Sender>>,
}

impl Transport {
    pub(crate) fn new(endpoint: Endpoint) -> Transport {
        let host = endpoint.authority();
        Transport { endpoint, host, idle: Mutex::new(None) }
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Keeps a connection whose last answer was read to its end. One is enough: a second is closed.
    pub(crate) fn keep(&self, sender: Sender) {
        if !sender.is_closed() {
            *self.slot() = Some(sender);
        }
    }

    fn slot(&self) -> MutexGuard<'_, Option<Sender>> {
        // Nothing can panic while the lock is held, and an Option has no half-written state.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(self: &Arc<Self>, mut ask: Ask) -> Result<Answer, ClientError> {
        let mut request = ask.request(&self.host)?;
        if let Some(mut sender) = self.kept().await {
            match sender.try_send_request(request).await {
                Ok(response) => return Ok(Answer::new(response, sender, Arc::clone(self), ask.again)),
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None if ask.is_repeatable() => request = ask.request(&self.host)?,
                    None => return Err(ClientError::cut_off(&self.endpoint, failed.into_error())),
                },
            }
        }
        let mut sender = connection::open(&self.endpoint).await?;
        match sender.try_send_request(request).await {
            Ok(response) => Ok(Answer::new(response, sender, Arc::clone(self), ask.again)),
            Err(failed) if failed.message().is_some() || ask.again == Again::Reads => {
                Err(ClientError::unreachable(&self.endpoint, failed.into_error()))
            }
            Err(failed) => Err(ClientError::cut_off(&self.endpoint, failed.into_error())),
        }
    }

    /// The idle connection, if there is one and it is still open.
    async fn kept(&self) -> Option<Sender> {
        let mut sender = self.slot().take()?;
        sender.ready().await.is_ok().then_some(sender)
    }
}
