//! The wall clock of a session: the one place of this crate where it is read, and one that tests can set.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Says how many milliseconds have passed since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The machine's clock. One that stands before 1970 says 0.
pub(crate) fn system() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
