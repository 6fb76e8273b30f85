//! What is kept of a write that has a key: a document in a collection of the system, committed with the write.
//!
//! `{"_id":KEY,"request":FINGERPRINT,"at_ms":TIME,"written":[[ID,CREATED],…]}`. Its own revision is that of what
//! was written.

use super::Fingerprint;
use quire_model::json::{Json, write_string};
use quire_model::{Code, DocId, Document, Error, Result, Seq, Stored};

/// A record as it was read.
pub(crate) struct Record {
    pub(crate) request: Fingerprint,
    pub(crate) at_ms: u64,
    pub(crate) answer: Answer,
    pub(crate) rev: Seq,
}

/// What a write answers besides its revision: the documents, and whether each was made by it.
pub(crate) type Answer = Vec<(DocId, bool)>;

/// The most bytes of a record: what a document may have at most.
const BYTES_MAX: usize = 16 << 20;

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    /// `corrupt`: only this file writes records.
    pub(crate) fn read(stored: &Stored) -> Result<Record> {
        Record::parse(stored).ok_or_else(|| {
            let id = stored.document.id();
            Error::new(Code::Corrupt, format!("what is kept under the idempotency key {id:?} is no record"))
        })
    }

    /// When a record was written, without reading the rest of it.
    pub(crate) fn time(stored: &Stored) -> Option<u64> {
        let at_ms = stored.document.json().get("at_ms")?.as_number()?.to_i64()?;
        u64::try_from(at_ms).ok()
    }

    fn parse(stored: &Stored) -> Option<Record> {
        let json = stored.document.json();
        let request = u128::from_str_radix(&json.get("request")?.as_str()?, 16).ok()?;
        let pair = |item: Json<'_>| {
            let id = DocId::new(item.at(0)?.as_str()?.into_owned()).ok()?;
            Some((id, item.at(1)?.as_bool()?))
        };
        let answer = json.get("written")?.items().map(pair).collect::<Option<Answer>>()?;
        let (request, at_ms) = (Fingerprint(request), Record::time(stored)?);
        Some(Record { request, at_ms, answer, rev: stored.rev })
    }
}

/// The document of a new record.
///
/// # Errors
/// `too_large` where the answer is too long to be kept.
pub(crate) fn document(
    id: DocId,
    Fingerprint(request): Fingerprint,
    at_ms: u64,
    answer: &Answer,
) -> Result<Document> {
    let mut text = b"{\"_id\":".to_vec();
    write_string(id.as_str(), &mut text);
    text.extend_from_slice(
        format!(",\"request\":\"{request:032x}\",\"at_ms\":{at_ms},\"written\":[").as_bytes(),
    );
    for (n, (id, created)) in answer.iter().enumerate() {
        text.extend_from_slice(if n == 0 { b"[" } else { b",[" });
        write_string(id.as_str(), &mut text);
        text.extend_from_slice(if *created { b",true]" } else { b",false]" });
    }
    text.extend_from_slice(b"]}");
    if text.len() > BYTES_MAX {
        let detail = "the answer is too long to be kept under an idempotency key: send fewer operations";
        return Err(Error::new(Code::TooLarge, detail));
    }
    let text = String::from_utf8(text).map_err(|e| Error::internal("a record is no text").with_source(e))?;
    Ok(Document::from_checked(id, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let id = |text: &str| DocId::new(text).unwrap();
        let answer = vec![(id("a \"b\\\n"), true), (id("ü"), false)];
        let document = document(id("k"), Fingerprint(7), 1_700_000_000_000, &answer).unwrap();
        // What the system writes is as good a document as any.
        assert_eq!(Document::parse(document.text().as_bytes()).unwrap(), document);
        let stored = Stored { document, rev: 9 };
        let record = Record::read(&stored).unwrap();
        assert_eq!((record.request, record.at_ms, record.rev), (Fingerprint(7), 1_700_000_000_000, 9));
        assert_eq!(record.answer, answer);
        let stranger = Stored { document: Document::parse(br#"{"_id":"k"}"#).unwrap(), rev: 1 };
        assert_eq!(Record::read(&stranger).err().unwrap().code(), Code::Corrupt);
    }
}
