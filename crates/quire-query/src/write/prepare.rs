//! Checking changes by themselves: names, ids and bodies, before any data is looked at.

use super::asked::{Asked, Condition, Verb};
use super::ids;
use crate::Limits;
use quire_model::json::{self, Scanner};
use quire_model::{Code, DocId, Document, Error, Expect, Input, Name, Operation, Result, Seq};

/// A change that is right in itself.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) collection: Name,
    pub(super) id: DocId,
    pub(super) work: Work,
    /// The revisions of which the document must have one, where there is not just one: then the document is
    /// looked at before the commit, which can expect only one.
    pub(super) one_of: Option<Vec<Seq>>,
}

/// What a prepared change does.
#[derive(Clone)]
pub(super) enum Work {
    Put { document: Document, expect: Expect },
    Patch { patch: String, expect: Option<Seq> },
    Delete { expect: Expect },
}

impl Prepared {
    /// The operation of a change that needs to read nothing: all but patches and those that expect one of
    /// several revisions.
    pub(super) fn operation(&self) -> Option<Operation> {
        if self.one_of.is_some() {
            return None;
        }
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

    pub(super) fn change(&mut self, asked: &Asked<'_>) -> Checked<Prepared> {
        match asked.verb {
            Verb::Insert => self.insert(asked),
            Verb::Replace => self.replace(asked),
            Verb::Patch => self.patch(asked),
            Verb::Delete => delete(asked),
        }
    }

    fn insert(&mut self, asked: &Asked<'_>) -> Checked<Prepared> {
        let collection = name(asked.collection)?;
        let input = Input::parse(&mut self.scanner, asked.body).map_err(at("/document"))?;
        if input.rev.is_some() {
            let detail = "a document that is inserted has no revision yet";
            return Err(at("/document")(Error::new(Code::InvalidDocument, detail).under("/_rev")));
        }
        let made = match &input.id {
            Some(id) => id.clone(),
            None => ids::make().map_err(at("/document"))?,
        };
        let document = input.into_document(|| made);
        Ok(put(collection, document, Condition::Absent))
    }

    fn replace(&mut self, asked: &Asked<'_>) -> Checked<Prepared> {
        let collection = name(asked.collection)?;
        let id = asked.id.map(document_id).transpose()?;
        let input = Input::parse(&mut self.scanner, asked.body).map_err(at("/document"))?;
        let condition = combine(&asked.condition, input.rev).map_err(at("/document"))?;
        let Some(id) = id.or_else(|| input.id.clone()) else {
            let detail = "the document has no _id, so there is nothing to say which one it replaces";
            return Err(at("/document")(Error::new(Code::InvalidId, detail)));
        };
        let document = input.into_document_at(&id).map_err(at("/document"))?;
        Ok(put(collection, document, condition))
    }

    fn patch(&mut self, asked: &Asked<'_>) -> Checked<Prepared> {
        let collection = name(asked.collection)?;
        let id = document_id(asked.id.unwrap_or_default())?;
        let input = Input::parse(&mut self.scanner, asked.body)
            .map_err(|e| at("/patch")(not_an_object(e, asked.body)))?;
        if input.id.as_ref().is_some_and(|own| *own != id) {
            let detail = format!("an _id never changes: this is {id:?}");
            return Err(at("/patch")(Error::new(Code::InvalidId, detail).under("/_id")));
        }
        let (expect, one_of) = combine(&asked.condition, input.rev)
            .and_then(|condition| existing(&condition))
            .map_err(at("/patch"))?;
        Ok(Prepared { collection, id, work: Work::Patch { patch: input.text, expect }, one_of })
    }
}

fn delete(asked: &Asked<'_>) -> Checked<Prepared> {
    let collection = name(asked.collection)?;
    let id = document_id(asked.id.unwrap_or_default())?;
    let (expect, one_of) = existing(&asked.condition).map_err(at(""))?;
    let expect = expect.map_or(Expect::Present, Expect::Revision);
    Ok(Prepared { collection, id, work: Work::Delete { expect }, one_of })
}

fn put(collection: Name, document: Document, condition: Condition) -> Prepared {
    let (expect, one_of) = match condition {
        Condition::Any => (Expect::Any, None),
        Condition::Absent => (Expect::Absent, None),
        Condition::Present => (Expect::Present, None),
        Condition::OneOf(revs) => match revs[..] {
            [rev] => (Expect::Revision(rev), None),
            _ => (Expect::Present, Some(revs)),
        },
    };
    let id = document.id().clone();
    Prepared { collection, id, work: Work::Put { document, expect }, one_of }
}

/// The revision, or the revisions, that a change of an existing document expects.
fn existing(condition: &Condition) -> Result<(Option<Seq>, Option<Vec<Seq>>)> {
    match condition {
        Condition::Any | Condition::Present => Ok((None, None)),
        Condition::OneOf(revs) => match revs[..] {
            [rev] => Ok((Some(rev), None)),
            _ => Ok((None, Some(revs.clone()))),
        },
        Condition::Absent => {
            let detail = "what is absent can be neither patched nor removed";
            Err(Error::new(Code::InvalidRequest, detail))
        }
    }
}

fn name(text: &str) -> Checked<Name> {
    Name::for_user(text).map_err(at("/collection"))
}

fn document_id(text: &str) -> Checked<DocId> {
    DocId::new(text).map_err(at("/id"))
}

/// The condition of a request together with the `_rev` of its body.
fn combine(condition: &Condition, rev: Option<Seq>) -> Result<Condition> {
    let Some(rev) = rev else { return Ok(condition.clone()) };
    let expected = match condition {
        Condition::Any | Condition::Present => return Ok(Condition::OneOf(vec![rev])),
        Condition::OneOf(revs) if revs.contains(&rev) => return Ok(Condition::OneOf(vec![rev])),
        Condition::OneOf(revs) => revision_list(revs),
        Condition::Absent => "no document".to_owned(),
    };
    let detail = format!("the request expects {expected}, the body's _rev says {rev}");
    Err(Error::new(Code::InvalidRequest, detail).under("/_rev"))
}

/// Revisions in words.
pub(super) fn revision_list(revs: &[Seq]) -> String {
    let list: Vec<String> = revs.iter().map(Seq::to_string).collect();
    match list.len() {
        0 => "a revision that no document has".to_owned(),
        1 => format!("revision {}", list.concat()),
        _ => format!("one of the revisions {}", list.join(", ")),
    }
}

/// JSON that is no object is no patch; every other fault of a body keeps its own code.
fn not_an_object(error: Error, body: &[u8]) -> Error {
    let begins_object = body.trim_ascii_start().starts_with(b"{");
    if error.code() != Code::InvalidDocument || begins_object {
        return error;
    }
    Error::new(Code::InvalidPatch, "a merge patch of a document is a JSON object").under("")
}
