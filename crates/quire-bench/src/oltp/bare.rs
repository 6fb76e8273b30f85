//! The physical limit: bytes appended to a zero-filled file and one fdatasync for whoever waits. No database.

use super::Subject;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Condvar, Mutex};

const FILE_BYTES: usize = 256 << 20;

struct Bare {
    file: File,
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

pub(super) fn open(folder: &Path, _threads: usize) -> Result<Box<dyn Subject>, String> {
    let mut file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(folder.join("bare.log"))
        .map_err(|e| e.to_string())?;
    let zeros = vec![0; 1 << 20];
    for _ in 0..FILE_BYTES / zeros.len() {
        file.write_all(&zeros).map_err(|e| e.to_string())?;
    }
    file.sync_all().map_err(|e| e.to_string())?;
    let state = State { group: 1, ..State::default() };
    Ok(Box::new(Bare { file, state: Mutex::new(state), durable: Condvar::new() }))
}

impl Subject for Bare {
    fn insert(&self, thread: usize, n: u64, body: &str) -> Result<(), String> {
        let locked = || self.state.lock().map_err(|e| e.to_string());
        let mut state = locked()?;
        state.buffer.extend_from_slice(format!("{thread}-{n}").as_bytes());
        state.buffer.extend_from_slice(body.as_bytes());
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
            if state.at as usize + buffer.len() > FILE_BYTES {
                state.at = 0;
            }
            let at = state.at;
            state.at += buffer.len() as u64;
            drop(state);
            self.file
                .write_all_at(&buffer, at)
                .and_then(|()| self.file.sync_data())
                .map_err(|e| e.to_string())?;
            state = locked()?;
            state.durable = group;
            state.leading = false;
            self.durable.notify_all();
        }
        Ok(())
    }
}
