//! Many changes of one collection, a line each, every line with its own answer.

use crate::{ProblemPart, Raw};
use serde::{Deserialize, Serialize};

/// One line that is sent, where it is more than a bare document. A line whose object has one key only, and
/// that key is one of these, is such a line; every other object is a document to insert.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BulkLine {
    /// A new document; its id must be free.
    Insert(Raw),
    /// A whole document in place of what is there, or new; `_rev` is the revision that must be there.
    Replace(Raw),
    /// A merge patch with the `_id` of its document; `_rev` is the revision that must be there.
    Patch(Raw),
    /// `{"_id":…}`; `_rev` is the revision that must be there.
    Delete(Raw),
}

/// One line that comes back. An empty line of the request has no answer but counts in `line`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResult {
    /// The number of the request's line, from 1.
    pub line: u64,
    /// The HTTP status that the change alone would have had.
    pub status: u16,
    /// The document that was written.
    #[serde(rename = "_id", default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its revision.
    #[serde(rename = "_rev", default, skip_serializing_if = "Option::is_none")]
    pub rev: Option<u64>,
    /// Whether an earlier request with the same idempotency key made the change; left out where not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replayed: bool,
    /// The stable code of what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What went wrong, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Whether the same line may succeed later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retryable: Option<bool>,
    /// The parts of the line at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemPart>,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl BulkResult {
    /// The answer of a change that was made.
    pub fn done(line: u64, status: u16, id: String, rev: u64) -> BulkResult {
        BulkResult { id: Some(id), rev: Some(rev), ..BulkResult::refused(line, status) }
    }

    /// The answer of a change that was not made.
    pub fn failed(line: u64, status: u16, code: &str, detail: String, retryable: bool) -> BulkResult {
        BulkResult {
            code: Some(code.to_owned()),
            detail: Some(detail),
            retryable: Some(retryable),
            ..BulkResult::refused(line, status)
        }
    }

    /// Whether the change was made.
    pub fn succeeded(&self) -> bool {
        self.code.is_none() && self.status < 400
    }

    fn refused(line: u64, status: u16) -> BulkResult {
        BulkResult {
            line,
            status,
            id: None,
            rev: None,
            replayed: false,
            code: None,
            detail: None,
            retryable: None,
            errors: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_has_only_what_it_needs() {
        let done = BulkResult::done(1, 201, "x".to_owned(), 7);
        assert_eq!(serde_json::to_string(&done).unwrap(), r#"{"line":1,"status":201,"_id":"x","_rev":7}"#);
        let failed = BulkResult::failed(2, 400, "invalid_json", "bad".to_owned(), false);
        let text = serde_json::to_string(&failed).unwrap();
        assert_eq!(text, r#"{"line":2,"status":400,"code":"invalid_json","detail":"bad","retryable":false}"#);
        assert!(done.succeeded() && !failed.succeeded());
        assert_eq!(serde_json::from_str::<BulkResult>(&text).unwrap(), failed);
    }

    #[test]
    fn a_line_names_what_it_does() {
        let raw = serde_json::value::RawValue::from_string(r#"{"_id":"x","a":1.0}"#.to_owned()).unwrap();
        assert_eq!(serde_json::to_string(&BulkLine::Patch(raw)).unwrap(), r#"{"patch":{"_id":"x","a":1.0}}"#);
    }
}
