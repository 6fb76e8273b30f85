//! The key filter of a stripe: whether an id may be in it, wrong for one absent id in 250, never for a present one.
//!
//! A binary fuse filter (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters", 2022) over the
//! XXH3 hash of collection and id: 9 bits a key, three loads for a look.
//!
//! ```text
//! filter = descriptor[20] fingerprints               nothing at all for a stripe of few rows
//! ```

use xorf::{BinaryFuse8, BinaryFuse8Ref, DmaSerializable, Filter, FilterRef};
use xxhash_rust::xxh3::xxh3_64;

/// Below so many rows a look at the block is as good.
const ROWS_MIN: usize = 16;

/// What the filter knows of an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyHash(u64);

impl KeyHash {
    pub(crate) fn of(collection: u32, id: &str) -> KeyHash {
        // The collection is not the hash's seed: for short inputs, seeds and inputs cancel each other out.
        KeyHash(xxh3_64(id.as_bytes()) ^ u64::from(collection).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

/// The filter's bytes for a stripe's keys; empty where it has too few, or where none could be made.
pub(crate) fn build(keys: &mut Vec<KeyHash>) -> Vec<u8> {
    if keys.len() < ROWS_MIN {
        return Vec::new();
    }
    keys.sort_unstable();
    keys.dedup();
    let hashes: Vec<u64> = keys.iter().map(|key| key.0).collect();
    // Without a filter every look goes to the block: slower, and as right.
    let Ok(filter) = BinaryFuse8::try_from(&hashes) else { return Vec::new() };
    let mut out = vec![0; BinaryFuse8::DESCRIPTOR_LEN];
    filter.dma_copy_descriptor_to(&mut out);
    out.extend_from_slice(filter.dma_fingerprints());
    out
}

/// Whether bytes are those of a filter in which every look stays inside.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let field = |at: usize| {
        let b: Option<[u8; 4]> = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
        b.map_or(0, u32::from_le_bytes) as u64
    };
    let (length, mask, count) = (field(8), field(12), field(16));
    let fingerprints = bytes.len().saturating_sub(BinaryFuse8::DESCRIPTOR_LEN) as u64;
    bytes.is_empty()
        || (length.is_power_of_two()
            && mask == length - 1
            && count % length == 0
            && count + 2 * length <= fingerprints)
}

/// Whether the key may be among those that the filter was built from. `bytes` were found whole.
pub(crate) fn may_contain(bytes: &[u8], key: KeyHash) -> bool {
    match bytes.split_at_checked(BinaryFuse8::DESCRIPTOR_LEN) {
        Some((descriptor, fingerprints)) => {
            BinaryFuse8Ref::from_dma(descriptor, fingerprints).contains(&key.0)
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_present_key_is_missed_and_few_absent_ones_pass() {
        for count in [0, 1, 15, 16, 17, 100, 20_000] {
            let key = |n: u32| KeyHash::of(n % 3, &format!("id-{n}"));
            let mut keys: Vec<KeyHash> = (0..count).map(key).collect();
            keys.extend(keys.clone());
            let bytes = build(&mut keys);
            assert!(is_whole(&bytes));
            assert!((0..count).all(|n| may_contain(&bytes, key(n))), "{count} keys");
            if count > 1000 {
                let passed = (count..2 * count).filter(|n| may_contain(&bytes, key(*n))).count();
                assert!(passed < count as usize / 100, "{passed} of {count} absent keys passed");
            }
        }
    }

    #[test]
    fn a_descriptor_that_points_outside_is_refused() {
        let mut keys = (0..100).map(|n| KeyHash::of(1, &n.to_string())).collect();
        let mut bytes = build(&mut keys);
        assert!(!is_whole(&bytes[..bytes.len() / 2]));
        bytes[10] = 1;
        assert!(!is_whole(&bytes));
    }
}
