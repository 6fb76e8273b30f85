//! Many changes of one collection: lines out, a result for each line back, both at the same time.

use futures::{Stream, StreamExt};
use hyper::Method;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use quire_wire::{BulkLine, BulkResult, media, path};

use crate::transport::{Ask, Payload};
use crate::{Cause, ClientError, Collection, JsonLines};

/// The results of a bulk request, one for each line that was sent, in their order.
pub struct BulkResults(JsonLines);

impl BulkResults {
    /// The next result; `None` after the last.
    ///
    /// # Errors
    /// What ended the request before its last line was answered.
    pub async fn next(&mut self) -> Result<Option<BulkResult>, ClientError> {
        let Some(line) = self.0.next().await? else { return Ok(None) };
        let read = serde_json::from_str(&line).map_err(|error| {
            ClientError::Protocol(format!("a line of the bulk answer is not a result: {error}"))
        });
        read.map(Some)
    }
}

impl Collection {
    /// Sends lines as they come and returns as soon as the server begins to answer. The lines are pulled in the
    /// background, so results can be read while lines are still made.
    ///
    /// Each line is one change with its own answer: see [`BulkLine`]. An error of `lines` breaks the request off.
    pub async fn bulk<S>(&self, lines: S) -> Result<BulkResults, ClientError>
    where
        S: Stream<Item = Result<Bytes, Cause>> + Send + 'static,
    {
        let mut ask = Ask::new(Method::POST, path::bulk(&self.database.name, &self.name))
            .header(CONTENT_TYPE, media::NDJSON)
            .accept(media::NDJSON);
        ask.payload = Payload::Stream(lines.boxed());
        Ok(BulkResults(JsonLines::new(self.write(ask).await?.lines())))
    }

    /// As [`Collection::bulk`], with lines that are all there.
    pub async fn bulk_lines(&self, lines: &[BulkLine]) -> Result<BulkResults, ClientError> {
        let mut body = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut body, line).map_err(ClientError::unsendable)?;
            body.push(b'\n');
        }
        let ask = Ask::new(Method::POST, path::bulk(&self.database.name, &self.name))
            .body(media::NDJSON, body)
            .accept(media::NDJSON);
        Ok(BulkResults(JsonLines::new(self.write(ask).await?.lines())))
    }
}
