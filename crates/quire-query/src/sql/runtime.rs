//! Where queries run: threads of their own, so that a heavy query never holds up what else the program does,
//! and with stacks that the deepest statement allowed fits on.

use quire_model::{Error, Result};
use std::sync::LazyLock;
use tokio::runtime::{Builder, EnterGuard, Runtime};
use tokio::task::JoinHandle;

/// The stack of a thread; only what is touched of it takes memory.
const STACK_BYTES: usize = 16 << 20;

static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread().thread_name("quire-sql").thread_stack_size(STACK_BYTES).enable_time().build()
});

fn runtime() -> Result<&'static Runtime> {
    RUNTIME
        .as_ref()
        .map_err(|e| Error::internal(format!("the threads for queries could not be started: {e}")))
}

/// Makes timers of these threads for as long as it is held, whatever executor the caller has.
pub(super) fn enter() -> Result<EnterGuard<'static>> {
    Ok(runtime()?.enter())
}

/// A task on these threads. It ends when this is dropped.
pub(super) struct Task<T>(JoinHandle<T>);

/// Starts a task.
pub(super) fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<Task<T>> {
    Ok(Task(runtime()?.spawn(future)))
}

impl<T> Task<T> {
    /// Waits for the end of the task.
    ///
    /// # Errors
    /// `internal` where it panicked.
    pub(super) async fn join(mut self) -> Result<T> {
        match (&mut self.0).await {
            Ok(value) => Ok(value),
            Err(e) if e.is_panic() => Err(super::error::from_panic(e.into_panic().as_ref())),
            Err(e) => Err(Error::internal(format!("the query was ended: {e}"))),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
