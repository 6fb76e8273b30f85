//! The disk as the engine calls it.

use super::SimDisk;
use super::fault::{Call, Fault};
use super::machine::Machine;
use super::names::Node;
use crate::disk::{Disk, DiskFile};
use crate::sync::lock;
use std::fmt::Arguments;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

#[derive(Debug)]
struct SimFile {
    machine: Arc<Mutex<Machine>>,
    node: Node,
    /// As it was opened, for the trace.
    path: PathBuf,
    /// Keeps the file while it has no name.
    _handle: Arc<()>,
}

struct SimLock(Arc<Mutex<Machine>>, PathBuf);

impl Drop for SimLock {
    fn drop(&mut self) {
        lock(&self.0).locks.retain(|path| *path != self.1);
    }
}

fn nothing(_: &mut Machine, _: &Fault) {}

impl SimDisk {
    fn call<T>(
        &self,
        call: Call,
        what: Arguments<'_>,
        act: impl FnOnce(&mut Machine) -> io::Result<T>,
    ) -> io::Result<T> {
        lock(&self.0).call(call, what, act, nothing)
    }

    fn handle(&self, machine: &mut Machine, node: Node, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let handle = machine.file(node)?.handles.clone();
        Ok(Arc::new(SimFile { machine: self.0.clone(), node, path: path.to_owned(), _handle: handle }))
    }
}

impl Disk for SimDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.call(Call::Create, format_args!("{}", path.display()), |machine| {
            let node = machine.create(path)?;
            self.handle(machine, node, path)
        })
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.call(Call::Open, format_args!("{}", path.display()), |machine| {
            let node = machine.open(path)?;
            self.handle(machine, node, path)
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let what = format_args!("{} {}", from.display(), to.display());
        self.call(Call::Rename, what, |machine| machine.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call(Call::Remove, format_args!("{}", path.display()), |machine| machine.remove(path))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.call(Call::List, format_args!("{}", folder.display()), |machine| {
            let node = machine.names.find(folder)?;
            if machine.names.is_folder(node) {
                Ok(machine.names.list(node))
            } else {
                Err(io::ErrorKind::NotADirectory.into())
            }
        })
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        let what = format_args!("{}", folder.display());
        self.call(Call::CreateFolder, what, |machine| machine.create_folder(folder))
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        let what = format_args!("{}", folder.display());
        self.call(Call::RemoveFolder, what, |machine| machine.remove_folder(folder))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let what = format_args!("{}", folder.display());
        self.call(Call::SyncFolder, what, |machine| machine.sync_folder(folder))
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        self.call(Call::Lock, format_args!("{}", path.display()), |machine| {
            if machine.locks.iter().any(|held| held == path) {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            if machine.open(path).is_err() {
                machine.create(path)?;
            }
            machine.locks.push(path.to_owned());
            Ok(Box::new(SimLock(self.0.clone(), path.to_owned())) as Box<dyn Send + Sync>)
        })
    }
}

impl SimFile {
    fn call<T>(
        &self,
        call: Call,
        what: Arguments<'_>,
        act: impl FnOnce(&mut Machine) -> io::Result<T>,
    ) -> io::Result<T> {
        lock(&self.machine).call(call, what, act, nothing)
    }
}

impl DiskFile for SimFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let what = format_args!("{} {offset}+{}", self.path.display(), buffer.len());
        self.call(Call::Read, what, |machine| {
            let at = usize::try_from(offset).map_err(io::Error::other)?;
            let read = machine.file(self.node)?.seen.read(buffer, at);
            if read { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
        })
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        lock(&self.machine).call(
            Call::Write,
            format_args!("{} {offset}+{}", self.path.display(), bytes.len()),
            |machine| machine.write(self.node, offset, bytes),
            |machine, fault| {
                // The fault is what the caller hears, however the part of it goes that is done.
                let _ = machine.write(self.node, offset, &bytes[..fault.bytes_done.min(bytes.len())]);
            },
        )
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let what = format_args!("{} {length}", self.path.display());
        self.call(Call::SetLen, what, |machine| machine.set_len(self.node, length))
    }

    fn length(&self) -> io::Result<u64> {
        self.call(Call::Length, format_args!("{}", self.path.display()), |machine| {
            Ok(machine.file(self.node)?.seen.len() as u64)
        })
    }

    fn sync(&self) -> io::Result<()> {
        lock(&self.machine).call(
            Call::Sync,
            format_args!("{}", self.path.display()),
            |machine| machine.sync(self.node),
            |machine, _| machine.fail_sync(self.node),
        )
    }
}
