//! Which log files go. One rule: log below the checkpoint is kept until it is older than the time that changes are
//! retained, or there is more of it than bytes are retained, whichever ends first.

use crate::manifest::Manifest;
use crate::state::State;
use crate::wal;

/// A log file that is whole behind the checkpoint.
struct Old {
    number: u64,
    bytes: u64,
}

/// Removes the log files that lie wholly before the checkpoint and that the rule does not keep. A failure costs space
/// only, and the next time tries again. IMPORTANT: `manifest` must be durable, else a power cut brings the one
/// before it
/// back, which needs them.
pub(crate) fn retire_logs(state: &State, manifest: &Manifest) {
    expired_logs(state, manifest).into_iter().for_each(|number| state.remove_file(&wal::file_name(number)));
}

/// The log files that can go, oldest first.
pub(crate) fn expired_logs(state: &State, manifest: &Manifest) -> Vec<u64> {
    let names = match state.disk.list(&state.folder) {
        Ok(names) => names,
        Err(error) => {
            tracing::warn!(event = "cleanup_failed", folder = %state.folder.display(), %error);
            return Vec::new();
        }
    };
    let numbers = names.iter().filter_map(|name| wal::file_number(name));
    let mut old: Vec<Old> = numbers
        .filter(|number| *number < manifest.checkpoint_lsn.file())
        .map(|number| Old { number, bytes: state.file_bytes(&wal::file_name(number)).unwrap_or(0) })
        .collect();
    // Oldest first; what stays is a run without a gap up to the checkpoint.
    old.sort_by_key(|log| log.number);
    let mut bytes: u64 = old.iter().map(|log| log.bytes).sum();
    let now = state.now_ms();
    let mut gone = Vec::new();
    for log in &old {
        // A file whose end nobody saw in this process ended before the checkpoint.
        let ended_ms = state.log_ended_ms(log.number).unwrap_or(manifest.checkpoint_time_ms);
        let expired = now.saturating_sub(ended_ms) >= state.options.changes_retain_ms;
        if !expired && bytes <= state.options.changes_retain_bytes {
            break;
        }
        gone.push(log.number);
        bytes -= log.bytes;
    }
    gone
}
