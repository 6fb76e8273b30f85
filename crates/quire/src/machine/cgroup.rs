//! The memory limits of the control groups that this process is in, of both versions of Linux.
//!
//! `/proc/self/cgroup` names the groups, `/proc/self/mountinfo` says where their files are. A group's parents limit it
//! too, so the least limit on the way up holds. In a container only a part of the tree is there, and its root may have
//! another name inside than outside: what cannot be found below the mount is looked for at the mount itself.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The least memory limit of the groups and of their parents; `None` where there is none.
pub(super) fn limit_bytes(root: &Path) -> Option<u64> {
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let (groups, mounts) = (read("proc/self/cgroup"), read("proc/self/mountinfo"));
    let groups = groups.lines().filter_map(Group::parse);
    let limits = groups.flat_map(|group| {
        let mounts = mounts.lines().filter_map(Mount::parse);
        let limits = mounts.filter(|mount| mount.version == Some(group.version));
        limits.filter_map(|mount| least(root, &mount, &group)).collect::<Vec<_>>()
    });
    limits.min()
}

/// The two versions of control groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Version {
    fn file(self) -> &'static str {
        match self {
            Version::One => "memory.limit_in_bytes",
            Version::Two => "memory.max",
        }
    }
}

/// A group that the process is in and that can limit memory.
struct Group {
    version: Version,
    path: PathBuf,
}

impl Group {
    /// Reads `0::/user.slice` or `7:cpu,memory:/docker/1f`.
    fn parse(line: &str) -> Option<Group> {
        let mut fields = line.splitn(3, ':');
        let (number, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        let version = match (number, controllers) {
            ("0", "") => Version::Two,
            (_, names) if names.split(',').any(|name| name == "memory") => Version::One,
            _ => return None,
        };
        Some(Group { version, path: PathBuf::from(path) })
    }
}

/// A place where files of groups can be found.
struct Mount {
    version: Option<Version>,
    /// The group that stands at the place.
    top: PathBuf,
    place: PathBuf,
}

impl Mount {
    /// Reads `36 35 98:0 TOP PLACE rw … - cgroup2 none rw`.
    fn parse(line: &str) -> Option<Mount> {
        let (left, right) = line.split_once(" - ")?;
        let mut left = left.split(' ').skip(3);
        let (top, place) = (unescaped(left.next()?), unescaped(left.next()?));
        let mut right = right.split(' ');
        let version = match (right.next()?, right.nth(1)) {
            ("cgroup2", _) => Some(Version::Two),
            ("cgroup", Some(options)) if options.split(',').any(|name| name == "memory") => {
                Some(Version::One)
            }
            _ => None,
        };
        Some(Mount { version, top, place })
    }
}

/// The least limit on the way from a group up to the place where the groups begin.
fn least(root: &Path, mount: &Mount, group: &Group) -> Option<u64> {
    let place = root.join(mount.place.strip_prefix("/").ok()?);
    let below = group.path.strip_prefix(&mount.top).unwrap_or(Path::new(""));
    let is_plain = below.components().all(|part| matches!(part, Component::Normal(_)));
    let below = if is_plain { below } else { Path::new("") };
    let limit = |below: &Path| -> Option<u64> {
        // `max`, where there is no limit, is no number.
        fs::read_to_string(place.join(below).join(group.version.file())).ok()?.trim().parse().ok()
    };
    below.ancestors().filter_map(limit).min()
}

/// A path of the list of mounts, where a space is `\040`.
fn unescaped(text: &str) -> PathBuf {
    let mut pieces = text.split('\\');
    let mut path = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(sign) if sign.is_ascii() => {
                path.push(char::from(sign));
                path.push_str(&piece[3..]);
            }
            _ => {
                path.push('\\');
                path.push_str(piece);
            }
        }
    }
    PathBuf::from(path)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// The files of a machine that is not there.
    pub(crate) struct Machine(PathBuf);

    impl Machine {
        pub(crate) fn new(memory_bytes: u64) -> Machine {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let machine =
                Machine(std::env::temp_dir().join(format!("quire-machine-{}-{number}", std::process::id())));
            machine.file("proc/meminfo", &format!("MemTotal:       {} kB\n", memory_bytes / 1024));
            machine
        }

        pub(crate) fn root(&self) -> &Path {
            &self.0
        }

        pub(crate) fn file(&self, path: &str, text: &str) {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        pub(crate) fn groups(&self, lines: &str) {
            self.file("proc/self/cgroup", lines);
        }

        pub(crate) fn mount(&self, top: &str, place: &str, kind: &str, options: &str) {
            let path = self.0.join("proc/self/mountinfo");
            let before = fs::read_to_string(path).unwrap_or_default();
            let line = format!("36 35 0:30 {top} {place} rw,nosuid shared:9 - {kind} none {options}\n");
            self.file("proc/self/mountinfo", &(before + &line));
        }
    }

    impl Drop for Machine {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[test]
    fn the_least_limit_on_the_way_up_holds() {
        let machine = Machine::new(1 << 40);
        machine.groups("0::/a.slice/b.service\n");
        machine.mount("/", "/sys/fs/cgroup", "cgroup2", "rw,nsdelegate");
        assert_eq!(limit_bytes(machine.root()), None);
        machine.file("sys/fs/cgroup/a.slice/b.service/memory.max", "max\n");
        assert_eq!(limit_bytes(machine.root()), None);
        machine.file("sys/fs/cgroup/a.slice/memory.max", "3000\n");
        assert_eq!(limit_bytes(machine.root()), Some(3000));
        machine.file("sys/fs/cgroup/a.slice/b.service/memory.max", "5000\n");
        assert_eq!(limit_bytes(machine.root()), Some(3000));
        machine.file("sys/fs/cgroup/a.slice/b.service/memory.max", "2000\n");
        assert_eq!(limit_bytes(machine.root()), Some(2000));
        // Another group's limit is none of ours.
        machine.file("sys/fs/cgroup/other/memory.max", "1\n");
        assert_eq!(limit_bytes(machine.root()), Some(2000));
    }

    #[test]
    fn the_first_version_is_read_by_its_controller() {
        let machine = Machine::new(1 << 40);
        machine.groups("9:cpu,cpuacct:/a\n4:pids,memory:/docker/1f\n0::/\n");
        machine.mount("/docker/1f", "/sys/fs/cgroup/cpu", "cgroup", "rw,cpu,cpuacct");
        machine.mount("/docker/1f", "/sys/fs/cgroup/mem\\040ory", "cgroup", "rw,memory");
        machine.file("sys/fs/cgroup/cpu/memory.limit_in_bytes", "1\n");
        // Inside of a container the mount is the group.
        machine.file("sys/fs/cgroup/mem ory/memory.limit_in_bytes", "7000\n");
        assert_eq!(limit_bytes(machine.root()), Some(7000));
        machine.file("sys/fs/cgroup/mem ory/memory.max", "1\n");
        assert_eq!(limit_bytes(machine.root()), Some(7000), "a file of the other version");
    }

    #[test]
    fn both_versions_can_limit_at_once() {
        let machine = Machine::new(1 << 40);
        machine.groups("4:memory:/x/y\n0::/x\n");
        machine.mount("/", "/sys/fs/cgroup/memory", "cgroup", "rw,memory");
        machine.mount("/", "/sys/fs/cgroup/unified", "cgroup2", "rw");
        machine.file("sys/fs/cgroup/memory/x/y/memory.limit_in_bytes", "9223372036854771712\n");
        machine.file("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "8000\n");
        machine.file("sys/fs/cgroup/unified/x/memory.max", "9000\n");
        assert_eq!(limit_bytes(machine.root()), Some(8000));
        machine.file("sys/fs/cgroup/unified/x/memory.max", "6000\n");
        assert_eq!(limit_bytes(machine.root()), Some(6000));
    }

    #[test]
    fn a_group_outside_of_what_is_mounted_is_looked_for_at_the_mount() {
        let machine = Machine::new(1 << 40);
        machine.mount("/", "/sys/fs/cgroup", "cgroup2", "rw");
        machine.file("sys/fs/cgroup/memory.max", "4000\n");
        machine.file("memory.max", "1\n");
        for group in ["0::/../../elsewhere\n", "0::/not/there\n", "0::/\n"] {
            machine.groups(group);
            assert_eq!(limit_bytes(machine.root()), Some(4000), "{group}");
        }
        machine.groups("what is this\n1:\n");
        assert_eq!(limit_bytes(machine.root()), None);
    }
}
