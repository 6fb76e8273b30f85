//! Streams of lines out of chunks that break anywhere.

use futures::StreamExt;
use futures::stream::BoxStream;
use hyper::body::Bytes;
use quire_wire::Problem;

use crate::ClientError;

/// The lines of an NDJSON answer, pulled one by one. Empty lines are left out.
pub(crate) struct Lines {
    chunks: BoxStream<'static, Result<Bytes, ClientError>>,
    /// What came and was not given out yet.
    rest: Bytes,
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
}

impl Lines {
    pub(crate) fn new(chunks: BoxStream<'static, Result<Bytes, ClientError>>) -> Lines {
        Lines { chunks, rest: Bytes::new(), begun: Vec::new() }
    }

    /// The next line without its end; `None` after the last.
    ///
    /// # Errors
    /// Whatever cut the answer off: an answer that is not complete never ends with `None`.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ClientError> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line = self.rest.split_to(end);
                self.rest = self.rest.slice(1..);
                let line = self.completed(line);
                if !line.is_empty() {
                    return Ok(Some(line));
                }
                continue;
            }
            self.begun.extend_from_slice(&self.rest);
            self.rest = match self.chunks.next().await {
                Some(chunk) => chunk?,
                None => {
                    self.rest = Bytes::new();
                    let last = self.completed(Bytes::new());
                    return Ok((!last.is_empty()).then_some(last));
                }
            };
        }
    }

    /// The line that `tail` ends.
    fn completed(&mut self, tail: Bytes) -> Bytes {
        if self.begun.is_empty() {
            return tail;
        }
        self.begun.extend_from_slice(&tail);
        Bytes::from(std::mem::take(&mut self.begun))
    }
}

/// Documents or rows that come one by one, each as its JSON text.
pub struct JsonLines(Lines);

impl JsonLines {
    pub(crate) fn new(lines: Lines) -> JsonLines {
        JsonLines(lines)
    }

    /// The next one; `None` after the last.
    ///
    /// # Errors
    /// What ended the stream too early: the connection, or the server, which then says why in a last line.
    pub async fn next(&mut self) -> Result<Option<String>, ClientError> {
        let Some(line) = self.0.next().await? else { return Ok(None) };
        if let Some(problem) = Problem::from_stream_line(&line) {
            return Err(ClientError::Problem(Box::new(problem)));
        }
        let text = String::from_utf8(line.into());
        text.map(Some).map_err(|_| ClientError::Protocol("a line of the answer is not UTF-8".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(chunks: &[&'static str]) -> Vec<String> {
        let chunks: Vec<_> = chunks.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect();
        let mut lines = Lines::new(futures::stream::iter(chunks).boxed());
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            found.push(String::from_utf8(line.to_vec()).unwrap());
        }
        found
    }

    #[tokio::test]
    async fn lines_come_whole_wherever_the_chunks_break() {
        let wanted = ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"];
        assert_eq!(read(&["{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n"]).await, wanted);
        assert_eq!(read(&["{\"a\"", ":1}", "\n", "{\"b\":2}\n{\"c\"", ":3}"]).await, wanted);
        assert_eq!(read(&["", "\n\n{\"a\":1}\n\n{\"b\":2}\n", "", "\n{\"c\":3}"]).await, wanted);
        assert!(read(&[]).await.is_empty());
    }
}
