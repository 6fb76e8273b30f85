//! Calls that fail, and the call at which the power goes.

use std::io;

/// A kind of call to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Makes a file.
    Create,
    /// Opens a file.
    Open,
    /// Renames a file or a folder.
    Rename,
    /// Removes a file.
    Remove,
    /// Lists a folder.
    List,
    /// Makes folders.
    CreateFolder,
    /// Removes a folder with everything in it.
    RemoveFolder,
    /// Syncs a folder.
    SyncFolder,
    /// Locks a file, creating it.
    Lock,
    /// Reads from a file.
    Read,
    /// Writes to a file.
    Write,
    /// Cuts or extends a file.
    SetLen,
    /// Asks for a file's length.
    Length,
    /// Syncs a file.
    Sync,
}

impl Call {
    /// Every kind.
    pub const ALL: &'static [Call] = &[
        Call::Create,
        Call::Open,
        Call::Rename,
        Call::Remove,
        Call::List,
        Call::CreateFolder,
        Call::RemoveFolder,
        Call::SyncFolder,
        Call::Lock,
        Call::Read,
        Call::Write,
        Call::SetLen,
        Call::Length,
        Call::Sync,
    ];

    /// The syncs.
    pub const SYNCS: &'static [Call] = &[Call::Sync, Call::SyncFolder];

    /// Whether such a call changes something on the disk.
    pub fn changes(self) -> bool {
        !matches!(self, Call::Open | Call::List | Call::Lock | Call::Read | Call::Length)
    }

    pub(super) fn is_sync(self) -> bool {
        Call::SYNCS.contains(&self)
    }
}

/// A call that will fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Which kinds of call it waits for.
    pub calls: &'static [Call],
    /// So many of them go well first.
    pub after: u64,
    /// The number of the system's error, such as 5 for EIO and 28 for ENOSPC.
    pub errno: i32,
    /// A write that fails leaves so many of its first bytes.
    pub bytes_done: usize,
    /// Whether every later call of these kinds fails too.
    pub forever: bool,
}

impl Default for Fault {
    /// The next call of any kind fails once, with EIO.
    fn default() -> Fault {
        Fault { calls: Call::ALL, after: 0, errno: 5, bytes_done: 0, forever: false }
    }
}

impl Fault {
    pub(super) fn error(&self) -> io::Error {
        io::Error::from_raw_os_error(self.errno)
    }
}

/// How a call goes.
pub(super) enum Verdict {
    Goes,
    Fails(Fault),
    /// The power goes in the middle of it.
    Dies,
}

/// The faults that wait, and the counts that they wait for.
#[derive(Debug, Default)]
pub(super) struct Faults {
    waiting: Vec<Fault>,
    pub(super) calls: u64,
    pub(super) changes: u64,
    pub(super) syncs: u64,
    pub(super) die_in: Option<u64>,
    /// Calls that failed because they were told to.
    pub(super) met: u64,
}

impl Faults {
    pub(super) fn inject(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub(super) fn heal(&mut self) {
        self.waiting.clear();
        self.die_in = None;
    }

    /// Counts a call and decides how it goes.
    pub(super) fn judge(&mut self, call: Call) -> Verdict {
        self.calls += 1;
        self.changes += u64::from(call.changes());
        self.syncs += u64::from(call.is_sync());
        if call.changes()
            && let Some(left) = &mut self.die_in
        {
            *left = left.saturating_sub(1);
            if *left == 0 {
                return Verdict::Dies;
            }
        }
        let mut failing = None;
        self.waiting.retain_mut(|fault| {
            if !fault.calls.contains(&call) {
                return true;
            }
            if fault.after > 0 {
                fault.after -= 1;
                return true;
            }
            failing.get_or_insert(*fault);
            fault.forever
        });
        self.met += u64::from(failing.is_some());
        failing.map_or(Verdict::Goes, Verdict::Fails)
    }
}
