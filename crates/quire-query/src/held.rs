//! The memory that a query holds: within a limit of its own, and within the memory budget of the store.

use quire_model::{Code, Error, Memory, MemoryUse, Reservation, Result};
use std::sync::Arc;

/// Bytes that are held for a query, or for its answer; given back when it is dropped.
#[derive(Debug)]
pub struct Held {
    bytes: usize,
    bytes_max: usize,
    /// Where the store keeps a budget.
    reservation: Option<Reservation>,
}

impl Held {
    pub(crate) fn new(memory: Option<Arc<Memory>>, bytes_max: usize) -> Held {
        let reservation = memory.map(|memory| memory.reservation(MemoryUse::Query));
        Held { bytes: 0, bytes_max, reservation }
    }

    /// Holds more.
    ///
    /// # Errors
    /// `memory_limit`; nothing more is held then.
    pub fn grow(&mut self, bytes: usize) -> Result<()> {
        let wanted = self.bytes.saturating_add(bytes);
        if wanted > self.bytes_max {
            return Err(over_limit(self.bytes_max));
        }
        if let Some(reservation) = &self.reservation {
            take(reservation, bytes as u64)?;
        }
        self.bytes = wanted;
        Ok(())
    }

    /// Gives some back.
    pub fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        if let Some(reservation) = &self.reservation {
            reservation.shrink(bytes as u64);
        }
    }

    /// Holds so many bytes, whether that is more or less than now.
    ///
    /// # Errors
    /// As [`Held::grow`].
    pub(crate) fn set(&mut self, bytes: usize) -> Result<()> {
        match bytes.checked_sub(self.bytes) {
            Some(more) => self.grow(more),
            None => {
                self.shrink(self.bytes - bytes);
                Ok(())
            }
        }
    }
}

/// Takes memory for a query. What is only remembered gives way before a query is refused.
pub(crate) fn take(reservation: &Reservation, bytes: u64) -> Result<()> {
    match reservation.grow(bytes) {
        #[cfg(feature = "sql")]
        Err(_) if crate::sql::forget_large() => reservation.grow(bytes),
        taken => taken,
    }
}

/// The error for a query that holds too much.
fn over_limit(bytes_max: usize) -> Error {
    let detail =
        format!("the query would hold more than {bytes_max} bytes at once; use a filter or a smaller limit");
    Error::new(Code::MemoryLimit, detail)
}

/// What is held for something that is compared and copied without regard to it.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    _held: Arc<Held>,
}

impl Beside {
    pub(crate) fn new(held: Held) -> Beside {
        Beside { _held: Arc::new(held) }
    }
}

impl PartialEq for Beside {
    fn eq(&self, _: &Beside) -> bool {
        true
    }
}

impl Eq for Beside {}
