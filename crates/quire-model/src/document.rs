//! Documents: JSON objects kept as their own text.
//!
//! The life of a document on its way in:
//! 1. [`Input::parse`] checks the bytes in one pass and finds `_id` and `_rev` ([`crate::json::Scanner`]).
//! 2. White space that means nothing is removed; key order and the digits of every number stay.
//! 3. `_rev` is taken out: it is the expected revision, not content.
//! 4. [`Input::into_document`] makes an `_id` where none was given and puts it first.

use crate::json::{self, Fault, FaultKind, Json, Kind, Limits, Scanner};
use crate::{Code, DocId, Error, Result, Seq};
use std::sync::Arc;

/// A checked document with its id: the compact text of a JSON object that contains `_id` and no `_rev`.
/// Cloning is cheap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    id: DocId,
    text: Arc<str>,
}

impl Document {
    /// Checks `bytes` as a document that carries its own `_id`.
    ///
    /// # Errors
    /// As [`Input::parse`], and `invalid_id` where `_id` is absent.
    pub fn parse(bytes: &[u8]) -> Result<Document> {
        let input = Input::parse(&mut Scanner::new(Limits::default()), bytes)?;
        match input.id {
            Some(id) => Ok(Document { id, text: input.text.into() }),
            None => Err(Error::new(Code::InvalidId, "the document has no _id")),
        }
    }

    /// Takes a text that was checked and made compact before, such as one read back from a file whose checksum
    /// held. Nothing is checked again.
    pub fn from_checked(id: DocId, text: impl Into<Arc<str>>) -> Document {
        Document { id, text: text.into() }
    }

    /// The document's id.
    pub fn id(&self) -> &DocId {
        &self.id
    }

    /// The compact text, `_id` included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The compact text, shared and not copied.
    pub fn shared_text(&self) -> Arc<str> {
        self.text.clone()
    }

    /// A view for navigation.
    pub fn json(&self) -> Json<'_> {
        Json::new(&self.text)
    }
}

/// A document as it is stored: with the sequence number of the commit that wrote it, which is its revision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    /// The document.
    pub document: Document,
    /// Its revision.
    pub rev: Seq,
}

impl Stored {
    /// Appends the document as it is read: its text with `_rev` added at the end.
    pub fn write_with_rev(&self, out: &mut Vec<u8>) {
        let text = self.document.text().as_bytes();
        out.extend_from_slice(&text[..text.len().saturating_sub(1)]);
        out.extend_from_slice(b",\"_rev\":");
        out.extend_from_slice(self.rev.to_string().as_bytes());
        out.push(b'}');
    }

    /// The document as it is read: its text with `_rev` added at the end.
    pub fn text_with_rev(&self) -> String {
        let mut out = Vec::with_capacity(self.document.text().len() + 24);
        self.write_with_rev(&mut out);
        text_of(out)
    }
}

/// Bytes that are pieces of checked text, and so are UTF-8.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A document as somebody sent it: checked, compact, perhaps without an id, perhaps with an expected revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// `_id`, where given.
    pub id: Option<DocId>,
    /// `_rev`, where given: the expected revision.
    pub rev: Option<Seq>,
    /// The compact text without `_rev`.
    pub text: String,
}

impl Input {
    /// Checks the bytes of one document.
    ///
    /// # Errors
    /// `invalid_json` (grammar, UTF-8, lone surrogate), `invalid_document` (not an object, duplicate key, too deep,
    /// a wrong `_rev`), `invalid_id`, `too_large`. The detail names the byte, the part's pointer the place.
    pub fn parse(scanner: &mut Scanner, bytes: &[u8]) -> Result<Input> {
        let checked =
            scanner.check(bytes, &[&["_id"], &["_rev"]]).map_err(|fault| fault_error(bytes, fault))?;
        if checked.kind != Kind::Object {
            let detail = format!("a document is a JSON object, this is {}", with_article(checked.kind));
            return Err(Error::new(Code::InvalidDocument, detail.clone()).with_part(
                "",
                Code::InvalidDocument,
                detail,
            ));
        }
        let value_of = |range: &Option<std::ops::Range<usize>>| {
            range.as_ref().and_then(|r| checked.text.get(r.clone())).map(str::to_owned)
        };
        let id = value_of(&checked.ranges[0]).map(|text| parse_id(&text)).transpose()?;
        let rev = value_of(&checked.ranges[1]).map(|text| parse_rev(&text)).transpose()?;
        let mut text = if checked.compact {
            checked.text.to_owned()
        } else {
            let mut out = Vec::with_capacity(checked.text.len());
            json::compact_into(checked.text, &mut out);
            into_text(out)?
        };
        if rev.is_some() {
            text = without_rev(&text);
        }
        Ok(Input { id, rev, text })
    }

    /// The document, with an id from `make_id` put first where none was given.
    pub fn into_document(self, make_id: impl FnOnce() -> DocId) -> Document {
        match self.id {
            Some(id) => Document { id, text: self.text.into() },
            None => {
                let id = make_id();
                let text = with_id(&self.text, &id);
                Document { id, text: text.into() }
            }
        }
    }

    /// The document with the id that its address says.
    ///
    /// # Errors
    /// `invalid_id` where the body names another.
    pub fn into_document_at(self, id: &DocId) -> Result<Document> {
        match &self.id {
            Some(own) if own != id => {
                let detail = format!("the document's _id {own:?} is not the id it is addressed by, {id:?}");
                Err(Error::new(Code::InvalidId, detail.clone()).with_part("/_id", Code::InvalidId, detail))
            }
            _ => Ok(self.into_document(|| id.clone())),
        }
    }
}

/// The error for a fault of the JSON check: grammar and text are `invalid_json`, what JSON allows and documents do
/// not is `invalid_document`, size is `too_large`.
pub fn fault_error(bytes: &[u8], fault: Fault) -> Error {
    let code = match fault.kind {
        FaultKind::DuplicateKey | FaultKind::TooDeep { .. } => Code::InvalidDocument,
        FaultKind::TooLarge { .. } => Code::TooLarge,
        _ => Code::InvalidJson,
    };
    if code == Code::TooLarge {
        return Error::new(code, fault.to_string());
    }
    let (line, column) = json::line_column(bytes, fault.offset);
    let place = if line > 1 { format!(" (line {line}, column {column})") } else { String::new() };
    let sentence = fault.to_string();
    let detail = format!("{} at byte {}{place}", sentence.trim_end_matches('.'), fault.offset);
    Error::new(code, detail.clone())
        .with_part(json::pointer_at(bytes, fault.offset), code, detail)
        .with_source(fault)
}

fn parse_id(text: &str) -> Result<DocId> {
    let value = Json::new(text);
    let id = match value.as_str() {
        Some(id) => DocId::new(id.into_owned()),
        None => Err(Error::new(
            Code::InvalidId,
            format!("an _id is a string of 1 to 512 bytes, this is {}", with_article(value.kind())),
        )),
    };
    id.map_err(|e| e.under("/_id"))
}

fn parse_rev(text: &str) -> Result<Seq> {
    let rev = Json::new(text).as_number().and_then(|n| n.to_i64()).filter(|n| *n > 0);
    rev.map(|n| n as Seq).ok_or_else(|| {
        let detail = "_rev is the revision that the document is expected to have, a positive integer";
        Error::new(Code::InvalidDocument, detail).under("/_rev")
    })
}

fn with_article(kind: Kind) -> String {
    match kind {
        Kind::Null => "null".to_owned(),
        Kind::Array | Kind::Object => format!("an {}", kind.name()),
        _ => format!("a {}", kind.name()),
    }
}

fn with_id(text: &str, id: &DocId) -> String {
    let mut out = Vec::with_capacity(text.len() + id.as_str().len() + 10);
    out.extend_from_slice(b"{\"_id\":");
    json::write_string(id.as_str(), &mut out);
    if text.len() > 2 {
        out.push(b',');
    }
    out.extend_from_slice(&text.as_bytes()[1..]);
    text_of(out)
}

/// The text of a checked object without its field `_rev`, whatever that holds.
pub fn without_rev(object: &str) -> String {
    let mut out = String::with_capacity(object.len());
    for (key, value) in Json::new(object).fields().filter(|(key, _)| !key.is("_rev")) {
        out.push(if out.is_empty() { '{' } else { ',' });
        out.push('"');
        out.push_str(key.raw());
        out.push_str("\":");
        out.push_str(value.text());
    }
    out.push_str(if out.is_empty() { "{}" } else { "}" });
    out
}

fn into_text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Error::internal("the compact form of checked text is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(text: &str) -> Result<Input> {
        Input::parse(&mut Scanner::new(Limits::default()), text.as_bytes())
    }

    fn code(text: &str) -> Code {
        input(text).unwrap_err().code()
    }

    #[test]
    fn a_document_keeps_its_own_text_without_the_white_space() {
        let doc = input(" { \"z\" : 1.0 ,\n \"a\" : [ 1E400 , -0 ] } ").unwrap();
        assert_eq!(doc.text, r#"{"z":1.0,"a":[1E400,-0]}"#);
        let made = doc.into_document(|| DocId::new("x\"y").unwrap());
        assert_eq!(made.text(), r#"{"_id":"x\"y","z":1.0,"a":[1E400,-0]}"#);
        assert_eq!(input("{}").unwrap().into_document(|| DocId::new("x").unwrap()).text(), r#"{"_id":"x"}"#);
    }

    #[test]
    fn rev_is_an_expectation_and_not_content() {
        let doc = input(r#"{"a":1,"_rev":7,"_id":"x"}"#).unwrap();
        assert_eq!((doc.rev, doc.text.as_str()), (Some(7), r#"{"a":1,"_id":"x"}"#));
        assert_eq!(input(r#"{"_rev":7}"#).unwrap().text, "{}");
        for bad in [r#"{"_rev":0}"#, r#"{"_rev":"7"}"#, r#"{"_rev":-1}"#, r#"{"_rev":1.5}"#] {
            assert_eq!(code(bad), Code::InvalidDocument, "{bad}");
        }
    }

    #[test]
    fn bad_documents_have_their_code_and_place() {
        assert_eq!(code("[1]"), Code::InvalidDocument);
        assert_eq!(code(r#"{"a":1,"a":2}"#), Code::InvalidDocument);
        assert_eq!(code(r#"{"a":1,}"#), Code::InvalidJson);
        assert_eq!(code(r#"{"a":NaN}"#), Code::InvalidJson);
        assert_eq!(code(r#"{"a":"\ud800"}"#), Code::InvalidJson);
        for bad in [r#"{"_id":1}"#, r#"{"_id":""}"#, r#"{"_id":null}"#] {
            assert_eq!(code(bad), Code::InvalidId, "{bad}");
        }
        let error = input(r#"{"a":{"b":[1,x]}}"#).unwrap_err();
        assert!(error.detail().contains("byte 13"), "{error}");
    }

    #[test]
    fn the_address_decides_the_id() {
        let id = DocId::new("x").unwrap();
        assert_eq!(input("{}").unwrap().into_document_at(&id).unwrap().text(), r#"{"_id":"x"}"#);
        assert_eq!(
            input(r#"{"_id":"y"}"#).unwrap().into_document_at(&id).unwrap_err().code(),
            Code::InvalidId
        );
    }
}
