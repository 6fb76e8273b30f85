//! The number of files that the process may have open.

/// Raises the number of files that this process may have open to the most that the system allows it. Each database
/// has its log open, so the usual 1,024 would be the end at about a thousand databases.
pub(crate) fn raise_open_files_max() {
    // The soft limit is there for programs that use `select`, which this is none of.
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(open_files_max) => tracing::debug!(event = "open_files", open_files_max),
        Err(error) => tracing::debug!(event = "open_files", %error, "the limit stays as it is"),
    }
}
