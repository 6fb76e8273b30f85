//! What this process has used: CPU time of all its threads, read calls, memory, and bytes of a folder.
//!
//! CPU time is what a comparison stands on where other programs share the machine: they lengthen the wall time of
//! a round, and hardly its CPU time.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// What was used between two moments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    pub(crate) wall: Duration,
    /// User and system time of all threads, also of those that ended.
    pub(crate) cpu: Duration,
    /// Calls that read files, and what they returned.
    pub(crate) reads: u64,
    pub(crate) read_bytes: u64,
}

/// A moment to measure from.
pub(crate) struct Meter {
    wall: Instant,
    cpu: Duration,
    reads: (u64, u64),
}

impl Meter {
    pub(crate) fn start() -> Meter {
        // Reading the kernel's figures is itself counted; what it costs is taken off beforehand.
        let (before, after) = (read_calls(), read_calls());
        let reads = (after.0 + after.0 - before.0, after.1 + after.1 - before.1);
        Meter { reads, cpu: process_cpu(), wall: Instant::now() }
    }

    pub(crate) fn stop(&self) -> Used {
        let (wall, cpu) = (self.wall.elapsed(), process_cpu().saturating_sub(self.cpu));
        let (reads, read_bytes) = read_calls();
        let (reads, read_bytes) =
            (reads.saturating_sub(self.reads.0), read_bytes.saturating_sub(self.reads.1));
        Used { wall, cpu, reads, read_bytes }
    }
}

pub(crate) fn process_cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a live timespec of this frame, and the clock is one that every process has.
    let answered = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(answered, 0, "a process can always ask for its own CPU time");
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn read_calls() -> (u64, u64) {
    let text = fs::read_to_string("/proc/self/io").unwrap_or_default();
    (number_in(&text, "syscr:"), number_in(&text, "rchar:"))
}

/// The most memory that this process ever had in use, in bytes.
pub(crate) fn peak_memory_bytes() -> u64 {
    number_in(&fs::read_to_string("/proc/self/status").unwrap_or_default(), "VmHWM:") << 10
}

fn number_in(text: &str, key: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Bytes on the disk of everything below a folder.
pub(crate) fn folder_bytes(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes_of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path()),
        Ok(metadata) => metadata.blocks() * 512,
        Err(_) => 0,
    };
    entries.map(bytes_of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_a_file_is_counted_and_measuring_is_not() {
        let path = std::env::temp_dir().join(format!("quire-bench-meter-{}", std::process::id()));
        fs::write(&path, [7; 5000]).unwrap();
        let meter = Meter::start();
        let file = fs::File::open(&path).unwrap();
        let mut buffer = [0; 1000];
        for at in 0..3 {
            std::os::unix::fs::FileExt::read_exact_at(&file, &mut buffer, at * 1000).unwrap();
        }
        let used = meter.stop();
        fs::remove_file(&path).unwrap();
        assert_eq!((used.reads, used.read_bytes), (3, 3000));
    }
}
