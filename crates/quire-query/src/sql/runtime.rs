//! Where queries run: threads of their own, so that a heavy query never holds up what else the program does,
//! and with stacks that the deepest statement allowed fits on. Their clock has a thread to itself: a step of
//! a query may keep its thread for a while, and the end of its time must not wait for that.

use quire_model::{Error, Result};
use std::sync::LazyLock;
use tokio::runtime::{Builder, EnterGuard, Runtime};
use tokio::task::JoinHandle;

/// The stack of a thread; only what is touched of it takes memory.
const STACK_BYTES: usize = 16 << 20;

/// Threads beyond one for each core, so that a few queries in long steps leave some for the others. The
/// system shares the cores out between them.
const THREADS_SPARE: usize = 4;

/// The most threads.
const THREADS_MAX: usize = 256;

static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    Builder::new_multi_thread()
        .worker_threads((cores + THREADS_SPARE).min(THREADS_MAX))
        .thread_name("quire-sql")
        .thread_stack_size(STACK_BYTES)
        .enable_time()
        .build()
});

static TIMER: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(1).thread_name("quire-sql-timer").enable_time().build()
});

fn started(runtime: &'static LazyLock<std::io::Result<Runtime>>) -> Result<&'static Runtime> {
    let failed = |e| Error::internal(format!("the threads for queries could not be started: {e}"));
    runtime.as_ref().map_err(failed)
}

/// Makes timers of the clock's thread for as long as it is held, whatever executor the caller has.
pub(super) fn enter_timer() -> Result<EnterGuard<'static>> {
    Ok(started(&TIMER)?.enter())
}

/// A task on these threads. It ends when this is dropped, at the next point where it would let another task
/// run.
pub(super) struct Task<T>(JoinHandle<T>);

/// Starts a task.
pub(super) fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<Task<T>> {
    Ok(Task(started(&RUNTIME)?.spawn(future)))
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
