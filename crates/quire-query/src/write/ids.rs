//! Ids for documents that come without one: UUIDs of version 7 (RFC 9562), which sort by the time they were made.
//!
//! Within a millisecond the 12 bits behind the time count up, so that ids of one process never go back: an import's
//! documents then lie in a row. Random bytes are taken from the system a pool at a time, because asking for each id
//! costs more than everything else about it.

use quire_model::{DocId, Error, Result};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

const POOL_BYTES: usize = 4096;
/// Random bytes of one id.
const RANDOM_BYTES: usize = 8;
const COUNTER_MAX: u16 = 0xfff;

struct Source {
    time_ms: u64,
    counter: u16,
    pool: [u8; POOL_BYTES],
    /// Bytes of the pool that were used.
    used: usize,
}

static SOURCE: Mutex<Source> =
    Mutex::new(Source { time_ms: 0, counter: 0, pool: [0; POOL_BYTES], used: POOL_BYTES });

/// A new id, greater than every one that this process made before.
///
/// # Errors
/// `internal` where the machine has no randomness to give.
pub(super) fn make() -> Result<DocId> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
    let mut source = SOURCE.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = source.next(u64::try_from(now).unwrap_or(u64::MAX))?;
    DocId::new(uuid::Builder::from_unix_timestamp_millis(bytes.0, &bytes.1).into_uuid().to_string())
}

impl Source {
    /// Milliseconds, and the ten bytes behind them.
    fn next(&mut self, now_ms: u64) -> Result<(u64, [u8; 10])> {
        if self.used + RANDOM_BYTES > POOL_BYTES {
            getrandom::fill(&mut self.pool)
                .map_err(|error| Error::internal(format!("no random bytes for an _id: {error}")))?;
            self.used = 0;
        }
        let random = &mut self.pool[self.used..self.used + RANDOM_BYTES];
        self.used += RANDOM_BYTES;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(random);
        // What was given out is not kept.
        random.fill(0);
        if now_ms > self.time_ms {
            // It begins in the lower half, so that there is room to count.
            (self.time_ms, self.counter) =
                (now_ms, u16::from_le_bytes([bytes[2], bytes[3]]) & COUNTER_MAX / 2);
        } else if self.counter == COUNTER_MAX {
            // More ids than fit a millisecond, or a clock that went back: time goes on by itself.
            (self.time_ms, self.counter) = (self.time_ms + 1, 0);
        } else {
            self.counter += 1;
        }
        bytes[..2].copy_from_slice(&self.counter.to_be_bytes());
        Ok((self.time_ms, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_7_and_never_go_back() {
        let mut last = make().unwrap();
        for _ in 0..20_000 {
            let next = make().unwrap();
            assert!(next > last, "{next} after {last}");
            let uuid = uuid::Uuid::parse_str(next.as_str()).unwrap();
            assert_eq!((uuid.get_version_num(), uuid.get_variant()), (7, uuid::Variant::RFC4122));
            last = next;
        }
    }

    #[test]
    fn a_clock_that_goes_back_or_stands_still_changes_nothing() {
        let mut source = Source { time_ms: 0, counter: 0, pool: [0; POOL_BYTES], used: POOL_BYTES };
        let mut last = source.next(1000).unwrap();
        for n in 0..10_000 {
            let next = source.next(1000 - n % 500).unwrap();
            assert!((next.0, &next.1[..2]) > (last.0, &last.1[..2]));
            last = next;
        }
        assert!(last.0 < 1010);
    }
}
