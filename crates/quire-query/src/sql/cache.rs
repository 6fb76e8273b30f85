//! The fields of collections that were looked at lately.
//!
//! Looking costs a pass over the collection, and what is seen holds for one state of it: the key is the
//! store, the timeline of the database, the collection and the sequence number. One cache serves the process,
//! since sessions come and go with requests.

use super::shape::Inferred;
use quire_model::{Name, Seq, Snapshot, Store};
use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

/// How many collections are remembered.
const ENTRIES_MAX: usize = 64;

/// What is remembered, the oldest first.
type Known = VecDeque<(Key, Arc<Inferred>)>;

static CACHE: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// One state of one collection.
#[derive(Clone)]
pub(super) struct Key {
    /// A weak handle keeps the address from being used again, so that no other store is taken for this one.
    store: Weak<dyn Store>,
    timeline: u64,
    collection: Name,
    seq: Seq,
}

impl Key {
    /// The key of a collection's state.
    pub(super) fn new(store: &Arc<dyn Store>, snapshot: &dyn Snapshot, collection: &Name) -> Key {
        Key {
            store: Arc::downgrade(store),
            timeline: snapshot.timeline(),
            collection: collection.clone(),
            seq: snapshot.seq(),
        }
    }

    fn is(&self, other: &Key) -> bool {
        self.seq == other.seq
            && self.collection == other.collection
            && self.timeline == other.timeline
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
            || known.timeline != key.timeline
            || !known.store.ptr_eq(&key.store)
    });
    while cache.len() >= ENTRIES_MAX {
        cache.pop_front();
    }
    cache.push_back((key.clone(), Arc::clone(inferred)));
}

/// Forgets the states that take much memory, which somebody else needs now; whether there were any.
pub(crate) fn forget_large() -> bool {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = cache.len();
    cache.retain(|(_, inferred)| !inferred.is_large());
    cache.len() < before
}

/// Forgets a state that turned out not to be what was remembered, so that the defect does not stay.
pub(super) fn forget(key: &Key) {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|(known, _)| !known.is(key));
}
