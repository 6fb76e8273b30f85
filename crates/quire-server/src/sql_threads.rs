//! The threads that SQL runs on.
//!
//! A statement computes for as long as it is allowed to. On the threads of the server it would keep every
//! other connection waiting, health included, so it has threads of its own.

use quire_model::{Error, Result};
use std::sync::OnceLock;
use tokio::runtime::{Builder, Handle, Runtime};

/// The threads, started with the first statement.
#[derive(Default)]
pub(crate) struct SqlThreads(OnceLock<Option<Runtime>>);

impl SqlThreads {
    /// Where to spawn a statement.
    ///
    /// # Errors
    /// `internal` where the threads cannot be started.
    pub(crate) fn handle(&self) -> Result<&Handle> {
        let threads = self.0.get_or_init(|| {
            let made = Builder::new_multi_thread().thread_name("quire-sql").enable_time().build();
            made.inspect_err(|error| tracing::error!(event = "sql_threads_failed", %error)).ok()
        });
        let none = || Error::internal("the threads for SQL cannot be started");
        threads.as_ref().map(Runtime::handle).ok_or_else(none)
    }
}

impl Drop for SqlThreads {
    fn drop(&mut self) {
        // A runtime must not be waited for within another one, where the last owner usually is.
        if let Some(Some(threads)) = self.0.take() {
            threads.shutdown_background();
        }
    }
}
