//! What the figures were measured on: the commit, the processor, the system.

use std::fs;
use std::process::Command;

/// One line that names them; what cannot be found out is called unknown.
pub(super) fn machine() -> String {
    let commit = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    let commit = commit.map_or(String::new(), |out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
    format!(
        "commit {}; {cores} cores of {}; {} GiB of memory; Linux {}",
        known(commit),
        known(value_in("/proc/cpuinfo", "model name")),
        memory_gib(),
        known(value_in("/proc/sys/kernel/osrelease", ""))
    )
}

fn memory_gib() -> String {
    let kib = value_in("/proc/meminfo", "MemTotal");
    let kib: Option<u64> = kib.split_whitespace().next().and_then(|number| number.parse().ok());
    known(kib.map_or(String::new(), |kib| (kib >> 20).to_string()))
}

/// What stands behind the colon in the first line that begins with `key`.
fn value_in(path: &str, key: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    line.rsplit(':').next().unwrap_or_default().trim().to_owned()
}

fn known(text: String) -> String {
    if text.is_empty() { "unknown".to_owned() } else { text }
}
