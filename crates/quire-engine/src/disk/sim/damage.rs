//! Damage to bytes at rest: what was written well and synced reads back differently.

use super::SimDisk;
use super::bytes::Bytes;
use super::file::File;
use super::machine::Machine;
use super::names::{Node, ROOT};
use crate::sync::lock;
use std::io;
use std::path::{Path, PathBuf};

impl SimDisk {
    /// Every file of the disk, sorted by path.
    pub fn files(&self) -> Vec<PathBuf> {
        let machine = lock(&self.0);
        let mut found = Vec::new();
        collect(&machine, ROOT, Path::new("/"), &mut found);
        found.sort_unstable();
        found
    }

    /// The bytes of a file, past all faults and counts.
    ///
    /// # Errors
    /// Where there is no such file.
    pub fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut machine = lock(&self.0);
        let node = machine.open(path)?;
        Ok(machine.file(node)?.seen.to_vec())
    }

    /// Puts other bytes in a file's place, as if they had always been there: seen by open handles too, and durable.
    ///
    /// # Errors
    /// Where there is no such file.
    pub fn damage(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let mut machine = lock(&self.0);
        let node = machine.open(path)?;
        let file = machine.file(node)?;
        let mut bytes = file.seen.to_vec();
        change(&mut bytes);
        *file = File { handles: file.handles.clone(), ..File::at_rest(Bytes::from_slice(&bytes)) };
        Ok(())
    }

    /// Flips one bit of a file; the lowest of its first byte has number 0.
    ///
    /// # Errors
    /// Where there is no such file; `UnexpectedEof` where it has no such bit.
    pub fn flip_bit(&self, path: &Path, bit: u64) -> io::Result<()> {
        let at = usize::try_from(bit / 8).map_err(io::Error::other)?;
        let mut found = false;
        self.damage(path, |bytes| {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << (bit % 8);
                found = true;
            }
        })?;
        if found { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

fn collect(machine: &Machine, folder: Node, path: &Path, found: &mut Vec<PathBuf>) {
    for (name, node) in machine.names.children(folder) {
        let path = path.join(name);
        if machine.names.is_folder(node) { collect(machine, node, &path, found) } else { found.push(path) }
    }
}
