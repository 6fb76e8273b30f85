//! Opens a data folder in this process. Here, and only here, the backend is chosen.

use std::sync::Arc;

use quire_engine::{DEFAULT_DATABASE, EngineStore, Options};
use quire_model::Name;
use quire_query::Session;

use crate::failure::Failure;
use crate::machine::memory_budget;
use crate::settings::Settings;

/// A data folder that is open, and the session over it.
pub(crate) struct Embedded {
    store: Arc<EngineStore>,
    session: Session,
}

impl Embedded {
    /// Opens the folder; an absent one is made where `create` allows it.
    ///
    /// # Errors
    /// `locked` where another process has it, `unavailable` where it is absent, `corrupt`, `format_unsupported`.
    pub(crate) async fn open(settings: &Settings, create: bool) -> Result<Embedded, Failure> {
        let mut options = Options { create, ..settings.engine.clone() };
        // Where neither the settings nor the system say anything, the engine's own default holds.
        let memory_bytes_max = settings.memory_bytes_max.or_else(memory_budget);
        options.memory_bytes_max = memory_bytes_max.unwrap_or(options.memory_bytes_max);
        let folder = settings.data.clone();
        // Recovery reads and writes, so it does not belong on a thread that drives connections.
        let opened = tokio::task::spawn_blocking(move || EngineStore::open(&folder, options)).await;
        let store = Arc::new(opened.map_err(lost)??);
        let session = Session::new(store.clone(), Name::new(DEFAULT_DATABASE)?, settings.limits.clone());
        Ok(Embedded { store, session })
    }

    /// The session over the folder.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Why the folder is open for reading only, where it is.
    pub(crate) fn read_only(&self) -> Option<&str> {
        self.store.read_only()
    }

    /// Closes the folder in good order.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        let store = self.store;
        let closed = tokio::task::spawn_blocking(move || store.close()).await;
        Ok(closed.map_err(lost)??)
    }
}

fn lost(error: tokio::task::JoinError) -> Failure {
    Failure::internal(format!("the work on the data folder met a defect: {error}"))
}
