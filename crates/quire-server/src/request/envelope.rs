//! Bodies of requests that are not documents themselves: find, count, batch, SQL.
//!
//! 1. The scanner that checks documents checks the whole body first: one parser decides for all doors what is
//!    JSON.
//! 2. serde gives it its shape; a field that is not known or has another type is named with its place.

use quire_model::json::{FaultKind, Kind, Limits, Scanner, line_column, pointer_at};
use quire_model::{Code, Error, Result, fault_error};
use serde::de::DeserializeOwned;

/// How much deeper than the document inside it an envelope may be.
const ENVELOPE_DEPTH: usize = 8;

/// Reads a body of a known shape.
///
/// # Errors `invalid_json`, `invalid_request` with the place, and for what documents do not allow
/// `invalid_document` or `invalid_filter`, by where it stands.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], depth_max: usize) -> Result<T> {
    let limits = Limits { depth_max: depth_max + ENVELOPE_DEPTH, bytes_max: usize::MAX };
    let mut scanner = Scanner::new(limits);
    let checked = scanner.check(bytes, &[]).map_err(|fault| {
        let error = fault_error(bytes, fault);
        match fault.kind {
            FaultKind::DuplicateKey | FaultKind::TooDeep { .. } => {
                let pointer = pointer_at(bytes, fault.offset);
                recoded(&error, code_at(&pointer), pointer)
            }
            _ => error,
        }
    })?;
    if checked.kind != Kind::Object {
        let detail = "the body must be a JSON object";
        return Err(Error::new(Code::InvalidRequest, detail).with_part("", Code::InvalidRequest, detail));
    }
    serde_json::from_str(checked.text).map_err(|error| shape_error(checked.text, &error))
}

/// Reads a body of a known shape, all of whose fields may be absent: so may the body.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_or_default<T: DeserializeOwned + Default>(bytes: &[u8], depth_max: usize) -> Result<T> {
    if bytes.is_empty() { Ok(T::default()) } else { parse(bytes, depth_max) }
}

/// What is at fault by its place: a document of a batch, a filter, or the request itself.
fn code_at(pointer: &str) -> Code {
    let mut steps = pointer.split('/').skip(1);
    match (steps.next(), steps.nth(1)) {
        (Some("operations"), Some("document" | "patch")) => Code::InvalidDocument,
        (Some("filter"), _) => Code::InvalidFilter,
        _ => Code::InvalidRequest,
    }
}

fn recoded(error: &Error, code: Code, pointer: String) -> Error {
    Error::new(code, error.detail()).with_part(pointer, code, error.detail())
}

fn shape_error(text: &str, error: &serde_json::Error) -> Error {
    let offset = offset_of(text, error.line(), error.column());
    let message = error.to_string();
    // serde_json ends its sentence with the place, which is said here in our own words.
    let what = message.rsplit_once(" at line ").map_or(message.as_str(), |(what, _)| what);
    let (line, column) = line_column(text.as_bytes(), offset);
    let place = if line > 1 { format!(" (line {line}, column {column})") } else { String::new() };
    let detail = format!("{what} at byte {offset}{place}");
    let pointer = pointer_at(text.as_bytes(), offset);
    Error::new(Code::InvalidRequest, detail.clone()).with_part(pointer, Code::InvalidRequest, detail)
}

/// The byte that serde_json's line and column name: it counts both from 1 and stands on the last byte it
/// read.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column).saturating_sub(1).min(text.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quire_wire::{BatchRequest, FindRequest};

    fn find(text: &str) -> Error {
        parse::<FindRequest>(text.as_bytes(), 128).unwrap_err()
    }

    #[test]
    fn a_shape_that_is_wrong_is_named_with_its_place() {
        let error = find(r#"{"limit":1,"filtre":{}}"#);
        assert_eq!(error.code(), Code::InvalidRequest);
        assert!(error.detail().contains("unknown field `filtre`"), "{error}");
        assert_eq!(error.parts()[0].pointer, "/filtre");
        let error = find("{\n \"limit\": \"ten\"}");
        assert_eq!(
            (error.code(), error.parts()[0].pointer.as_str()),
            (Code::InvalidRequest, "/limit"),
            "{error}"
        );
        assert!(error.detail().contains("line 2"), "{error}");
        let error = find(r#"{"fields":["a",7]}"#);
        assert_eq!(
            (error.code(), error.parts()[0].pointer.as_str()),
            (Code::InvalidRequest, "/fields/1"),
            "{error}"
        );
        assert_eq!(find("[]").code(), Code::InvalidRequest);
        assert_eq!(find("null").code(), Code::InvalidRequest);
    }

    #[test]
    fn what_is_no_json_is_said_by_the_parser_of_documents() {
        for bad in
            ["", "{", "{\"limit\":1,}", "{\"limit\":NaN}", "\u{feff}{}", "{} x", "{\"cursor\":\"\\ud800\"}"]
        {
            assert_eq!(find(bad).code(), Code::InvalidJson, "{bad}");
        }
        assert_eq!(
            parse::<FindRequest>(b"{\"cursor\":\"\xff\"}", 128).unwrap_err().code(),
            Code::InvalidJson
        );
    }

    #[test]
    fn a_key_twice_is_the_fault_of_whom_it_belongs_to() {
        assert_eq!(find(r#"{"limit":1,"limit":2}"#).code(), Code::InvalidRequest);
        assert_eq!(find(r#"{"filter":{"a":1,"a":2}}"#).code(), Code::InvalidFilter);
        let batch = r#"{"operations":[{"op":"insert","collection":"c","document":{"a":1,"a":2}}]}"#;
        let error = parse::<BatchRequest>(batch.as_bytes(), 128).unwrap_err();
        assert_eq!(error.code(), Code::InvalidDocument);
        assert_eq!(error.parts()[0].pointer, "/operations/0/document/a");
    }
}
