//! What is under test: something that a store is opened on, again and again.
//!
//! A backend outlives the stores that it opens, so that a test can ask what a restart and a power cut leave. Backends
//! nest: [`checked`], [`restless`] and [`mirror`] put a wrapper around every store that another backend opens.

use crate::{Checked, Ledger, Mirror, ModelStore, Restless};
use quire_model::{Checkpoint, Committed, DatabaseStatistics, Name, Result, Snapshot, Store, WriteBatch};
use std::sync::Arc;

/// Opens stores over the same lasting thing, one after the other.
pub trait Backend {
    /// The store. Whoever got one before has dropped it by now.
    fn open(&mut self) -> Box<dyn Store>;

    /// Cuts the power: the store that is open can do nothing more, and [`Backend::open`] shows what was durable. By
    /// itself this does nothing, for a backend that loses nothing.
    fn crash(&mut self) {}

    /// Does one piece of the open store's background work, the smallest there is; answers whether there was any.
    fn step(&mut self) -> bool {
        false
    }

    /// Answers a script's command that only this backend knows; `None` where it does not know it.
    fn special(&mut self, _command: &str) -> Option<String> {
        None
    }
}

impl Backend for Box<dyn Backend> {
    fn open(&mut self) -> Box<dyn Store> {
        (**self).open()
    }

    fn crash(&mut self) {
        (**self).crash();
    }

    fn step(&mut self) -> bool {
        (**self).step()
    }

    fn special(&mut self, command: &str) -> Option<String> {
        (**self).special(command)
    }
}

/// A store with other owners, such as the backend that opened it.
pub struct Shared<S>(pub Arc<S>);

impl<S: Store> Store for Shared<S> {
    fn databases(&self) -> Result<Vec<Name>> {
        self.0.databases()
    }

    fn create_database(&self, database: &Name) -> Result<()> {
        self.0.create_database(database)
    }

    fn drop_database(&self, database: &Name) -> Result<()> {
        self.0.drop_database(database)
    }

    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        self.0.snapshot(database)
    }

    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        self.0.commit(database, batch)
    }

    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        self.0.checkpoint(database)
    }

    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        self.0.statistics(database)
    }
}

/// The model store: what a restart finds is what was there.
#[derive(Default)]
pub struct ModelBackend(Arc<ModelStore>);

impl ModelBackend {
    /// A backend on a model store of the caller's.
    pub fn on(store: ModelStore) -> ModelBackend {
        ModelBackend(Arc::new(store))
    }
}

impl Backend for ModelBackend {
    fn open(&mut self) -> Box<dyn Store> {
        Box::new(Shared(self.0.clone()))
    }
}

/// A backend whose stores are held to the contract at every call, also from one restart to the next.
pub fn checked(backend: impl Backend + 'static) -> impl Backend {
    let ledger = Arc::new(Ledger::default());
    let wrap = move |store| Box::new(Checked::with_ledger(store, ledger.clone())) as Box<dyn Store>;
    Wrapped { inner: Box::new(backend), wrap: Box::new(wrap) }
}

/// A backend whose stores make a checkpoint after every so many commits: what was just written is read from another
/// layer at once.
pub fn restless(every: u64, backend: impl Backend + 'static) -> impl Backend {
    let wrap = move |store| Box::new(Restless::new(every, store)) as Box<dyn Store>;
    Wrapped { inner: Box::new(backend), wrap: Box::new(wrap) }
}

/// Puts a wrapper around a store.
type Wrap = Box<dyn Fn(Box<dyn Store>) -> Box<dyn Store>>;

struct Wrapped {
    inner: Box<dyn Backend>,
    wrap: Wrap,
}

impl Backend for Wrapped {
    fn open(&mut self) -> Box<dyn Store> {
        (self.wrap)(self.inner.open())
    }

    fn crash(&mut self) {
        self.inner.crash();
    }

    fn step(&mut self) -> bool {
        self.inner.step()
    }

    fn special(&mut self, command: &str) -> Option<String> {
        self.inner.special(command)
    }
}

/// Two backends whose stores must give the same answers.
pub fn mirror(left: impl Backend + 'static, right: impl Backend + 'static) -> impl Backend {
    Pair { left: Box::new(left), right: Box::new(right) }
}

struct Pair {
    left: Box<dyn Backend>,
    right: Box<dyn Backend>,
}

impl Backend for Pair {
    fn open(&mut self) -> Box<dyn Store> {
        Box::new(Mirror::new(self.left.open(), self.right.open()))
    }

    fn crash(&mut self) {
        self.left.crash();
        self.right.crash();
    }

    fn step(&mut self) -> bool {
        let left = self.left.step();
        self.right.step() || left
    }

    fn special(&mut self, command: &str) -> Option<String> {
        self.left.special(command).or_else(|| self.right.special(command))
    }
}
