//! Time and chance, behind a trait so that a simulated run can be repeated.

use std::sync::atomic::{AtomicU64, Ordering};

/// Tells the wall time and draws lots. Nothing orders by time: commits are ordered by their sequence number.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Milliseconds since 1970-01-01 UTC.
    fn now_ms(&self) -> u64;

    /// Sixteen bytes that nobody can foresee: the salt of a new file.
    ///
    /// # Errors
    /// Where the machine has no randomness to give.
    fn random(&self) -> std::io::Result<[u8; 16]>;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
    }

    fn random(&self) -> std::io::Result<[u8; 16]> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        Ok(bytes)
    }
}

/// Measures how long something took, for events and figures only.
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    pub(crate) fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A clock that a test sets, with lots that come in a fixed order.
#[derive(Debug, Default)]
pub struct ManualClock {
    now_ms: AtomicU64,
    drawn: AtomicU64,
}

impl ManualClock {
    /// Sets the time, backwards too.
    pub fn set_ms(&self, now_ms: u64) {
        self.now_ms.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> u64 {
        self.now_ms.load(Ordering::SeqCst)
    }

    fn random(&self) -> std::io::Result<[u8; 16]> {
        let n = self.drawn.fetch_add(1, Ordering::SeqCst).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut bytes = [0x5a; 16];
        bytes[..8].copy_from_slice(&n.to_le_bytes());
        Ok(bytes)
    }
}
