//! Bodies that are read as a whole: bounded in bytes, in time, and all together in memory.

use crate::AppState;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use quire_model::{Code, Error, Result};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// The memory that all bodies together may take.
pub(crate) struct Budget {
    blocks: Arc<Semaphore>,
    bytes_max: usize,
}

/// A semaphore counts at most `u32` at a time, so the budget is kept in blocks.
const BLOCK_BYTES: usize = 4096;

/// The most room that is made for a body before it comes.
const ROOM_AHEAD_BYTES_MAX: u64 = 1 << 20;

/// A body, and the part of the budget that it takes.
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    /// Kept as long as the bytes are.
    pub(crate) held: Option<OwnedSemaphorePermit>,
}

impl Budget {
    pub(crate) fn new(bytes_max: usize) -> Budget {
        Budget { blocks: Arc::new(Semaphore::new(bytes_max / BLOCK_BYTES)), bytes_max }
    }

    /// Makes `held` enough for `bytes`.
    pub(crate) fn hold(&self, bytes: usize, held: &mut Option<OwnedSemaphorePermit>) -> Result<()> {
        let has = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let wants = bytes.div_ceil(BLOCK_BYTES).saturating_sub(has);
        if wants == 0 {
            return Ok(());
        }
        let more =
            u32::try_from(wants).ok().and_then(|n| Arc::clone(&self.blocks).try_acquire_many_owned(n).ok());
        let Some(more) = more else {
            let detail =
                format!("the requests at work hold {} bytes of bodies, all that they may", self.bytes_max);
            return Err(Error::new(Code::MemoryLimit, detail));
        };
        match held {
            Some(held) => held.merge(more),
            None => *held = Some(more),
        }
        Ok(())
    }
}

/// Reads a body to its end.
///
/// # Errors
/// `too_large`, `timeout`, `memory_limit`, `invalid_request` where it breaks off.
pub(crate) async fn receive(
    app: &AppState,
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Received> {
    let too_large =
        || Error::new(Code::TooLarge, format!("the body has more than the {bytes_max} bytes allowed"));
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if announced.is_some_and(|n| n > bytes_max as u64) {
        return Err(too_large());
    }
    // What is announced is not sent yet: it earns some room ahead, not all.
    let ahead = announced.unwrap_or(0).min(ROOM_AHEAD_BYTES_MAX) as usize;
    let mut received = Received { bytes: Vec::with_capacity(ahead), held: None };
    let mut body = body;
    let end = Instant::now() + app.limits().body_timeout;
    loop {
        let next = (Instant::now() + app.limits().body_idle_timeout).min(end);
        let frame = timeout_at(next, body.frame()).await.map_err(|_| late())?;
        let Some(frame) = frame else { return Ok(received) };
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        let bytes = received.bytes.len() + data.len();
        if bytes > bytes_max {
            return Err(too_large());
        }
        app.budget().hold(bytes, &mut received.held)?;
        received.bytes.extend_from_slice(&data);
    }
}

/// The client takes too long to send.
pub(crate) fn late() -> Error {
    Error::new(Code::Timeout, "the body did not come within the time allowed")
}

/// The client broke off.
pub(crate) fn broken(error: axum::Error) -> Error {
    Error::new(Code::InvalidRequest, "the body broke off before its end").with_source(error)
}
