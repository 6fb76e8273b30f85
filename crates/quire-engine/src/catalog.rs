//! The collections of a database at one moment.

use quire_model::Name;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A collection's definition. Its number names it in every file and is never used again.
#[derive(Debug)]
pub(crate) struct Collection {
    pub(crate) number: u32,
    pub(crate) name: Name,
    documents: AtomicI64,
}

impl Collection {
    pub(crate) fn new(number: u32, name: Name, documents: i64) -> Arc<Collection> {
        Arc::new(Collection { number, name, documents: AtomicI64::new(documents) })
    }

    /// Documents in the newest state.
    pub(crate) fn documents(&self) -> i64 {
        self.documents.load(Ordering::Relaxed)
    }

    pub(crate) fn count(&self, change: i64) {
        self.documents.fetch_add(change, Ordering::Relaxed);
    }
}

/// An immutable list of collections; a change makes a new one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog {
    by_name: BTreeMap<Name, Arc<Collection>>,
    by_number: BTreeMap<u32, Arc<Collection>>,
    /// The number that the next collection gets.
    pub(crate) next_number: u32,
}

impl Catalog {
    pub(crate) fn new(collections: Vec<Arc<Collection>>, next_number: u32) -> Catalog {
        let mut catalog = Catalog { next_number, ..Catalog::default() };
        collections.into_iter().for_each(|collection| catalog.insert(collection));
        catalog
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Collection>> {
        self.by_name.get(name)
    }

    pub(crate) fn by_number(&self, number: u32) -> Option<&Arc<Collection>> {
        self.by_number.get(&number)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.by_name.values()
    }

    /// Adds a collection under the next number.
    pub(crate) fn create(&mut self, name: &Name) -> Arc<Collection> {
        let collection = Collection::new(self.next_number, name.clone(), 0);
        self.insert(collection.clone());
        collection
    }

    /// Adds a collection that was numbered before.
    pub(crate) fn insert(&mut self, collection: Arc<Collection>) {
        self.next_number = self.next_number.max(collection.number + 1);
        self.by_number.insert(collection.number, collection.clone());
        self.by_name.insert(collection.name.clone(), collection);
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Arc<Collection>> {
        let collection = self.by_name.remove(name)?;
        self.by_number.remove(&collection.number)
    }
}
