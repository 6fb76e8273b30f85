//! What a change finds: a snapshot, and over it what earlier changes of the same list did.

use super::prepare::{Prepared, Work};
use quire_model::{COMMIT_BYTES_MAX, Code, DocId, Document, Error, Name, Result, Seq, Snapshot};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How many documents are read at once, because each may be large and only its revision needed.
const READ_AT_ONCE_MAX: usize = 32;

/// The documents that a list of changes is about.
pub(super) struct View {
    pub(super) snapshot: Arc<dyn Snapshot>,
    read: HashMap<Name, HashMap<DocId, Read>>,
    missing: HashSet<Name>,
    changed: HashMap<Name, HashMap<DocId, Option<Document>>>,
}

/// A document of the snapshot: kept only where it is to be patched.
struct Read {
    rev: Seq,
    document: Option<Document>,
}

/// What a change finds under its id.
pub(super) enum Found<'a> {
    Nothing,
    NoCollection,
    /// As the snapshot has it; the document is there where a change patches it.
    Stored(Seq, Option<&'a Document>),
    /// Written by an earlier change of the list, so its revision is not known yet.
    Changed(&'a Document),
}

impl View {
    /// Reads the documents of these changes from a snapshot.
    ///
    /// # Errors
    /// `too_large` where the documents to patch have more bytes than a commit may.
    pub(super) fn load<'p>(
        snapshot: Arc<dyn Snapshot>,
        changes: impl Iterator<Item = &'p Prepared>,
    ) -> Result<View> {
        let mut wanted: HashMap<&Name, HashMap<&DocId, bool>> = HashMap::new();
        for change in changes {
            let patched = wanted.entry(&change.collection).or_default().entry(&change.id).or_default();
            *patched |= matches!(change.work, Work::Patch { .. });
        }
        let mut view =
            View { snapshot, read: HashMap::new(), missing: HashSet::new(), changed: HashMap::new() };
        let mut bytes = 0;
        for (collection, wanted) in wanted {
            match view.read(collection, &wanted, &mut bytes) {
                Ok(found) => drop(view.read.insert(collection.clone(), found)),
                Err(error) if error.code() == Code::CollectionNotFound => {
                    view.missing.insert(collection.clone());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(view)
    }

    fn read(
        &self,
        collection: &Name,
        wanted: &HashMap<&DocId, bool>,
        bytes: &mut usize,
    ) -> Result<HashMap<DocId, Read>> {
        let mut ids: Vec<DocId> = wanted.keys().copied().cloned().collect();
        ids.sort_unstable();
        let mut read = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(READ_AT_ONCE_MAX) {
            for stored in self.snapshot.get(collection, ids)?.into_iter().flatten() {
                let id = stored.document.id().clone();
                let patched = wanted.get(&id).is_some_and(|patched| *patched);
                let document = patched.then_some(stored.document);
                *bytes += document.as_ref().map_or(0, |document| document.text().len());
                if *bytes > COMMIT_BYTES_MAX {
                    let detail =
                        format!("the documents to patch together have more than {COMMIT_BYTES_MAX} bytes");
                    return Err(Error::new(Code::TooLarge, detail));
                }
                read.insert(id, Read { rev: stored.rev, document });
            }
        }
        Ok(read)
    }

    /// What is there now, for an id that was loaded or changed.
    pub(super) fn find(&self, collection: &Name, id: &DocId) -> Found<'_> {
        let changed = self.changed.get(collection);
        match changed.and_then(|changed| changed.get(id)) {
            Some(Some(document)) => return Found::Changed(document),
            Some(None) => return Found::Nothing,
            None if changed.is_none() && self.missing.contains(collection) => return Found::NoCollection,
            None => {}
        }
        match self.read.get(collection).and_then(|read| read.get(id)) {
            Some(read) => Found::Stored(read.rev, read.document.as_ref()),
            None => Found::Nothing,
        }
    }

    /// Remembers what a change does: `None` removes.
    pub(super) fn set(&mut self, collection: &Name, id: &DocId, document: Option<Document>) {
        self.changed.entry(collection.clone()).or_default().insert(id.clone(), document);
    }
}
