//! What one line asks for, and what is answered.
//!
//! A line whose object has a single key, and that key is `insert`, `replace`, `patch` or `delete`, says what
//! to do; one where such a key with an object is followed by others is refused. Every other object is a document, which
//! is inserted.

use crate::failure::parts;
use crate::lines::Line;
use quire_model::json::{Json, Kind, Limits, Scanner};
use quire_model::{Code, Error, Expect, Result, Seq, fault_error};
use quire_query::{Change, Session, Written};
use quire_wire::BulkResult;

/// What a line does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// A bare document.
    Bare,
    Insert,
    Replace,
    Patch,
    Delete,
}

/// Reads and applies lines; gives one result for each, in order, as the bytes of NDJSON.
pub(super) fn apply(session: &Session, collection: &str, lines: Vec<Line>) -> Vec<u8> {
    let limits = Limits { depth_max: session.limits().depth_max + 1, bytes_max: usize::MAX };
    let mut scanner = Scanner::new(limits);
    let mut changes = Vec::with_capacity(lines.len());
    let mut read = Vec::with_capacity(lines.len());
    for line in lines {
        let place = (line.number, line.offset);
        match line.bytes.ok_or_else(too_long).and_then(|bytes| change(&mut scanner, collection, bytes)) {
            Ok((verb, change)) => {
                changes.push((line.number, change));
                read.push((place, Ok(verb)));
            }
            Err(error) => read.push((place, Err(error))),
        }
    }
    let mut applied = session.apply_numbered(changes).into_iter();
    let mut out = Vec::with_capacity(read.len() * 64);
    for (place, verb) in read {
        let unanswered = || Err(Error::internal("a change of a bulk was left without an answer"));
        let result = match verb {
            Ok(verb) => match applied.next().unwrap_or_else(unanswered) {
                Ok(written) => done(place.0, verb, &written),
                Err(error) => failed(place, &within(verb, error)),
            },
            Err(error) => failed(place, &error),
        };
        // Text and numbers always serialize.
        out.extend_from_slice(&serde_json::to_vec(&result).unwrap_or_default());
        out.push(b'\n');
    }
    out
}

fn too_long() -> Error {
    Error::new(Code::TooLarge, "the line is longer than a document may be")
}

fn done(line: u64, verb: Verb, written: &Written) -> BulkResult {
    let status = match verb {
        Verb::Delete => 204,
        _ if written.created && verb != Verb::Patch => 201,
        _ => 200,
    };
    let done = BulkResult::done(line, status, written.id.as_str().to_owned(), written.rev);
    BulkResult { replayed: written.replayed, ..done }
}

fn failed((line, offset): (u64, u64), error: &Error) -> BulkResult {
    let code = error.code();
    let mut detail = error.detail().to_owned();
    if code == Code::InvalidJson && offset > 0 {
        detail.push_str(&format!("; the line begins at byte {offset} of the body"));
    }
    let mut result = BulkResult::failed(line, code.status(), code.as_str(), detail, error.retryable());
    result.errors = parts(error.parts());
    result
}

/// Pointers of the session are into the document; those of an answer are into the line.
fn within(verb: Verb, error: Error) -> Error {
    let key = match verb {
        Verb::Bare => return error,
        Verb::Insert => "/insert",
        Verb::Replace => "/replace",
        Verb::Patch => "/patch",
        Verb::Delete => "/delete",
    };
    if error.parts().is_empty() { error } else { error.under(key) }
}

/// The change that a line asks for.
fn change(scanner: &mut Scanner, collection: &str, bytes: Vec<u8>) -> Result<(Verb, Change)> {
    let collection = collection.to_owned();
    if !may_name_a_verb(&bytes) {
        return Ok((Verb::Bare, Change::Insert { collection, body: bytes }));
    }
    let text = scanner.check(&bytes, &[]).map_err(|fault| fault_error(&bytes, fault))?.text;
    let Some((verb, value)) = verb_of(text)? else {
        return Ok((Verb::Bare, Change::Insert { collection, body: bytes }));
    };
    if value.kind() != Kind::Object {
        let detail = "what stands behind insert, replace, patch or delete is an object";
        return Err(within(verb, Error::new(Code::InvalidDocument, detail).under("")));
    }
    let body = value.text().as_bytes().to_vec();
    let change = match verb {
        Verb::Bare | Verb::Insert => Change::Insert { collection, body },
        Verb::Replace => Change::Replace { collection, id: None, body, expect: Expect::Any },
        Verb::Patch => Change::Patch { collection, id: id_of(value, verb)?, body, expect: None },
        Verb::Delete => {
            let expect = delete_expects(value).map_err(|error| within(verb, error))?;
            Change::Delete { collection, id: id_of(value, verb)?, expect }
        }
    };
    Ok((verb, change))
}

/// Whether the first key is a verb, or is written in a way that it takes more to tell. It spares most bare
/// documents a check that they get from the session anyway.
fn may_name_a_verb(bytes: &[u8]) -> bool {
    let inner = bytes.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    let Some(key) = inner.and_then(|inner| inner.strip_prefix(b"\"")) else { return false };
    let key = key.split(|byte| *byte == b'"').next().unwrap_or_default();
    key.contains(&b'\\') || matches!(key, b"insert" | b"replace" | b"patch" | b"delete")
}

fn verb_of(text: &str) -> Result<Option<(Verb, Json<'_>)>> {
    let json = Json::new(text);
    let mut fields = json.fields();
    let Some((key, value)) = fields.next() else { return Ok(None) };
    let verb = match &*key.unescape() {
        "insert" => Verb::Insert,
        "replace" => Verb::Replace,
        "patch" => Verb::Patch,
        "delete" => Verb::Delete,
        _ => return Ok(None),
    };
    match (fields.next(), value.kind()) {
        (None, _) => Ok(Some((verb, value))),
        // Stored as a document, the second operation of a line would be lost without a word.
        (Some((other, _)), Kind::Object) => {
            let detail = format!(
                "an operation stands alone on its line, here {:?} follows; a document with such a field goes into \
                 {{\"insert\":…}}",
                other.unescape()
            );
            Err(Error::new(Code::InvalidRequest, detail).under(""))
        }
        _ => Ok(None),
    }
}

fn id_of(value: Json<'_>, verb: Verb) -> Result<String> {
    let id = value.get("_id").and_then(Json::as_str).map(std::borrow::Cow::into_owned);
    id.ok_or_else(|| {
        let error = Error::new(Code::InvalidId, "it needs the _id of its document, a string").under("/_id");
        within(verb, error)
    })
}

/// The revision that a delete expects; a field that does not belong there may be a mistaken condition.
fn delete_expects(value: Json<'_>) -> Result<Option<Seq>> {
    let mut expect = None;
    for (key, value) in value.fields() {
        match &*key.unescape() {
            "_id" => {}
            "_rev" => {
                let rev = value.as_number().and_then(|n| n.to_i64()).and_then(|n| Seq::try_from(n).ok());
                let wrong = || Error::new(Code::InvalidDocument, "_rev is a positive integer").under("/_rev");
                expect = Some(rev.filter(|rev| *rev > 0).ok_or_else(wrong)?);
            }
            key => {
                let detail = format!("a delete takes _id and _rev, not {key:?}");
                return Err(Error::new(Code::InvalidRequest, detail).under(""));
            }
        }
    }
    Ok(expect)
}
