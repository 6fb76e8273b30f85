//! What a batch does, worked out before anything is changed: each operation sees the ones before it.

use super::{Collections, Documents, no_collection};
use quire_model::{Code, DocId, Document, Error, Expect, Name, Operation, Result, Seq, Stored};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A batch on its way, over the state before it.
pub(crate) struct Pending<'a> {
    before: &'a Collections,
    seq: Seq,
    changes: Changes,
    effective: bool,
}

/// The changes of a batch by collection; `None` where the collection is to be removed.
pub(crate) struct Changes(BTreeMap<Name, Option<Change>>);

#[derive(Default)]
struct Change {
    /// Whether the documents from before the batch are gone.
    emptied: bool,
    documents: BTreeMap<DocId, Option<Stored>>,
}

impl<'a> Pending<'a> {
    pub(crate) fn new(before: &'a Collections, seq: Seq) -> Pending<'a> {
        Pending { before, seq, changes: Changes(BTreeMap::new()), effective: false }
    }

    /// Adds one operation and answers which revision was there before it.
    pub(crate) fn add(&mut self, operation: Operation) -> Result<Option<Seq>> {
        match operation {
            Operation::Put { collection, document, expect } => self.put(collection, document, expect),
            Operation::Delete { collection, id, expect } => self.delete(collection, id, expect),
            Operation::CreateCollection { collection } => self.create(collection),
            Operation::DropCollection { collection } => self.remove(collection),
        }
    }

    /// The changes; `None` where the batch has nothing to do.
    pub(crate) fn finish(self) -> Option<Changes> {
        self.effective.then_some(self.changes)
    }

    fn put(&mut self, collection: Name, document: Document, expect: Expect) -> Result<Option<Seq>> {
        let id = document.id().clone();
        let found = self.revision(&collection, &id);
        expect.check(&collection, &id, found)?;
        let stored = Stored { document, rev: self.seq };
        self.change(collection).documents.insert(id, Some(stored));
        Ok(found)
    }

    fn delete(&mut self, collection: Name, id: DocId, expect: Expect) -> Result<Option<Seq>> {
        let found = self.revision(&collection, &id);
        expect.check(&collection, &id, found)?;
        if found.is_some() {
            self.change(collection).documents.insert(id, None);
        }
        Ok(found)
    }

    fn create(&mut self, collection: Name) -> Result<Option<Seq>> {
        if self.exists(&collection) {
            let detail = format!("there is a collection {collection} already");
            return Err(Error::new(Code::CollectionExists, detail));
        }
        self.change(collection);
        Ok(None)
    }

    fn remove(&mut self, collection: Name) -> Result<Option<Seq>> {
        if !self.exists(&collection) {
            return Err(no_collection(&collection));
        }
        self.effective = true;
        self.changes.0.insert(collection, None);
        Ok(None)
    }

    fn exists(&self, collection: &Name) -> bool {
        match self.changes.0.get(collection) {
            Some(change) => change.is_some(),
            None => self.before.contains_key(collection),
        }
    }

    fn revision(&self, collection: &Name, id: &DocId) -> Option<Seq> {
        let before = || self.before.get(collection)?.get(id).map(|stored| stored.rev);
        match self.changes.0.get(collection) {
            None => before(),
            Some(None) => None,
            Some(Some(change)) => match change.documents.get(id) {
                Some(document) => document.as_ref().map(|stored| stored.rev),
                None if change.emptied => None,
                None => before(),
            },
        }
    }

    /// The changes of a collection, which exists from now on; one that was removed comes back empty.
    fn change(&mut self, collection: Name) -> &mut Change {
        self.effective = true;
        let change = self.changes.0.entry(collection).or_insert_with(|| Some(Change::default()));
        change.get_or_insert_with(|| Change { emptied: true, ..Change::default() })
    }
}

impl Changes {
    /// Puts the changes in place. Nothing here can fail.
    pub(crate) fn apply(self, collections: &mut Collections) {
        for (name, change) in self.0 {
            let Some(change) = change else {
                collections.remove(&name);
                continue;
            };
            let shared = collections.entry(name).or_default();
            if change.emptied {
                *shared = Arc::new(Documents::new());
            }
            let documents = Arc::make_mut(shared);
            for (id, document) in change.documents {
                match document {
                    Some(stored) => documents.insert(id, stored),
                    None => documents.remove(&id),
                };
            }
        }
    }
}
