//! Making a prepared change an operation: patches are applied to what the view finds.

use super::prepare::{Prepared, Work, revision_list};
use super::view::{Found, View};
use crate::Limits;
use crate::hint::no_collection;
use quire_model::json::Json;
use quire_model::{Code, Document, Error, Expect, Operation, Result, Seq, merge_patch, not_found};

/// Who checks what a change expects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Checks {
    /// The store, at the commit. Only what a patch needs is read before.
    AtCommit,
    /// The view as well, which must have loaded every document.
    Now,
    /// As `Now`, and the operation expects of the store what the view found, so that the outcome is known before
    /// the commit.
    NowAndThen,
}

/// The operation of a change. Later changes of the same view find its outcome.
///
/// # Errors
/// `document_not_found`, `collection_not_found`, `revision_mismatch`, `document_exists`, `too_large`.
pub(super) fn resolve(
    change: &Prepared,
    view: &mut View,
    checks: Checks,
    limits: &Limits,
) -> Result<Operation> {
    let Prepared { collection, id, work, one_of } = change;
    let narrowed = one_of.as_ref().map(|revs| narrow(change, revs, view)).transpose()?;
    let checked = |expect: Expect| {
        let expect = narrowed.map_or(expect, Expect::Revision);
        if checks != Checks::AtCommit {
            check(change, view, expect)?;
        }
        Ok(if checks == Checks::NowAndThen { found(change, view, expect) } else { expect })
    };
    let (operation, outcome) = match work {
        Work::Put { document, expect } => {
            (put(change, document.clone(), checked(*expect)?), Some(document.clone()))
        }
        Work::Delete { expect } => {
            let (collection, id, expect) = (collection.clone(), id.clone(), checked(*expect)?);
            (Operation::Delete { collection, id, expect }, None)
        }
        Work::Patch { patch, expect } => {
            let (document, expect) = apply(change, patch, narrowed.or(*expect), view, checks)?;
            let (bytes, bytes_max) = (document.text().len(), limits.document_bytes_max);
            if bytes > bytes_max {
                let detail =
                    format!("patched, {id:?} would have {bytes} bytes, at most {bytes_max} are allowed");
                return Err(Error::new(Code::TooLarge, detail));
            }
            (put(change, document.clone(), expect), Some(document))
        }
    };
    view.set(collection, id, outcome);
    Ok(operation)
}

/// The patched document, and what the commit must expect so that the patch was applied to the right one.
fn apply(
    change: &Prepared,
    patch: &str,
    expect: Option<Seq>,
    view: &View,
    checks: Checks,
) -> Result<(Document, Expect)> {
    let Prepared { collection, id, .. } = change;
    let (base, expect) = match view.find(collection, id) {
        Found::NoCollection => return Err(no_collection(collection, &*view.snapshot)),
        Found::Nothing => return Err(not_found(collection, id)),
        Found::Stored(rev, document) => {
            let expect = Expect::Revision(expect.unwrap_or(rev));
            expect.check(collection, id, Some(rev))?;
            let document = document.ok_or_else(|| Error::internal("a document to patch was not kept"))?;
            (document, expect)
        }
        Found::Changed(document) => match expect {
            Some(expected) if checks != Checks::AtCommit => return Err(changed_earlier(change, expected)),
            Some(expected) => (document, Expect::Revision(expected)),
            None => (document, Expect::Present),
        },
    };
    let text = merge_patch(base.json(), Json::new(patch));
    Ok((Document::from_checked(id.clone(), text), expect))
}

/// Which of several revisions the document has.
fn narrow(change: &Prepared, revs: &[Seq], view: &View) -> Result<Seq> {
    let Prepared { collection, id, .. } = change;
    let wanted = revision_list(revs);
    let detail = match view.find(collection, id) {
        Found::NoCollection => return Err(no_collection(collection, &*view.snapshot)),
        Found::Nothing => return Err(not_found(collection, id)),
        Found::Stored(rev, _) if revs.contains(&rev) => return Ok(rev),
        Found::Stored(rev, _) => {
            format!("document {id:?} in {collection} is at revision {rev}, not {wanted}")
        }
        Found::Changed(_) => {
            format!(
                "document {id:?} in {collection} was written earlier in this request, so it is not at {wanted}"
            )
        }
    };
    Err(Error::new(Code::RevisionMismatch, detail))
}

/// An expectation that anything meets, made what the view found.
fn found(change: &Prepared, view: &View, expect: Expect) -> Expect {
    match (expect, view.find(&change.collection, &change.id)) {
        (Expect::Any, Found::Stored(..) | Found::Changed(_)) => Expect::Present,
        (Expect::Any, Found::Nothing | Found::NoCollection) => Expect::Absent,
        (expect, _) => expect,
    }
}

fn check(change: &Prepared, view: &View, expect: Expect) -> Result<()> {
    let Prepared { collection, id, .. } = change;
    match (view.find(collection, id), expect) {
        (Found::Stored(rev, _), _) => expect.check(collection, id, Some(rev)),
        (Found::NoCollection, Expect::Present | Expect::Revision(_)) => {
            Err(no_collection(collection, &*view.snapshot))
        }
        (Found::Nothing | Found::NoCollection, _) => expect.check(collection, id, None),
        (Found::Changed(_), Expect::Any | Expect::Present) => Ok(()),
        (Found::Changed(_), Expect::Revision(expected)) => Err(changed_earlier(change, expected)),
        (Found::Changed(_), Expect::Absent) => Err(Error::new(
            Code::DocumentExists,
            format!("{collection} has a document {id:?} already, written earlier in this request"),
        )),
    }
}

fn changed_earlier(change: &Prepared, expected: Seq) -> Error {
    let Prepared { collection, id, .. } = change;
    let detail = format!(
        "document {id:?} in {collection} was written earlier in this request, so it is not at {expected}"
    );
    Error::new(Code::RevisionMismatch, detail)
}

fn put(change: &Prepared, document: Document, expect: Expect) -> Operation {
    Operation::Put { collection: change.collection.clone(), document, expect }
}
