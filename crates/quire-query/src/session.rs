//! The session: which store, which database, which limits, and under which key writes happen once.

use crate::idempotency::{Keeper, Key};
use crate::visible::Visible;
use crate::{Clock, Held, Limits};
use quire_model::{CacheStatistics, MemoryStatistics, Name, Result, Seq, Snapshot, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A door to one database of a store. Cheap to clone; every read opens its own snapshot, and every write is
/// one commit. All methods but SQL block.
#[derive(Clone)]
pub struct Session {
    store: Arc<dyn Store>,
    database: Name,
    limits: Arc<Limits>,
    key: Option<Key>,
    /// Shared by all sessions that came from the same one, whatever their database.
    keeper: Arc<Keeper>,
    seen: Witness,
}

/// The newest sequence number that a session and its clones saw, plus one; 0 where none was seen.
#[derive(Clone, Default)]
struct Witness(Arc<AtomicU64>);

impl Session {
    /// A session on a database. Whether the database exists is not asked here: the methods answer
    /// `database_not_found`.
    pub fn new(store: Arc<dyn Store>, database: Name, limits: Limits) -> Session {
        let keeper = Arc::new(Keeper::new(crate::clock::system()));
        Session { store, database, limits: Arc::new(limits), key: None, keeper, seen: Witness::default() }
    }

    /// The session with another clock than the system's, which says when idempotency keys expire.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Session {
        Session { keeper: Arc::new(Keeper::new(clock)), ..self }
    }

    /// The database.
    pub fn database(&self) -> &Name {
        &self.database
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A session on another database of the same store, under the same limits and with the same key.
    #[must_use]
    pub fn with_database(&self, database: Name) -> Session {
        Session { database, seen: Witness::default(), ..self.clone() }
    }

    /// A session whose write happens once, however often it is asked for under this idempotency key: the
    /// first time it is committed together with the key, and every further time its answer is given again,
    /// marked `replayed`. A key stands for one write: another one under it is `idempotency_mismatch`. A
    /// write that is refused leaves the key free. Keys live as long as
    /// [`Limits::idempotency_lifetime`] says.
    ///
    /// # Errors
    /// `invalid_request` where the key is not 1 to 255 visible ASCII characters.
    pub fn once(&self, key: &str) -> Result<Session> {
        Ok(Session { key: Some(Key::new(key)?), ..self.clone() })
    }

    /// Room in the memory budget of the store for an answer that is gathered, at most so many bytes of it. Nothing is
    /// held yet.
    pub fn hold(&self, bytes_max: usize) -> Held {
        Held::new(self.store.memory(), bytes_max)
    }

    /// Figures of the store's memory budget; `None` where it keeps none.
    pub fn memory_statistics(&self) -> Option<MemoryStatistics> {
        self.store.memory().map(|memory| memory.statistics())
    }

    /// Figures of the store's cache; `None` where it has none.
    pub fn cache_statistics(&self) -> Option<CacheStatistics> {
        self.store.cache_statistics()
    }

    /// The sequence number of the database's newest commit.
    ///
    /// # Errors
    /// `database_not_found`.
    pub fn newest(&self) -> Result<Seq> {
        Ok(self.snapshot()?.seq())
    }

    /// The newest sequence number that this session and its clones saw, if they looked at all. It is what an
    /// error was found at.
    pub fn seen(&self) -> Option<Seq> {
        self.seen.0.load(Ordering::Relaxed).checked_sub(1)
    }

    pub(crate) fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    pub(crate) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The database as users see it: without the collections of the system.
    pub(crate) fn snapshot(&self) -> Result<Arc<dyn Snapshot>> {
        Ok(Visible::of(self.whole_snapshot()?))
    }

    /// The database with everything in it.
    pub(crate) fn whole_snapshot(&self) -> Result<Arc<dyn Snapshot>> {
        let snapshot = self.store.snapshot(&self.database)?;
        self.seen.0.fetch_max(snapshot.seq().saturating_add(1), Ordering::Relaxed);
        Ok(snapshot)
    }
}
