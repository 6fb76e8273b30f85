//! The limits of the server, all in one place. Limits of documents and queries are the session's.

use std::time::Duration;

/// Limits of connections, requests and answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections of one listener at a time; more are answered 503 and closed.
    pub connections_max: usize,
    /// Bytes of a request's head; more are answered 431 and closed.
    pub header_bytes_max: usize,
    /// Header fields of a request.
    pub headers_max: usize,
    /// How long a request's head may take. A connection that is kept open without a request ends after it
    /// too.
    pub header_timeout: Duration,
    /// How long the next part of a body may take (`timeout`).
    pub body_idle_timeout: Duration,
    /// How long a body that is read as a whole may take (`timeout`).
    pub body_timeout: Duration,
    /// How long a client may leave an answer unread before the connection is cut.
    pub write_stall_timeout: Duration,
    /// How long the rest of a body that nobody wants is read, so that the client gets to its answer.
    pub discard_timeout: Duration,
    /// What a body may have beyond the session's limit of a document, so that the session can say what is
    /// wrong.
    pub body_slack_bytes: usize,
    /// Bytes of a batch (`too_large`).
    pub batch_bytes_max: usize,
    /// Bytes of a find, a count or a SQL request (`too_large`).
    pub query_bytes_max: usize,
    /// Bytes of all bodies that are held at a time (`memory_limit`).
    pub bodies_bytes_max: usize,
    /// Bytes of an answer that is made as a whole (`too_large`); a stream has no such limit.
    pub answer_bytes_max: usize,
    /// Requests that work on the store at a time.
    pub running_max: usize,
    /// SQL statements that run at a time.
    pub sql_running_max: usize,
    /// Requests that wait for one of those places (`queue_full`).
    pub waiting_max: usize,
    /// How long a read waits for the sequence number that it wants (`timeout`), if its query's time is not shorter.
    pub min_seq_timeout: Duration,
    /// Lines of a bulk that are tried as one commit.
    pub bulk_group_lines_max: usize,
    /// Bytes of such lines.
    pub bulk_group_bytes_max: usize,
    /// How long a bulk waits for more lines before it commits those that came.
    pub bulk_linger: Duration,
    /// Bytes of results of a bulk that wait for a client that does not read while it sends.
    pub bulk_answer_bytes_max: usize,
    /// How long requests that run may go on when the server stops.
    pub stop_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections_max: 1024,
            header_bytes_max: 64 << 10,
            headers_max: 100,
            header_timeout: Duration::from_secs(30),
            body_idle_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(300),
            write_stall_timeout: Duration::from_secs(60),
            discard_timeout: Duration::from_secs(10),
            body_slack_bytes: 64 << 10,
            batch_bytes_max: 64 << 20,
            query_bytes_max: 16 << 20,
            bodies_bytes_max: 512 << 20,
            answer_bytes_max: 64 << 20,
            running_max: 64,
            sql_running_max: 8,
            waiting_max: 1024,
            min_seq_timeout: Duration::from_secs(5),
            bulk_group_lines_max: 1000,
            bulk_group_bytes_max: 4 << 20,
            bulk_linger: Duration::from_millis(5),
            bulk_answer_bytes_max: 32 << 20,
            stop_timeout: Duration::from_secs(30),
        }
    }
}
