//! What a batch must answer and leave, worked out from the state before it.

use super::{codes, must};
use quire_model::{
    COMMIT_BYTES_MAX, Code, Committed, DocId, Document, Error, Expect, Name, Operation, Seq, Snapshot,
    WriteBatch,
};
use std::collections::BTreeMap;

/// Documents at the addresses that a batch touches, by collection: revision and text.
type Touched = BTreeMap<Name, BTreeMap<DocId, Option<(Seq, Document)>>>;

/// Batches of more operations are not worked out.
const OPERATIONS_MAX: usize = 10_000;

/// What must come of a batch.
pub(super) enum Prediction {
    Refused {
        operation: Option<usize>,
        code: Code,
    },
    Accepted {
        previous: Vec<Option<Seq>>,
        effective: bool,
        collections: BTreeMap<Name, bool>,
        touched: Touched,
    },
}

/// Whether a batch did anything, going by its answer: only the removal of what is absent does nothing.
pub(super) fn effective(batch: &WriteBatch, previous: &[Option<Seq>]) -> bool {
    let idle = |(operation, previous): (&Operation, &Option<Seq>)| {
        matches!(operation, Operation::Delete { .. }) && previous.is_none()
    };
    !batch.operations.iter().zip(previous).all(idle)
}

impl Prediction {
    /// Looks at what the batch touches; `None` where that cannot be read, or is too much.
    pub(super) fn of(before: &dyn Snapshot, batch: &WriteBatch) -> Option<Prediction> {
        if batch.operations.len() > OPERATIONS_MAX {
            return None;
        }
        if batch.bytes() > COMMIT_BYTES_MAX {
            return Some(Prediction::Refused { operation: None, code: Code::TooLarge });
        }
        let names = before.collections().ok()?;
        let mut trial = Trial {
            seq: before.seq() + 1,
            collections: names.into_iter().map(|name| (name, true)).collect(),
            touched: touched(before, batch)?,
        };
        let mut previous = Vec::with_capacity(batch.operations.len());
        for (n, operation) in batch.operations.iter().enumerate() {
            match trial.operation(operation) {
                Ok(revision) => previous.push(revision),
                Err(code) => return Some(Prediction::Refused { operation: Some(n), code }),
            }
        }
        let effective = effective(batch, &previous);
        let Trial { collections, touched, .. } = trial;
        Some(Prediction::Accepted { previous, effective, collections, touched })
    }

    pub(super) fn check_answer(&self, committed: &Committed, seq_before: Seq) {
        match self {
            Prediction::Refused { operation, code } => {
                let at = operation.map(|n| format!(" at operation {n}")).unwrap_or_default();
                must(false, || format!("commit {} should have been refused: {code}{at}", committed.seq));
            }
            Prediction::Accepted { previous, effective, .. } => {
                let wrong =
                    previous.iter().zip(&committed.previous).position(|(ours, theirs)| ours != theirs);
                must(wrong.is_none(), || {
                    let n = wrong.unwrap_or_default();
                    format!(
                        "commit {} says that operation {n} met {:?}; it met {:?}",
                        committed.seq, committed.previous[n], previous[n]
                    )
                });
                let expected = seq_before + u64::from(*effective);
                must(committed.seq == expected, || {
                    format!("a commit on {seq_before} has the number {}, not {expected}", committed.seq)
                });
            }
        }
    }

    /// Compares the state after the batch with what it must leave.
    pub(super) fn check_state(&self, after: &dyn Snapshot, seq: Seq) {
        let Prediction::Accepted { collections, touched, .. } = self else { return };
        let Ok(names) = after.collections() else { return };
        for (name, exists) in collections {
            must(names.contains(name) == *exists, || {
                format!("after commit {seq}, whether there is a collection {name} should be {exists}")
            });
        }
        for (collection, documents) in
            touched.iter().filter(|(name, _)| collections.get(*name) == Some(&true))
        {
            let ids: Vec<DocId> = documents.keys().cloned().collect();
            let Ok(found) = after.get(collection, &ids) else { return };
            for ((id, expected), found) in documents.iter().zip(found) {
                let found = found.map(|stored| (stored.rev, stored.document));
                must(found == *expected, || {
                    let revision = |d: &Option<(Seq, Document)>| d.as_ref().map(|(revision, _)| *revision);
                    format!(
                        "after commit {seq}, {id:?} in {collection} is at {:?}, and should be at {:?} with its text",
                        revision(&found),
                        revision(expected)
                    )
                });
            }
        }
    }

    /// Compares a refusal with what had to be refused. An error of the machine says nothing about the batch.
    pub(super) fn check_refusal(&self, error: &Error) {
        let named = codes::refused_operation(error);
        if named.is_none() && error.code() != Code::TooLarge {
            return;
        }
        match self {
            Prediction::Refused { operation, code } => {
                must((*operation, *code) == (named, error.code()), || {
                    format!("`{error}` at operation {named:?} should have been {code} at {operation:?}")
                });
            }
            Prediction::Accepted { .. } => {
                must(false, || format!("`{error}` at operation {named:?} was no reason to refuse"));
            }
        }
    }
}

/// What is at every address that the batch names.
fn touched(before: &dyn Snapshot, batch: &WriteBatch) -> Option<Touched> {
    let mut touched = Touched::new();
    for operation in &batch.operations {
        let id = match operation {
            Operation::Put { document, .. } => document.id(),
            Operation::Delete { id, .. } => id,
            Operation::CreateCollection { .. } | Operation::DropCollection { .. } => continue,
        };
        touched.entry(operation.collection().clone()).or_default().insert(id.clone(), None);
    }
    let names = before.collections().ok()?;
    for (collection, documents) in touched.iter_mut().filter(|(name, _)| names.contains(name)) {
        let ids: Vec<DocId> = documents.keys().cloned().collect();
        let found = before.get(collection, &ids).ok()?;
        for (document, found) in documents.values_mut().zip(found) {
            *document = found.map(|stored| (stored.rev, stored.document));
        }
    }
    Some(touched)
}

/// The state on the way through a batch.
struct Trial {
    seq: Seq,
    collections: BTreeMap<Name, bool>,
    touched: Touched,
}

impl Trial {
    fn operation(&mut self, operation: &Operation) -> Result<Option<Seq>, Code> {
        let collection = operation.collection();
        match operation {
            Operation::Put { document, expect, .. } => {
                let before = self.replace(collection, document.id(), *expect, Some(document.clone()))?;
                self.collections.insert(collection.clone(), true);
                Ok(before)
            }
            Operation::Delete { id, expect, .. } => self.replace(collection, id, *expect, None),
            Operation::CreateCollection { .. } => {
                let existed = self.collections.insert(collection.clone(), true) == Some(true);
                if existed { Err(Code::CollectionExists) } else { Ok(None) }
            }
            Operation::DropCollection { .. } => {
                let existed = self.collections.insert(collection.clone(), false) == Some(true);
                if let Some(documents) = self.touched.get_mut(collection) {
                    documents.values_mut().for_each(|document| *document = None);
                }
                if existed { Ok(None) } else { Err(Code::CollectionNotFound) }
            }
        }
    }

    fn replace(
        &mut self,
        collection: &Name,
        id: &DocId,
        expect: Expect,
        document: Option<Document>,
    ) -> Result<Option<Seq>, Code> {
        let place = self.touched.get_mut(collection).and_then(|documents| documents.get_mut(id));
        let Some(place) = place else { return Err(Code::Internal) };
        let found = place.as_ref().map(|(revision, _)| *revision);
        match (expect, found) {
            (Expect::Absent, Some(_)) => return Err(Code::DocumentExists),
            (Expect::Present | Expect::Revision(_), None) => return Err(Code::DocumentNotFound),
            (Expect::Revision(wanted), Some(found)) if wanted != found => return Err(Code::RevisionMismatch),
            _ => {}
        }
        *place = document.map(|document| (self.seq, document));
        Ok(found)
    }
}
