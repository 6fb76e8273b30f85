//! What a change finds: a snapshot, and over it what earlier changes of the same list did.

use super::prepare::Prepared;
use quire_model::{Code, DocId, Document, Name, Result, Snapshot, Stored};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The documents that a list of changes is about.
pub(super) struct View {
    pub(super) snapshot: Arc<dyn Snapshot>,
    read: HashMap<Name, HashMap<DocId, Stored>>,
    missing: HashSet<Name>,
    changed: HashMap<Name, HashMap<DocId, Option<Document>>>,
}

/// What a change finds under its id.
pub(super) enum Found<'a> {
    Nothing,
    NoCollection,
    Stored(&'a Stored),
    /// Written by an earlier change of the list, so its revision is not known yet.
    Changed(&'a Document),
}

impl View {
    /// Reads the documents of these changes from a snapshot, one call for each collection.
    pub(super) fn load<'p>(
        snapshot: Arc<dyn Snapshot>,
        changes: impl Iterator<Item = &'p Prepared>,
    ) -> Result<View> {
        let mut ids: HashMap<&Name, HashSet<&DocId>> = HashMap::new();
        for change in changes {
            ids.entry(&change.collection).or_default().insert(&change.id);
        }
        let (mut read, mut missing) = (HashMap::new(), HashSet::new());
        for (collection, ids) in ids {
            let mut ids: Vec<DocId> = ids.into_iter().cloned().collect();
            ids.sort_unstable();
            match snapshot.get(collection, &ids) {
                Ok(found) => {
                    let found = ids.into_iter().zip(found).filter_map(|(id, stored)| Some((id, stored?)));
                    read.insert(collection.clone(), found.collect());
                }
                Err(error) if error.code() == Code::CollectionNotFound => {
                    missing.insert(collection.clone());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(View { snapshot, read, missing, changed: HashMap::new() })
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
        self.read.get(collection).and_then(|read| read.get(id)).map_or(Found::Nothing, Found::Stored)
    }

    /// Remembers what a change does: `None` removes.
    pub(super) fn set(&mut self, collection: &Name, id: &DocId, document: Option<Document>) {
        self.changed.entry(collection.clone()).or_default().insert(id.clone(), document);
    }
}
