//! Checking changes by themselves: names, ids and bodies, before any data is looked at.

use super::Change;
use crate::Limits;
use quire_model::json::{self, Scanner};
use quire_model::{Code, DocId, Document, Error, Expect, Input, Name, Operation, Result, Seq};
use uuid::Uuid;

/// A change that is right in itself.
pub(super) struct Prepared {
    pub(super) collection: Name,
    pub(super) id: DocId,
    pub(super) work: Work,
}

/// What a prepared change does.
pub(super) enum Work {
    Put { document: Document, expect: Expect },
    Patch { patch: String, expect: Option<Seq> },
    Delete { expect: Expect },
}

impl Prepared {
    /// The operation of a change that needs to read nothing: all but patches.
    pub(super) fn operation(&self) -> Option<Operation> {
        let collection = self.collection.clone();
        match &self.work {
            Work::Put { document, expect } => {
                Some(Operation::Put { collection, document: document.clone(), expect: *expect })
            }
            Work::Delete { expect } => {
                Some(Operation::Delete { collection, id: self.id.clone(), expect: *expect })
            }
            Work::Patch { .. } => None,
        }
    }

    /// About how many bytes the change brings.
    pub(super) fn bytes(&self) -> usize {
        match &self.work {
            Work::Put { document, .. } => document.text().len(),
            Work::Patch { patch, .. } => patch.len(),
            Work::Delete { .. } => self.id.as_str().len(),
        }
    }
}

/// An error with the field of a change at fault, as a pointer.
pub(super) struct Misplaced {
    pub(super) at: &'static str,
    pub(super) error: Error,
}

type Checked<T> = std::result::Result<T, Misplaced>;

fn at(at: &'static str) -> impl FnOnce(Error) -> Misplaced {
    move |error| Misplaced { at, error }
}

/// Checks changes; the buffers of the JSON check are kept from one to the next.
pub(super) struct Preparer {
    scanner: Scanner,
}

impl Preparer {
    pub(super) fn new(limits: &Limits) -> Preparer {
        let limits = json::Limits { depth_max: limits.depth_max, bytes_max: limits.document_bytes_max };
        Preparer { scanner: Scanner::new(limits) }
    }

    pub(super) fn change(&mut self, change: &Change) -> Checked<Prepared> {
        match change {
            Change::Insert { collection, body } => self.insert(collection, body),
            Change::Replace { collection, id, body, expect } => {
                self.replace(collection, id.as_deref(), body, *expect)
            }
            Change::Patch { collection, id, body, expect } => self.patch(collection, id, body, *expect),
            Change::Delete { collection, id, expect } => delete(collection, id, *expect),
        }
    }

    pub(super) fn insert(&mut self, collection: &str, body: &[u8]) -> Checked<Prepared> {
        let collection = name(collection)?;
        let input = Input::parse(&mut self.scanner, body).map_err(at("/document"))?;
        if input.rev.is_some() {
            let detail = "a document that is inserted has no revision yet";
            return Err(at("/document")(Error::new(Code::InvalidDocument, detail).under("/_rev")));
        }
        let made = match &input.id {
            Some(id) => id.clone(),
            None => DocId::new(Uuid::now_v7().to_string()).map_err(at("/document"))?,
        };
        let document = input.into_document(|| made);
        Ok(put(collection, document, Expect::Absent))
    }

    pub(super) fn replace(
        &mut self,
        collection: &str,
        id: Option<&str>,
        body: &[u8],
        expect: Expect,
    ) -> Checked<Prepared> {
        let collection = name(collection)?;
        let id = id.map(document_id).transpose()?;
        let input = Input::parse(&mut self.scanner, body).map_err(at("/document"))?;
        let expect = combine(expect, input.rev).map_err(at("/document"))?;
        let Some(id) = id.or_else(|| input.id.clone()) else {
            let detail = "the document has no _id, so there is nothing to say which one it replaces";
            return Err(at("/document")(Error::new(Code::InvalidId, detail)));
        };
        let document = input.into_document_at(&id).map_err(at("/document"))?;
        Ok(put(collection, document, expect))
    }

    pub(super) fn patch(
        &mut self,
        collection: &str,
        id: &str,
        body: &[u8],
        expect: Option<Seq>,
    ) -> Checked<Prepared> {
        let collection = name(collection)?;
        let id = document_id(id)?;
        let input =
            Input::parse(&mut self.scanner, body).map_err(|e| at("/patch")(not_an_object(e, body)))?;
        if input.id.as_ref().is_some_and(|own| *own != id) {
            let detail = format!("an _id never changes: this is {id:?}");
            return Err(at("/patch")(Error::new(Code::InvalidId, detail).under("/_id")));
        }
        let expect = match combine(expect.map_or(Expect::Any, Expect::Revision), input.rev) {
            Ok(Expect::Revision(rev)) => Some(rev),
            Ok(_) => None,
            Err(error) => return Err(at("/patch")(error)),
        };
        Ok(Prepared { collection, id, work: Work::Patch { patch: input.text, expect } })
    }
}

pub(super) fn delete(collection: &str, id: &str, expect: Option<Seq>) -> Checked<Prepared> {
    let collection = name(collection)?;
    let id = document_id(id)?;
    let expect = expect.map_or(Expect::Present, Expect::Revision);
    Ok(Prepared { collection, id, work: Work::Delete { expect } })
}

fn put(collection: Name, document: Document, expect: Expect) -> Prepared {
    Prepared { collection, id: document.id().clone(), work: Work::Put { document, expect } }
}

fn name(text: &str) -> Checked<Name> {
    Name::for_user(text).map_err(at("/collection"))
}

fn document_id(text: &str) -> Checked<DocId> {
    DocId::new(text).map_err(at("/id"))
}

/// The expectation of a request together with the `_rev` of its body.
fn combine(expect: Expect, rev: Option<Seq>) -> Result<Expect> {
    let Some(rev) = rev else { return Ok(expect) };
    let expected = match expect {
        Expect::Any | Expect::Present => return Ok(Expect::Revision(rev)),
        Expect::Revision(expected) if expected == rev => return Ok(expect),
        Expect::Revision(expected) => format!("revision {expected}"),
        Expect::Absent => "no document".to_owned(),
    };
    let detail = format!("the request expects {expected}, the body's _rev says {rev}");
    Err(Error::new(Code::InvalidRequest, detail).under("/_rev"))
}

/// JSON that is no object is no patch; every other fault of a body keeps its own code.
fn not_an_object(error: Error, body: &[u8]) -> Error {
    let begins_object = body.trim_ascii_start().starts_with(b"{");
    if error.code() != Code::InvalidDocument || begins_object {
        return error;
    }
    Error::new(Code::InvalidPatch, "a merge patch of a document is a JSON object").under("")
}
