//! The physical limit: bytes appended to a file and one fdatasync for whoever waits. No database.
//!
//! A sync is cheaper where it does not have to note a new length or new blocks of the file, so there are three files:
//! one that grows, one whose blocks are reserved, and one that was filled with zeros before.

use super::{Inserts, Item, Setup};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Condvar, Mutex};

struct Bare {
    file: File,
    /// Where writing starts again; nowhere in a file that grows.
    length: Option<u64>,
    state: Mutex<State>,
    durable: Condvar,
}

#[derive(Default)]
struct State {
    buffer: Vec<u8>,
    /// The group that the buffer belongs to, and the newest that is durable.
    group: u64,
    durable: u64,
    leading: bool,
    at: u64,
}

pub(super) fn extended(folder: &Path, _setup: &Setup) -> Result<Box<dyn Inserts>, String> {
    open(folder, None, |_| Ok(()))
}

#[cfg(target_os = "linux")]
pub(super) fn fallocated(folder: &Path, setup: &Setup) -> Result<Box<dyn Inserts>, String> {
    use std::os::fd::AsRawFd;
    let length = setup.log_bytes;
    open(folder, Some(length), |file| {
        let length = i64::try_from(length).map_err(io::Error::other)?;
        // SAFETY: the descriptor is open as long as `file` lives.
        match unsafe { libc::fallocate(file.as_raw_fd(), 0, 0, length) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    })
}

pub(super) fn zero_filled(folder: &Path, setup: &Setup) -> Result<Box<dyn Inserts>, String> {
    let zeros = vec![0; 1 << 20];
    let pieces = setup.log_bytes.div_ceil(zeros.len() as u64);
    open(folder, Some(pieces * zeros.len() as u64), |file| {
        (0..pieces).try_for_each(|_| file.write_all(&zeros))
    })
}

fn open(
    folder: &Path,
    length: Option<u64>,
    prepare: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<Box<dyn Inserts>, String> {
    let path = folder.join("bare.log");
    let file = File::options().read(true).write(true).create_new(true).open(&path);
    let mut file = file.map_err(|e| e.to_string())?;
    prepare(&mut file).and_then(|()| file.sync_all()).map_err(|e| e.to_string())?;
    let state = State { group: 1, ..State::default() };
    Ok(Box::new(Bare { file, length, state: Mutex::new(state), durable: Condvar::new() }))
}

impl Inserts for Bare {
    fn insert(&self, _thread: usize, item: &Item) -> Result<(), String> {
        let locked = || self.state.lock().map_err(|e| e.to_string());
        let mut state = locked()?;
        state.buffer.extend_from_slice(item.document.as_bytes());
        let mine = state.group;
        while state.durable < mine {
            if state.leading {
                state = self.durable.wait(state).map_err(|e| e.to_string())?;
                continue;
            }
            state.leading = true;
            state.group += 1;
            let (buffer, group) = (std::mem::take(&mut state.buffer), state.group - 1);
            // Around again at the end of the file: the blocks stay the same, as in a recycled log.
            if self.length.is_some_and(|length| state.at + buffer.len() as u64 > length) {
                state.at = 0;
            }
            let at = state.at;
            state.at += buffer.len() as u64;
            drop(state);
            let written = self.file.write_all_at(&buffer, at).and_then(|()| self.file.sync_data());
            written.map_err(|e| e.to_string())?;
            state = locked()?;
            state.durable = group;
            state.leading = false;
            self.durable.notify_all();
        }
        Ok(())
    }
}
