//! A backend with the store that is open on it: what a case, a script or a stepped run works with.

use crate::{Backend, ModelStore};
use quire_model::Store;

/// A backend and its open store.
pub struct Fixture {
    store: Box<dyn Store>,
    backend: Box<dyn Backend>,
}

impl Fixture {
    /// Opens a backend's first store.
    pub fn new(backend: impl Backend + 'static) -> Fixture {
        let mut backend: Box<dyn Backend> = Box::new(backend);
        Fixture { store: backend.open(), backend }
    }

    /// The store that is open.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Closes the store and opens it again. Snapshots of the old one must be gone.
    pub fn reopen(&mut self) {
        self.close();
        self.store = self.backend.open();
    }

    /// Cuts the power and opens what is left. Snapshots of the old store must be gone.
    pub fn crash(&mut self) {
        self.backend.crash();
        self.reopen();
    }

    /// One piece of background work; answers whether there was any.
    pub fn step(&mut self) -> bool {
        self.backend.step()
    }

    /// A command that only the backend knows.
    pub fn special(&mut self, command: &str) -> Option<String> {
        self.backend.special(command)
    }

    /// An empty store takes the place of the open one, which is dropped before another is opened.
    fn close(&mut self) {
        self.store = Box::new(ModelStore::new());
    }
}
