//! HTTP/1.1 by hand.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::time::Duration;

/// A stream of bytes to a server.
pub(crate) trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

/// One connection.
pub(crate) struct Connection(BufReader<Box<dyn Wire>>);

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A wait that never ends is a test that fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

impl Connection {
    pub(crate) fn new(wire: impl Wire + 'static) -> Connection {
        Connection(BufReader::new(Box::new(wire)))
    }

    /// Sends a request and reads its answer. `Host` and `Content-Length` are added where they are not given.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Answer {
        self.ask(method, path, headers, body);
        self.read_answer(method)
    }

    /// Sends a request as [`Connection::send`] does, and leaves its answer to be read.
    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        let given = |name: &str| headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        if !given("host") {
            head.push_str("Host: localhost\r\n");
        }
        let has_length = given("content-length") || given("transfer-encoding");
        if !has_length && (!body.is_empty() || method != "GET") {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        headers.iter().for_each(|(key, value)| head.push_str(&format!("{key}: {value}\r\n")));
        self.write(head.as_bytes());
        self.write(b"\r\n");
        self.write(body);
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
        self.0.get_mut().flush().unwrap();
    }

    /// Writes what the server takes; it may close before everything is sent.
    pub(crate) fn try_write(&mut self, bytes: &[u8]) -> bool {
        self.0.get_mut().write_all(bytes).is_ok()
    }

    /// Reads one answer to a request of this method.
    pub(crate) fn read_answer(&mut self, method: &str) -> Answer {
        let (status, headers) = self.read_head();
        let mut answer = Answer { status, headers, body: Vec::new() };
        if method != "HEAD" && status != 204 && status != 304 {
            answer.body = match (answer.header("transfer-encoding"), answer.header("content-length")) {
                (Some("chunked"), None) => self.read_chunks(),
                (None, Some(length)) => self.read_exactly(length.parse().unwrap()),
                other => panic!("a body without a length: {other:?}"),
            };
        }
        answer
    }

    pub(crate) fn read_head(&mut self) -> (u16, Vec<(String, String)>) {
        let first = self.line();
        let status =
            first.split(' ').nth(1).unwrap_or_else(|| panic!("no answer: {first:?}")).parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                return (status, headers);
            }
            let (key, value) = line.split_once(':').unwrap();
            headers.push((key.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// One chunk of a chunked body; empty at its end.
    pub(crate) fn read_chunk(&mut self) -> Vec<u8> {
        let size = usize::from_str_radix(&self.line(), 16).unwrap();
        let chunk = self.read_exactly(size);
        assert_eq!(self.line(), "");
        chunk
    }

    /// Whether the server has closed the connection; waits for it.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => rest.is_empty(),
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }

    /// Reads the chunks of a body that breaks off, up to where it does.
    pub(crate) fn read_cut(&mut self) -> Answer {
        let (status, headers) = self.read_head();
        let mut answer = Answer { status, headers, body: Vec::new() };
        assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
        loop {
            let mut size = String::new();
            match self.0.read_line(&mut size) {
                Ok(0) => return answer,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return answer,
                read => read.unwrap(),
            };
            let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
            assert_ne!(size, 0, "the body ended as if all were well");
            answer.body.extend(self.read_exactly(size));
            assert_eq!(self.line(), "");
        }
    }

    fn read_chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let chunk = self.read_chunk();
            if chunk.is_empty() {
                return body;
            }
            body.extend_from_slice(&chunk);
        }
    }

    fn read_exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end_matches(['\r', '\n']).to_owned()
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    /// The lines of NDJSON.
    pub(crate) fn lines(&self) -> Vec<Value> {
        assert_eq!(self.header("content-type"), Some("application/x-ndjson"));
        assert!(self.body.is_empty() || self.body.ends_with(b"\n"));
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Whether the answer was given before.
    pub(crate) fn is_replayed(&self) -> bool {
        self.header("idempotency-replayed").map(|value| assert_eq!(value, "true")).is_some()
    }

    pub(crate) fn seq(&self) -> u64 {
        self.header("quire-seq").unwrap_or_else(|| panic!("no Quire-Seq: {self:?}")).parse().unwrap()
    }

    /// The code of a problem, after a check of everything that a problem says.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let body = self.json();
        let code = body["code"].as_str().unwrap().to_owned();
        assert_eq!(body["type"], format!("urn:quiredb:error:{code}"));
        assert_eq!(body["title"], code.replace('_', " "));
        assert_eq!(body["status"], self.status);
        assert!(!body["detail"].as_str().unwrap().is_empty());
        assert!(body["retryable"].is_boolean() && body["errors"].is_array());
        for part in body["errors"].as_array().unwrap() {
            assert!(part["pointer"].is_string() && part["code"].is_string() && part["detail"].is_string());
        }
        let known = quire_model::Code::parse(&code).unwrap();
        assert_eq!((self.status, &body["retryable"]), (known.status(), &Value::Bool(known.retryable())));
        let waits = known.retryable() && matches!(self.status, 429 | 503);
        assert_eq!(self.header("retry-after"), waits.then_some("1"));
        code
    }

    /// Asserts that this is a problem with a code.
    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Answer {
        assert_eq!(self.problem(), code, "{}", self.text());
        self
    }

    /// Asserts the status of success.
    #[track_caller]
    pub(crate) fn ok(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}
