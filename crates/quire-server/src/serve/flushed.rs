//! A sign that everything that was written to a connection so far has left this process.

use std::sync::Arc;
use tokio::sync::Notify;

/// The sign of one connection. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Flushed(Arc<Notify>);

impl Flushed {
    /// Waits for the next time that everything has left. The caller is polled by the connection itself, which
    /// flushes when it has nothing more to write; so what was handed over before the first poll is among it.
    pub(crate) async fn next(&self) {
        self.0.notified().await;
    }

    /// Everything has left.
    pub(super) fn now(&self) {
        self.0.notify_waiters();
    }
}
