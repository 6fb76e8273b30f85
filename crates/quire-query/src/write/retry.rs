//! Trying again after being overtaken: short waits that grow, and an end.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Each attempt fails only because somebody else's commit went through, so many are worth making.
const ATTEMPTS_MAX: u32 = 128;

/// The waits: 0.1 ms, doubled each time up to this. It is about the time of one commit on a slow disk.
const WAIT_MAX: Duration = Duration::from_millis(20);

/// Counts attempts and waits between them.
#[derive(Default)]
pub(super) struct Retry {
    attempts: u32,
}

impl Retry {
    /// Waits before the next attempt; `false` when there were enough.
    ///
    /// The wait is needed, not only polite: a store may refuse by a commit that is on its way to the disk,
    /// and until it is there a new snapshot shows the old revision.
    pub(super) fn wait(&mut self) -> bool {
        self.attempts += 1;
        if self.attempts >= ATTEMPTS_MAX {
            return false;
        }
        let longest = Duration::from_micros(100 << self.attempts.min(10)).min(WAIT_MAX);
        tracing::debug!(
            event = "patch_overtaken",
            attempts = self.attempts,
            "a patch was overtaken by another commit"
        );
        // Threads that were overtaken together should not come back together.
        let chance = RandomState::new().hash_one(self.attempts) % 1000;
        std::thread::sleep(longest * chance as u32 / 1000);
        true
    }
}
