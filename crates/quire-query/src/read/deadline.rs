//! The time limit of a query.

use quire_model::{Code, Error, Result};
use std::time::{Duration, Instant};

/// A moment after which a query ends. It is looked at between batches.
pub(crate) struct Deadline {
    started: Instant,
    limit: Duration,
}

impl Deadline {
    pub(crate) fn new(limit: Duration) -> Deadline {
        Deadline { started: Instant::now(), limit }
    }

    /// Begins anew.
    pub(crate) fn restart(&mut self) {
        self.started = Instant::now();
    }

    /// Fails when the time is over.
    pub(crate) fn check(&self) -> Result<()> {
        if self.started.elapsed() < self.limit {
            return Ok(());
        }
        let detail = format!("the query took longer than the {} ms allowed", self.limit.as_millis());
        Err(Error::new(Code::Timeout, detail))
    }
}
