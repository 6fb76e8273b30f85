//! Media types.

/// One JSON value.
pub const JSON: &str = "application/json";
/// One JSON value a line.
pub const NDJSON: &str = "application/x-ndjson";
/// An error, RFC 9457.
pub const PROBLEM: &str = "application/problem+json";
/// A merge patch, RFC 7396.
pub const MERGE_PATCH: &str = "application/merge-patch+json";
