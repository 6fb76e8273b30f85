//! The block cache: pieces of segments in memory, unpacked and checked, shared by all databases of a store.
//!
//! It keeps what was asked for again over what was asked for once (S3-FIFO, Yang et al., "FIFO queues are all you
//! need for cache eviction", 2023, as the crate `quick_cache` does it), and never weighs more than its part of the
//! memory budget.

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{OptionsBuilder, Weighter};
use quire_model::CacheStatistics;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

/// Which piece: the opened segment's own number, and the offset in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place(pub(crate) u64, pub(crate) u64);

/// Something that can be kept.
pub(crate) trait Weigh {
    /// Bytes in memory.
    fn bytes(&self) -> usize;
}

#[derive(Clone)]
struct Bytes;

impl<V: Weigh> Weighter<Place, V> for Bytes {
    fn weight(&self, _: &Place, value: &V) -> u64 {
        (value.bytes() + ENTRY_BYTES) as u64
    }
}

/// What an entry costs besides its value.
const ENTRY_BYTES: usize = 64;

/// Mixes the two numbers of a place; the same in every process, so that a simulated run can be repeated.
#[derive(Default, Clone)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, n: u64) {
        let mixed = (self.0 ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0xd6e8_feb8_6659_fd93)
    }
}

/// The cache, and how often it knew the answer.
pub(crate) struct BlockCache<V: Weigh + Clone> {
    cache: Cache<Place, V, Bytes, BuildHasherDefault<Mixer>, DefaultLifecycle<Place, V>>,
    hits: AtomicU64,
    misses: AtomicU64,
    opened: AtomicU64,
}

impl<V: Weigh + Clone> BlockCache<V> {
    pub(crate) fn new(bytes_max: u64) -> BlockCache<V> {
        // An entry may weigh as much as a shard, so there are few shards, and fewer for a small cache.
        let shards = (bytes_max >> 22).clamp(1, 16) as usize;
        let options = OptionsBuilder::new()
            .shards(shards)
            .estimated_items_capacity((bytes_max >> 13).max(64) as usize)
            .weight_capacity(bytes_max)
            .build();
        let cache = match options {
            Ok(options) => Cache::with_options(
                options,
                Bytes,
                BuildHasherDefault::default(),
                DefaultLifecycle::default(),
            ),
            // The two numbers that it asks for are given.
            Err(_) => {
                Cache::with(64, bytes_max, Bytes, BuildHasherDefault::default(), DefaultLifecycle::default())
            }
        };
        BlockCache { cache, hits: AtomicU64::new(0), misses: AtomicU64::new(0), opened: AtomicU64::new(0) }
    }

    /// A number that no other opened segment has.
    pub(crate) fn number(&self) -> u64 {
        self.opened.fetch_add(1, Ordering::Relaxed)
    }

    /// The piece at a place; `load` gets it where it is not kept.
    pub(crate) fn get<E>(&self, place: Place, load: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        if let Some(value) = self.cache.get(&place) {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(value);
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        let value = load()?;
        self.cache.insert(place, value.clone());
        Ok(value)
    }

    /// The piece at a place if it is kept; for a walk, which should not push out what others need.
    pub(crate) fn peek(&self, place: Place) -> Option<V> {
        self.cache.peek(&place)
    }

    pub(crate) fn figures(&self) -> CacheStatistics {
        CacheStatistics {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            bytes: self.cache.weight(),
            bytes_max: self.cache.capacity(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    impl Weigh for Arc<Vec<u8>> {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    #[test]
    fn it_stays_within_its_bytes_and_counts_what_it_knew() {
        let cache: BlockCache<Arc<Vec<u8>>> = BlockCache::new(1 << 20);
        let load = |n: usize| move || Ok::<_, ()>(Arc::new(vec![n as u8; 8192]));
        for n in 0..1000 {
            assert_eq!(cache.get(Place(1, n as u64), load(n)).unwrap()[0], n as u8);
            assert!(cache.figures().bytes <= 1 << 20);
        }
        assert_eq!(cache.figures().misses, 1000);
        cache.get(Place(1, 999), || Err(())).unwrap();
        assert_eq!(cache.figures().hits, 1);
        cache.get(Place(2, 999), || Err(())).unwrap_err();
    }
}
