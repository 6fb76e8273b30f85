//! The limits that every request is held to.

use std::time::Duration;

/// Limits of a session. What is over one is refused with a code that says which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of one document, as sent and as stored (`too_large`).
    pub document_bytes_max: usize,
    /// How deep arrays and objects may nest (`invalid_document`).
    pub depth_max: usize,
    /// How many documents a page has where the query does not say.
    pub page_size_default: usize,
    /// The most documents that a page may ask for (`invalid_request`).
    pub page_size_max: usize,
    /// The most bytes of documents that one query may hold to sort them or to make a page (`memory_limit`).
    pub sort_bytes_max: usize,
    /// The most operations of one batch (`too_large`).
    pub batch_operations_max: usize,
    /// How long a query may run (`timeout`). A stream may take so long from one document to the next.
    pub query_timeout: Duration,
    /// The most bytes that one SQL statement may hold in memory (`memory_limit`).
    pub sql_memory_bytes_max: usize,
    /// How long an idempotency key is remembered.
    pub idempotency_lifetime: Duration,
    /// The most keys that a database remembers, lines of a bulk counted one by one (`quota_exceeded`).
    pub idempotency_records_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            document_bytes_max: 16 << 20,
            depth_max: 128,
            page_size_default: 100,
            page_size_max: 10_000,
            sort_bytes_max: 256 << 20,
            batch_operations_max: 100_000,
            query_timeout: Duration::from_secs(60),
            sql_memory_bytes_max: 512 << 20,
            idempotency_lifetime: Duration::from_secs(24 * 60 * 60),
            idempotency_records_max: 1_000_000,
        }
    }
}
