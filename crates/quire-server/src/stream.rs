//! Answers that are made while they are sent: one line for each document or row.
//!
//! 1. A chunk of lines is pulled on a thread of the pool; between two chunks no thread is held, so a client
//!    that reads slowly holds nothing but its snapshot.
//! 2. The next chunk is pulled while one is sent, and no further: the client's speed is the stream's. A client that
//!    reads nothing for `write_stall_timeout` is cut, and its snapshot ends.
//! 3. An error before the first line is an answer of its own. Later it is a last line that no document is, and
//!    behind it the connection is cut instead of ended, so that the stream is never taken for complete.

use crate::AppState;
use crate::failure::{Failure, stream_line};
use crate::request::Call;
use crate::serve::Flushed;
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use quire_model::{Error, Result};
use quire_wire::media;
use std::fmt;
use tokio::task::JoinHandle;

/// About how many bytes are pulled at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Where lines come from.
type Source = Box<dyn Iterator<Item = Result<String>> + Send>;

/// Lines that were pulled, and where more come from, if there are more.
struct Pulled {
    lines: Vec<u8>,
    rest: Rest,
}

enum Rest {
    More(Source),
    End,
    Error(Error),
}

/// Streams documents.
///
/// # Errors
/// What went wrong before the first line, `queue_full` among it.
pub(crate) async fn documents(call: &Call, source: Source) -> Result<Response, Failure> {
    let first = pull(&call.app, source).await.map_err(|error| Failure::found(&call.session, error))?;
    let first = match first {
        Pulled { lines, rest: Rest::Error(error) } if lines.is_empty() => {
            return Err(Failure::found(&call.session, error));
        }
        pulled => pulled,
    };
    let begun = (Some(first.lines), Next::of(&call.app, first.rest), call.app.clone());
    let chunks = futures::stream::unfold(begun, |(ready, next, app)| async move {
        if let Some(lines) = ready.filter(|lines| !lines.is_empty()) {
            return Some((Ok(lines.into()), (None, next, app)));
        }
        let pulled = match next {
            Next::End => return None,
            Next::Error(error) => return Some((Err(error), (None, Next::End, app))),
            Next::Coming(task) => match task.await {
                Ok(Ok(pulled)) => pulled,
                Ok(Err(error)) => return Some((Err(error), (None, Next::End, app))),
                Err(lost) => {
                    let error = Error::internal("the stream met a defect").with_source(lost);
                    return Some((Err(error), (None, Next::End, app)));
                }
            },
        };
        let next = Next::of(&app, pulled.rest);
        Some((Ok(pulled.lines.into()), (None, next, app)))
    });
    Ok(ndjson(call, chunks))
}

/// An answer of lines. What ends it too early is told in a last line, and then the connection is cut.
pub(crate) fn ndjson(
    call: &Call,
    chunks: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
) -> Response {
    let flushed = call.flushed();
    let begun = Ending::NotYet(Box::pin(chunks), flushed);
    let body = Body::from_stream(futures::stream::unfold(begun, |state| async move {
        match state {
            Ending::NotYet(mut chunks, flushed) => match chunks.next().await? {
                Ok(bytes) => Some((Ok::<Bytes, Cut>(bytes), Ending::NotYet(chunks, flushed))),
                Err(error) => Some((Ok(stream_line(&error).into()), Ending::Cut(flushed))),
            },
            Ending::Cut(flushed) => {
                // What is cut at once takes with it what was not sent yet, and that is the line that says why.
                if let Some(flushed) = flushed {
                    flushed.next().await;
                }
                Some((Err(Cut), Ending::Over))
            }
            Ending::Over => None,
        }
    }));
    let mut response = (StatusCode::OK, body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media::NDJSON));
    response
}

/// How far an answer of lines has come.
enum Ending<S> {
    NotYet(std::pin::Pin<Box<S>>, Option<Flushed>),
    Cut(Option<Flushed>),
    Over,
}

/// Makes the connection break off.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stream ended with an error, which its last line says")
    }
}

impl std::error::Error for Cut {}

enum Next {
    Coming(JoinHandle<Result<Pulled>>),
    Error(Error),
    End,
}

impl Next {
    /// Begins to pull what comes next.
    fn of(app: &AppState, rest: Rest) -> Next {
        match rest {
            Rest::End => Next::End,
            Rest::Error(error) => Next::Error(error),
            Rest::More(source) => {
                let app = app.clone();
                Next::Coming(tokio::spawn(async move { pull(&app, source).await }))
            }
        }
    }
}

async fn pull(app: &AppState, mut source: Source) -> Result<Pulled> {
    let work = move || {
        let mut lines = Vec::new();
        while lines.len() < CHUNK_BYTES {
            match source.next() {
                Some(Ok(line)) => {
                    lines.extend_from_slice(line.as_bytes());
                    lines.push(b'\n');
                }
                Some(Err(error)) => return Ok(Pulled { lines, rest: Rest::Error(error) }),
                None => return Ok(Pulled { lines, rest: Rest::End }),
            }
        }
        Ok(Pulled { lines, rest: Rest::More(source) })
    };
    app.work().run_more(work).await
}
