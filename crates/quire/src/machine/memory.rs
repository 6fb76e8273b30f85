//! The memory budget where the settings name none: a part of what the process may have.

use std::fs;
use std::path::Path;

use super::cgroup;

/// The least budget that is chosen. What can be set goes lower.
const BUDGET_BYTES_MIN: u64 = 64 << 20;

/// The budget for a server: 60 % of the memory that the process may have, which is the machine's or the least limit of
/// the control groups around it. The rest is for what is not counted: connections, the code, the stacks of threads.
/// `None` where the system does not tell.
pub(crate) fn memory_budget() -> Option<u64> {
    let budget_bytes = budget(Path::new("/"))?;
    tracing::debug!(event = "memory_budget", budget_bytes);
    Some(budget_bytes)
}

/// The budget by the files below `root`, which is `/` unless a test says otherwise.
fn budget(root: &Path) -> Option<u64> {
    let limits = machine_bytes(root).into_iter().chain(cgroup::limit_bytes(root));
    Some((limits.min()? / 5 * 3).max(BUDGET_BYTES_MIN))
}

/// The machine's memory, as Linux tells it: `MemTotal:  16384 kB`.
fn machine_bytes(root: &Path) -> Option<u64> {
    let text = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = total.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::cgroup::tests::Machine;

    const GIB: u64 = 1 << 30;

    #[test]
    fn it_is_a_part_of_the_machines_memory_where_nothing_limits_it() {
        let machine = Machine::new(10 * GIB);
        assert_eq!(budget(machine.root()), Some(6 * GIB));
        machine.groups("0::/\n");
        machine.mount("/", "/sys/fs/cgroup", "cgroup2", "rw");
        assert_eq!(budget(machine.root()), Some(6 * GIB));
    }

    #[test]
    fn it_is_a_part_of_a_limit_that_is_less_than_the_machine() {
        let machine = Machine::new(10 * GIB);
        machine.groups("0::/app\n");
        machine.mount("/", "/sys/fs/cgroup", "cgroup2", "rw");
        machine.file("sys/fs/cgroup/app/memory.max", "1073741820\n");
        assert_eq!(budget(machine.root()), Some(644_245_092));
        machine.file("sys/fs/cgroup/app/memory.max", "1073741820000\n");
        assert_eq!(budget(machine.root()), Some(6 * GIB));
    }

    #[test]
    fn it_has_a_least_size_and_is_unknown_where_nothing_is_told() {
        assert_eq!(budget(Machine::new(GIB / 16).root()), Some(BUDGET_BYTES_MIN));
        let machine = Machine::new(GIB);
        machine.file("proc/meminfo", "MemFree: 1 kB\n");
        assert_eq!(budget(machine.root()), None);
        assert_eq!(budget(Path::new("/nowhere at all")), None);
    }

    #[test]
    fn this_machine_tells() {
        assert!(!cfg!(target_os = "linux") || budget(Path::new("/")) >= Some(BUDGET_BYTES_MIN));
    }
}
