//! One piece of an import as a document.

use quire_model::json::{Kind, Limits, Scanner};
use quire_model::{Code, Error, Result, fault_error, without_rev};

/// A document that is ready to be sent: one JSON object, compact, without `_rev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    /// The line on which it began.
    pub(super) line: u64,
    /// Its text.
    pub(super) text: String,
    /// Whether it brings an `_id`; a replacement needs one.
    pub(super) has_id: bool,
}

/// Checks pieces. The limits of documents are the server's business; here only what splits a piece from the next
/// has to be certain, and that it is an object.
pub(super) struct Checker(Scanner);

impl Checker {
    pub(super) fn new() -> Checker {
        Checker(Scanner::new(Limits { bytes_max: usize::MAX, ..Limits::default() }))
    }

    /// The document in a piece.
    pub(super) fn prepare(&mut self, line: u64, bytes: &[u8]) -> Result<Prepared> {
        let checked =
            self.0.check(bytes, &[&["_id"], &["_rev"]]).map_err(|fault| fault_error(bytes, fault))?;
        if checked.kind != Kind::Object {
            let detail = format!("a document is a JSON object, this is of type {}", checked.kind.name());
            return Err(Error::new(Code::InvalidDocument, detail));
        }
        let has_id = checked.ranges[0].is_some();
        let text = match &checked.ranges[1] {
            Some(_) => without_rev(checked.text),
            None => checked.text.to_owned(),
        };
        Ok(Prepared { line, text: one_line(text)?, has_id })
    }
}

/// An element of an array may go over many lines, but it is sent as one.
fn one_line(text: String) -> Result<String> {
    // Byte by byte without a branch, so that sixteen are looked at together: this is done for every document.
    let breaks = text.bytes().fold(false, |found, byte| found | (byte == b'\n') | (byte == b'\r'));
    if !breaks {
        return Ok(text);
    }
    let mut out = Vec::with_capacity(text.len());
    quire_model::json::compact_into(&text, &mut out);
    String::from_utf8(out).map_err(|error| Error::internal("compact text is not UTF-8").with_source(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepare(text: &str) -> Result<Prepared> {
        Checker::new().prepare(7, text.as_bytes())
    }

    #[test]
    fn rev_is_ignored_whatever_it_is() {
        for (text, wanted) in [
            (r#"{"_id":"a","n":1.0,"_rev":7}"#, r#"{"_id":"a","n":1.0}"#),
            (r#"{"_rev":"3-abc","_id":"a"}"#, r#"{"_id":"a"}"#),
            (r#"{"_rev":{"x":[1]}}"#, "{}"),
            ("{\"a\":\n[1,\r\n2]}", r#"{"a":[1,2]}"#),
            (r#"{"o":{"_rev":1}}"#, r#"{"o":{"_rev":1}}"#),
        ] {
            assert_eq!(prepare(text).unwrap().text, wanted);
        }
        assert!(prepare(r#"{"_id":"a"}"#).unwrap().has_id);
        assert!(!prepare(r#"{"id":"a"}"#).unwrap().has_id);
    }

    #[test]
    fn what_is_no_document_has_its_code() {
        for (text, code) in [
            ("[1]", Code::InvalidDocument),
            ("7", Code::InvalidDocument),
            ("{\"a\":1,\"a\":2}", Code::InvalidDocument),
            ("{\"a\":", Code::InvalidJson),
            (r#"{"a":1},"delete":{"_id":"x"}"#, Code::InvalidJson),
        ] {
            assert_eq!(prepare(text).unwrap_err().code(), code, "{text}");
        }
    }
}
