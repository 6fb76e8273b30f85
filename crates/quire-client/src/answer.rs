//! An answer: its head, and the ways to read its body.

use std::sync::Arc;

use futures::stream::{BoxStream, StreamExt};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::{Response, StatusCode};
use quire_wire::{Problem, header};
use serde::de::DeserializeOwned;

use crate::connection::Sender;
use crate::lines::Lines;
use crate::transport::{Again, Transport};
use crate::{ClientError, Seq};

/// An answer whose body is still to be read.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Incoming,
    sender: Sender,
    transport: Arc<Transport>,
    /// What the request would do a second time: where it only read, a broken answer leaves nothing open.
    again: Again,
}

impl Answer {
    pub(crate) fn new(
        response: Response<Incoming>,
        sender: Sender,
        transport: Arc<Transport>,
        again: Again,
    ) -> Answer {
        let (head, body) = response.into_parts();
        Answer { status: head.status, headers: head.headers, body, sender, transport, again }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The sequence number that the answer saw or made.
    pub(crate) fn seq(&self) -> Result<Seq, ClientError> {
        let header = self.headers.get(header::SEQ).and_then(|value| value.to_str().ok());
        header.and_then(|text| text.parse().ok()).ok_or_else(|| {
            ClientError::Protocol(format!("the answer has no `Quire-Seq` (status {})", self.status.as_u16()))
        })
    }

    /// The answer if it is one of success; otherwise its body as the problem that it describes.
    pub(crate) async fn succeeded(self) -> Result<Answer, ClientError> {
        if self.status.is_success() {
            return Ok(self);
        }
        let status = self.status;
        let bytes = self.bytes().await?;
        Err(match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) => ClientError::Problem(Box::new(problem)),
            Err(_) => ClientError::Protocol(format!(
                "the server answered {status} without saying why; is this QuireDB? It begins: {}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(200)])
            )),
        })
    }

    /// The whole body.
    pub(crate) async fn bytes(self) -> Result<Bytes, ClientError> {
        let Answer { body, sender, transport, again, .. } = self;
        match body.collect().await {
            Ok(whole) => {
                transport.keep(sender);
                Ok(whole.to_bytes())
            }
            Err(error) => Err(broken(&transport, error, again)),
        }
    }

    /// The whole body as JSON of a known shape.
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            ClientError::Protocol(format!("the answer is not what this client expects: {error}"))
        })
    }

    /// The body line by line, as it comes.
    pub(crate) fn lines(self) -> Lines {
        let again = self.again;
        let state = Some((self.body, self.sender, self.transport));
        let chunks: BoxStream<'static, Result<Bytes, ClientError>> =
            futures::stream::unfold(state, move |state| async move {
                let (mut body, sender, transport) = state?;
                loop {
                    match body.frame().await {
                        // Trailers carry nothing for us.
                        Some(Ok(frame)) => match frame.into_data() {
                            Ok(data) => return Some((Ok(data), Some((body, sender, transport)))),
                            Err(_) => continue,
                        },
                        Some(Err(error)) => return Some((Err(broken(&transport, error, again)), None)),
                        None => {
                            transport.keep(sender);
                            return None;
                        }
                    }
                }
            })
            .boxed();
        Lines::new(chunks)
    }
}

fn broken(transport: &Transport, error: hyper::Error, again: Again) -> ClientError {
    match again {
        Again::Reads => ClientError::incomplete(transport.endpoint(), error),
        Again::Once | Again::Changes => ClientError::cut_off(transport.endpoint(), error),
    }
}
