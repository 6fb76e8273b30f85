//! The fields of collections that were looked at lately.
//!
//! Looking costs a pass over the collection, and what is seen holds for one state of it: the key is the store, the
//! database, the collection and the sequence number. One cache serves the process, since sessions come and go with
//! requests.

use super::shape::Inferred;
use quire_model::{Name, Seq, Store};
use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

/// How many collections are remembered.
const ENTRIES_MAX: usize = 64;

static CACHE: LazyLock<Mutex<VecDeque<(Key, Arc<Inferred>)>>> = LazyLock::new(Mutex::default);

/// One state of one collection.
#[derive(Clone)]
pub(super) struct Key {
    /// A weak handle keeps the address from being used again, so that no other store is taken for this one.
    store: Weak<dyn Store>,
    database: Name,
    collection: Name,
    seq: Seq,
}

impl Key {
    /// The key of a collection's state.
    pub(super) fn new(store: &Arc<dyn Store>, database: &Name, collection: &Name, seq: Seq) -> Key {
        Key { store: Arc::downgrade(store), database: database.clone(), collection: collection.clone(), seq }
    }

    fn is(&self, other: &Key) -> bool {
        self.seq == other.seq
            && self.collection == other.collection
            && self.database == other.database
            && self.store.ptr_eq(&other.store)
    }
}

/// What is known about a state.
pub(super) fn get(key: &Key) -> Option<Arc<Inferred>> {
    let cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.iter().find(|(known, _)| known.is(key)).map(|(_, inferred)| Arc::clone(inferred))
}

/// Remembers a state; the oldest one is forgotten for it.
pub(super) fn put(key: &Key, inferred: &Arc<Inferred>) {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|(known, _)| known.store.strong_count() > 0 && !known.is(key));
    // An older state of the same collection will hardly be asked for again.
    cache.retain(|(known, _)| {
        known.collection != key.collection
            || known.database != key.database
            || !known.store.ptr_eq(&key.store)
    });
    while cache.len() >= ENTRIES_MAX {
        cache.pop_front();
    }
    cache.push_back((key.clone(), Arc::clone(inferred)));
}

/// Forgets a state that turned out not to be what was remembered: a database that was removed and made again counts
/// from the beginning.
pub(super) fn forget(key: &Key) {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|(known, _)| !known.is(key));
}

/// Forgets everything about a database.
pub(crate) fn forget_database(store: &Arc<dyn Store>, database: &Name) {
    let store = Arc::downgrade(store);
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|(known, _)| known.database != *database || !known.store.ptr_eq(&store));
}
