//! A bounded number of places for work that blocks, and a bounded number of requests that wait for one.

use quire_model::{Code, Error, Result};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places.
pub(crate) struct Pool {
    running: Arc<Semaphore>,
    waiting: Semaphore,
    running_max: usize,
    waiting_max: usize,
}

/// One place, free again when this is dropped.
pub(crate) type Permit = OwnedSemaphorePermit;

impl Pool {
    pub(crate) fn new(running_max: usize, waiting_max: usize) -> Pool {
        Pool {
            running: Arc::new(Semaphore::new(running_max)),
            waiting: Semaphore::new(waiting_max),
            running_max,
            waiting_max,
        }
    }

    /// Runs a request's work on a thread of its own.
    ///
    /// # Errors
    /// `queue_full`, `internal` where the work panicked, and what the work itself answers.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = self.enter().await?;
        on_thread(permit, work).await
    }

    /// Runs a further part of a request that was let in before: it waits as long as it takes.
    ///
    /// # Errors
    /// `internal` where the work panicked, and what the work itself answers.
    pub(crate) async fn run_more<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.running).acquire_owned().await.map_err(closed)?;
        on_thread(permit, work).await
    }

    /// Takes a place, waiting for it if not too many wait already.
    ///
    /// # Errors
    /// `queue_full`.
    pub(crate) async fn enter(&self) -> Result<Permit> {
        if let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() {
            return Ok(permit);
        }
        let _seat = self.waiting.try_acquire().map_err(|_| self.full())?;
        Arc::clone(&self.running).acquire_owned().await.map_err(closed)
    }

    fn full(&self) -> Error {
        let Pool { running_max, waiting_max, .. } = self;
        let detail = format!("{running_max} requests are at work and {waiting_max} wait; try again");
        Error::new(Code::QueueFull, detail)
    }
}

/// The permit goes with the work: when a client goes away its work still runs to the end, and still counts.
async fn on_thread<T: Send + 'static>(
    permit: Permit,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let span = tracing::Span::current();
    let task = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        span.in_scope(work)
    });
    match task.await {
        Ok(result) => result,
        Err(panic) => Err(Error::internal("the request met a defect and was ended").with_source(panic)),
    }
}

fn closed(_: tokio::sync::AcquireError) -> Error {
    Error::internal("the pool is closed")
}
