//! The memory of one SQL query: what DataFusion counts is held within the budget of the store too.

use crate::held::take;
use datafusion::common::{Result, resources_datafusion_err};
use datafusion::execution::memory_pool::{
    GreedyMemoryPool, MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation, TrackConsumersPool,
};
use quire_model::{Memory, MemoryUse, Reservation};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// How many of the consumers of memory an error names.
const CONSUMERS_NAMED: NonZeroUsize = NonZeroUsize::MIN;

/// The pool of a query that may hold so many bytes, and no more than the store's budget has, where it keeps one.
pub(super) fn of_query(bytes_max: usize, memory: Option<Arc<Memory>>) -> Arc<dyn MemoryPool> {
    let own = TrackConsumersPool::new(GreedyMemoryPool::new(bytes_max), CONSUMERS_NAMED);
    match memory {
        Some(memory) => {
            let share = usize::try_from(memory.query_bytes_max()).unwrap_or(usize::MAX);
            let held = memory.reservation(MemoryUse::Query);
            Arc::new(WithinBudget { own, held, bytes_max: bytes_max.min(share) })
        }
        None => Arc::new(own),
    }
}

/// A pool whose every byte is held in the budget as well. What is left there goes back with the query.
#[derive(Debug)]
struct WithinBudget {
    own: TrackConsumersPool<GreedyMemoryPool>,
    held: Reservation,
    bytes_max: usize,
}

impl fmt::Display for WithinBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.own.fmt(f)
    }
}

impl MemoryPool for WithinBudget {
    fn name(&self) -> &str {
        self.own.name()
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.own.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.own.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.own.grow(reservation, additional);
        self.held.force(additional as u64);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.own.shrink(reservation, shrink);
        self.held.shrink(shrink as u64);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        // Operators know this error: some hold less, or say what they have early, before they give up.
        take(&self.held, additional as u64)
            .map_err(|error| resources_datafusion_err!("{}", error.detail()))?;
        let own = self.own.try_grow(reservation, additional);
        if own.is_err() {
            self.held.shrink(additional as u64);
        }
        own
    }

    fn reserved(&self) -> usize {
        self.own.reserved()
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.bytes_max)
    }
}

/// Bytes of documents that one batch of a scan may have: several of them are under way at once, and a query that may
/// hold little should not fail on that alone.
pub(super) fn batch_bytes_max(pool: &dyn MemoryPool) -> usize {
    (bytes_max(pool) / 32).clamp(64 << 10, 8 << 20)
}

/// Rows of a batch between two steps: DataFusion joins batches until they have so many, however long the rows are.
pub(super) fn batch_rows(pool: &dyn MemoryPool) -> usize {
    (bytes_max(pool) / (32 << 10)).clamp(256, 8_192)
}

fn bytes_max(pool: &dyn MemoryPool) -> usize {
    match pool.memory_limit() {
        MemoryLimit::Finite(bytes_max) => bytes_max,
        _ => usize::MAX,
    }
}
