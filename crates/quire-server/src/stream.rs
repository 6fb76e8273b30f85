//! Answers that are made while they are sent: one line for each document or row.
//!
//! 1. A chunk of lines is pulled on a thread of the pool; between two chunks no thread is held, so a client
//!    that reads slowly holds nothing but its snapshot.
//! 2. The next chunk is pulled while one is sent, and no further: the client's speed is the stream's.
//! 3. An error before the first line is an answer of its own. Later it is a last line that no document is, so
//!    that the stream is never taken for complete.

use crate::AppState;
use crate::failure::stream_line;
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use quire_model::{Error, Result};
use quire_wire::media;
use std::convert::Infallible;
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

/// Streams lines.
///
/// # Errors
/// What went wrong before the first line.
pub(crate) async fn lines(app: &AppState, source: Source) -> Result<Response> {
    let first = pull(app, source).await?;
    let first = match first {
        Pulled { lines, rest: Rest::Error(error) } if lines.is_empty() => return Err(error),
        pulled => pulled,
    };
    let next = Next::of(app, first.rest);
    let begun = (Some(first.lines), next, app.clone());
    Ok(ndjson(Body::from_stream(futures::stream::unfold(begun, |(ready, next, app)| async move {
        if let Some(lines) = ready.filter(|lines| !lines.is_empty()) {
            return Some((Ok::<Bytes, Infallible>(lines.into()), (None, next, app)));
        }
        let pulled = match next {
            Next::End => return None,
            Next::Error(error) => return Some((Ok(stream_line(&error).into()), (None, Next::End, app))),
            Next::Coming(task) => match task.await {
                Ok(Ok(pulled)) => pulled,
                Ok(Err(error)) => return Some((Ok(stream_line(&error).into()), (None, Next::End, app))),
                Err(lost) => {
                    let error = Error::internal("the stream met a defect").with_source(lost);
                    return Some((Ok(stream_line(&error).into()), (None, Next::End, app)));
                }
            },
        };
        let next = Next::of(&app, pulled.rest);
        Some((Ok(pulled.lines.into()), (None, next, app)))
    }))))
}

/// An answer of lines.
pub(crate) fn ndjson(body: Body) -> Response {
    let mut response = (StatusCode::OK, body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media::NDJSON));
    response
}

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
