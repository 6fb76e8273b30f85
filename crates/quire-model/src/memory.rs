//! The one memory budget: fresh documents, the block cache and queries share it, and nobody goes beyond it.
//!
//! 1. Whoever needs much memory reserves it here first; what the budget cannot give is refused with `memory_limit`.
//! 2. A [`Reservation`] gives its bytes back when it is dropped.
//!
//! Half of the budget is the block cache's, which fills and empties it by itself. The other half is reserved piece by
//! piece.

use crate::{Code, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What reserved memory is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryUse {
    /// Documents that are not yet in a data file, and versions that a snapshot keeps.
    Fresh,
    /// Sorting, grouping and joining.
    Query,
}

impl MemoryUse {
    fn name(self) -> &'static str {
        match self {
            MemoryUse::Fresh => "fresh documents",
            MemoryUse::Query => "a query",
        }
    }
}

/// A budget, shared by everything that a process does with one store.
#[derive(Debug)]
pub struct Memory {
    bytes_max: u64,
    used: [AtomicU64; 2],
}

/// The least budget that can be set: 16 MiB.
pub const MEMORY_BYTES_MIN: u64 = 16 << 20;

impl Memory {
    /// A budget of so many bytes.
    ///
    /// # Errors
    /// `invalid_request` below [`MEMORY_BYTES_MIN`].
    pub fn new(bytes_max: u64) -> Result<Arc<Memory>> {
        if bytes_max < MEMORY_BYTES_MIN {
            let detail =
                format!("the memory budget is {bytes_max} bytes, it must be at least {MEMORY_BYTES_MIN}");
            return Err(Error::new(Code::InvalidRequest, detail));
        }
        Ok(Arc::new(Memory { bytes_max, used: Default::default() }))
    }

    /// The whole budget in bytes.
    pub fn bytes_max(&self) -> u64 {
        self.bytes_max
    }

    /// The part of the budget that the block cache fills.
    pub fn cache_bytes_max(&self) -> u64 {
        self.bytes_max / 2
    }

    /// The part of the budget that is reserved piece by piece.
    pub fn reserved_bytes_max(&self) -> u64 {
        self.bytes_max - self.cache_bytes_max()
    }

    /// Bytes reserved for a use.
    pub fn reserved(&self, used: MemoryUse) -> u64 {
        self.used[used as usize].load(Ordering::Relaxed)
    }

    /// A reservation that can grow.
    pub fn reservation(self: &Arc<Memory>, used: MemoryUse) -> Reservation {
        Reservation { memory: self.clone(), used, bytes: AtomicU64::new(0) }
    }

    /// Whether fresh documents take so much that some should go to a file, although no database has many of them: half
    /// of what is reserved piece by piece.
    pub fn is_short(&self) -> bool {
        self.reserved(MemoryUse::Fresh) > self.reserved_bytes_max() / 2
    }

    fn total(&self) -> u64 {
        self.used.iter().map(|used| used.load(Ordering::Relaxed)).sum()
    }
}

/// Memory that somebody holds; given back when it is dropped.
#[derive(Debug)]
pub struct Reservation {
    memory: Arc<Memory>,
    used: MemoryUse,
    bytes: AtomicU64,
}

impl Reservation {
    /// Takes more.
    ///
    /// # Errors
    /// `memory_limit` where the budget does not have it; nothing is taken then.
    pub fn grow(&self, bytes: u64) -> Result<()> {
        self.force(bytes);
        let (total, max) = (self.memory.total(), self.memory.reserved_bytes_max());
        if total <= max {
            return Ok(());
        }
        self.shrink(bytes);
        let what = self.used.name();
        let held = total.saturating_sub(bytes);
        let detail = format!(
            "{bytes} bytes for {what} go beyond the memory budget: {held} of {max} bytes are in use; try again, \
             ask for less, or raise memory.budget_bytes"
        );
        Err(Error::new(Code::MemoryLimit, detail))
    }

    /// Takes more, whatever the budget has: for what is in memory already.
    pub fn force(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.memory.used[self.used as usize].fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives a part back, at most what is held.
    pub fn shrink(&self, bytes: u64) {
        let mut given = 0;
        let _ = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
            given = held.min(bytes);
            Some(held - given)
        });
        self.memory.used[self.used as usize].fetch_sub(given, Ordering::Relaxed);
    }

    /// Bytes held.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.shrink(u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_shared_refused_beyond_and_given_back() {
        let memory = Memory::new(MEMORY_BYTES_MIN).unwrap();
        let (fresh, query) = (memory.reservation(MemoryUse::Fresh), memory.reservation(MemoryUse::Query));
        fresh.grow(6 << 20).unwrap();
        query.grow(2 << 20).unwrap();
        let error = query.grow(1).unwrap_err();
        assert_eq!(error.code(), Code::MemoryLimit);
        assert!(error.retryable());
        assert_eq!((fresh.bytes(), query.bytes()), (6 << 20, 2 << 20));
        fresh.force(1 << 20);
        assert_eq!(memory.reserved(MemoryUse::Fresh), 7 << 20);
        drop(fresh);
        assert_eq!(memory.reserved(MemoryUse::Fresh), 0);
        query.grow(6 << 20).unwrap();
        query.shrink(u64::MAX);
        assert_eq!(memory.reserved(MemoryUse::Query), 0);
        assert_eq!(Memory::new(MEMORY_BYTES_MIN - 1).unwrap_err().code(), Code::InvalidRequest);
    }
}
