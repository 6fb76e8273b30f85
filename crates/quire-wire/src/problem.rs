//! Errors as they are sent: `application/problem+json`, RFC 9457, with our stable code.

use serde::{Deserialize, Serialize};

/// What stands before the code in a problem's `type`.
pub const TYPE_PREFIX: &str = "urn:quiredb:error:";

/// How a line begins that ends a stream because of an error; no document begins so, for each has its `_id`.
pub const STREAM_PROBLEM_PREFIX: &str = "{\"error\":{\"type\":\"urn:quiredb:error:";

/// An error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:quiredb:error:` and the code.
    #[serde(rename = "type", default)]
    pub problem_type: String,
    /// The code in words.
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// One sentence for people; never parsed.
    #[serde(default)]
    pub detail: String,
    /// The stable code, such as `document_not_found`.
    pub code: String,
    /// Whether the same request may succeed later without being changed.
    #[serde(default)]
    pub retryable: bool,
    /// The parts of the body at fault; often empty.
    #[serde(default)]
    pub errors: Vec<ProblemPart>,
}

/// One part of a body at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemPart {
    /// RFC 6901 pointer into the request's body; empty for the whole.
    pub pointer: String,
    /// The code of this part.
    pub code: String,
    /// One sentence for people.
    pub detail: String,
}

impl Problem {
    /// A problem whose type and title follow from its code.
    pub fn new(status: u16, code: &str, detail: impl Into<String>, retryable: bool) -> Problem {
        Problem {
            problem_type: format!("{TYPE_PREFIX}{code}"),
            title: code.replace('_', " "),
            status,
            detail: detail.into(),
            code: code.to_owned(),
            retryable,
            errors: Vec::new(),
        }
    }

    /// The line (without its end) that ends a stream because of this problem.
    ///
    /// # Errors
    /// None in practice: every part is text or a number.
    pub fn to_stream_line(&self) -> serde_json::Result<String> {
        serde_json::to_string(&StreamProblem { error: self })
    }

    /// The problem that a line of a stream is, if it is one.
    pub fn from_stream_line(line: &[u8]) -> Option<Problem> {
        if !line.starts_with(STREAM_PROBLEM_PREFIX.as_bytes()) {
            return None;
        }
        serde_json::from_slice::<ReadStreamProblem>(line).ok().map(|read| read.error)
    }
}

#[derive(Serialize)]
struct StreamProblem<'a> {
    error: &'a Problem,
}

#[derive(Deserialize)]
struct ReadStreamProblem {
    error: Problem,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_ends_with_a_line_that_no_document_is() {
        let problem = Problem::new(504, "timeout", "it took too long", true);
        let line = problem.to_stream_line().unwrap();
        assert!(line.starts_with(STREAM_PROBLEM_PREFIX), "{line}");
        assert_eq!(Problem::from_stream_line(line.as_bytes()), Some(problem));
        assert_eq!(Problem::from_stream_line(br#"{"_id":"x","error":{"code":"timeout"}}"#), None);
        assert_eq!(Problem::from_stream_line(br#"{"error":{"code":"timeout","status":504}}"#), None);
    }
}
