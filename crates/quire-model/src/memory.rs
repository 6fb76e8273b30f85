//! The one memory budget: fresh documents, the block cache and queries share it, and nobody goes beyond it.
//!
//! 1. Whoever needs much memory reserves it here first; what the budget cannot give is refused with `memory_limit`.
//! 2. A [`Reservation`] gives its bytes back when it is dropped.
//!
//! Half of the budget is the block cache's, which fills and empties it by itself. The other half is reserved piece by
//! piece. Queries get at most three quarters of that, so that writes always find some; the more queries hold, the
//! earlier fresh documents go to a file.

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
    /// Of all uses together.
    total: AtomicU64,
}

/// Figures of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryStatistics {
    /// The whole budget in bytes.
    pub bytes_max: u64,
    /// Bytes of fresh documents, and of versions that snapshots keep.
    pub fresh_bytes: u64,
    /// Bytes that queries hold.
    pub query_bytes: u64,
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
        Ok(Arc::new(Memory { bytes_max, used: Default::default(), total: AtomicU64::new(0) }))
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

    /// The most that queries may hold together.
    pub fn query_bytes_max(&self) -> u64 {
        self.reserved_bytes_max() / 4 * 3
    }

    /// What queries leave of the reserved part: the most that fresh documents may have now.
    pub fn fresh_bytes_max(&self) -> u64 {
        self.reserved_bytes_max().saturating_sub(self.reserved(MemoryUse::Query))
    }

    /// Bytes reserved for a use.
    pub fn reserved(&self, used: MemoryUse) -> u64 {
        self.used[used as usize].load(Ordering::Relaxed)
    }

    /// What is taken now.
    pub fn statistics(&self) -> MemoryStatistics {
        MemoryStatistics {
            bytes_max: self.bytes_max,
            fresh_bytes: self.reserved(MemoryUse::Fresh),
            query_bytes: self.reserved(MemoryUse::Query),
        }
    }

    /// A reservation that can grow.
    pub fn reservation(self: &Arc<Memory>, used: MemoryUse) -> Reservation {
        Reservation { memory: self.clone(), used, bytes: AtomicU64::new(0) }
    }

    /// Whether fresh documents take so much that some should go to a file, although no database has many of them: half
    /// of what they may have.
    pub fn is_short(&self) -> bool {
        self.reserved(MemoryUse::Fresh) > self.fresh_bytes_max() / 2
    }

    /// Whether fresh documents take so much that new ones should wait: three quarters of what queries leave.
    pub fn is_nearly_full(&self) -> bool {
        self.reserved(MemoryUse::Fresh) > self.fresh_bytes_max() / 4 * 3
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
        let memory = &self.memory;
        let add = |held: &AtomicU64, max: u64| {
            let fits = |held: u64| held.checked_add(bytes).filter(|sum| *sum <= max);
            held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).map_err(|held| (held, max))
        };
        let own = &memory.used[self.used as usize];
        let own_max = match self.used {
            MemoryUse::Query => memory.query_bytes_max(),
            MemoryUse::Fresh => memory.reserved_bytes_max(),
        };
        let taken = add(own, own_max).and_then(|_| {
            add(&memory.total, memory.reserved_bytes_max()).inspect_err(|_| {
                own.fetch_sub(bytes, Ordering::Relaxed);
            })
        });
        let Err((held, max)) = taken else {
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            return Ok(());
        };
        let what = self.used.name();
        let detail = format!(
            "{bytes} bytes for {what} go beyond the memory budget: {held} of {max} bytes are in use; try again, \
             ask for less, or raise memory_bytes_max"
        );
        Err(Error::new(Code::MemoryLimit, detail))
    }

    /// Takes more, whatever the budget has: for what is in memory already.
    pub fn force(&self, bytes: u64) {
        self.memory.total.fetch_add(bytes, Ordering::Relaxed);
        self.note(bytes);
    }

    fn note(&self, bytes: u64) {
        self.memory.used[self.used as usize].fetch_add(bytes, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Gives a part back, at most what is held.
    pub fn shrink(&self, bytes: u64) {
        let mut given = 0;
        let _ = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
            given = held.min(bytes);
            Some(held - given)
        });
        self.memory.used[self.used as usize].fetch_sub(given, Ordering::Relaxed);
        self.memory.total.fetch_sub(given, Ordering::Relaxed);
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
        query.grow(4 << 20).unwrap();
        query.shrink(u64::MAX);
        assert_eq!(memory.reserved(MemoryUse::Query), 0);
        assert_eq!(Memory::new(MEMORY_BYTES_MIN - 1).unwrap_err().code(), Code::InvalidRequest);
    }

    #[test]
    fn queries_leave_writes_a_quarter_and_make_fresh_documents_move_on_earlier() {
        let memory = Memory::new(MEMORY_BYTES_MIN).unwrap();
        let (fresh, query) = (memory.reservation(MemoryUse::Fresh), memory.reservation(MemoryUse::Query));
        let error = query.grow((6 << 20) + 1).unwrap_err();
        assert!(error.detail().contains("of 6291456 bytes"), "{error}");
        assert_eq!(query.bytes(), 0);
        fresh.grow(2 << 20).unwrap();
        assert!(!memory.is_short());
        query.grow(6 << 20).unwrap();
        assert!(memory.is_short() && memory.fresh_bytes_max() == 2 << 20);
        assert_eq!(fresh.grow(1).unwrap_err().code(), Code::MemoryLimit);
    }
}
