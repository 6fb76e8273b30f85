//! The disk as a whole: names, files, space and faults, and what a sync keeps.

use super::World;
use super::fault::{Call, Fault, Faults, Verdict};
use super::file::{File, Kind};
use super::lots::Lots;
use super::names::{Names, Naming, Node, absent};
use super::trace::Trace;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Default)]
pub(super) struct Machine {
    pub(super) world: World,
    pub(super) names: Names,
    pub(super) files: BTreeMap<Node, File>,
    pub(super) lots: Lots,
    pub(super) faults: Faults,
    pub(super) trace: Trace,
    pub(super) locks: Vec<PathBuf>,
    pub(super) bytes_free: Option<u64>,
    pub(super) written_bytes: u64,
    pub(super) dead: bool,
    /// Numbers for changes and for nodes.
    pub(super) next_order: u64,
    pub(super) last_node: Node,
}

fn dead() -> io::Error {
    io::Error::other("the simulated machine has lost power")
}

impl Machine {
    /// Takes a call: counts it, lets it go, fail or be the last, and notes it. `failed` does what a call that fails
    /// leaves behind.
    pub(super) fn call<T>(
        &mut self,
        call: Call,
        what: std::fmt::Arguments<'_>,
        act: impl FnOnce(&mut Machine) -> io::Result<T>,
        failed: impl FnOnce(&mut Machine, &Fault),
    ) -> io::Result<T> {
        if self.dead {
            return Err(dead());
        }
        let result = match self.faults.judge(call) {
            Verdict::Goes => act(self),
            Verdict::Fails(fault) => {
                failed(self, &fault);
                Err(fault.error())
            }
            Verdict::Dies => {
                // A sync in flight is no sync. Anything else waits as whatever was called before.
                let done = if call.is_sync() { Err(dead()) } else { act(self).map(|_| ()) };
                self.dead = true;
                done.and_then(|()| Err(dead()))
            }
        };
        self.trace.note(call, what, &result);
        result
    }

    fn order(&mut self) -> u64 {
        self.next_order += 1;
        self.next_order
    }

    pub(super) fn file(&mut self, node: Node) -> io::Result<&mut File> {
        self.files.get_mut(&node).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn rename_seen(&mut self, naming: Naming) {
        let order = self.order();
        self.names.change(order, naming);
    }

    /// Makes a file that must not exist.
    pub(super) fn create(&mut self, path: &Path) -> io::Result<Node> {
        let to = self.names.entry(path)?;
        if self.names.at(&to).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.last_node += 1;
        let node = self.last_node;
        self.files.insert(node, File::default());
        self.rename_seen(Naming::Link { to, node });
        Ok(node)
    }

    /// Finds a file by its path.
    pub(super) fn open(&mut self, path: &Path) -> io::Result<Node> {
        let node = self.names.find(path)?;
        if self.files.contains_key(&node) { Ok(node) } else { Err(absent(path)) }
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.names.entry(from)?, self.names.entry(to)?);
        let node = self.names.at(&from).ok_or(io::ErrorKind::NotFound)?;
        match self.names.at(&to) {
            Some(replaced) if replaced == node => return Ok(()),
            Some(replaced) if self.names.is_folder(replaced) && !self.names.is_empty(replaced) => {
                return Err(io::ErrorKind::DirectoryNotEmpty.into());
            }
            Some(replaced) => self.give_back(replaced),
            None => {}
        }
        self.rename_seen(Naming::Rename { from, to, node });
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        let from = self.names.entry(path)?;
        let node = self.names.at(&from).ok_or_else(|| absent(path))?;
        if self.names.is_folder(node) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        self.give_back(node);
        self.rename_seen(Naming::Unlink { from });
        Ok(())
    }

    pub(super) fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        let mut above: Vec<&Path> = path.ancestors().filter(|folder| folder.file_name().is_some()).collect();
        above.reverse();
        for folder in above {
            let to = self.names.entry(folder)?;
            match self.names.at(&to) {
                Some(node) if self.names.is_folder(node) => {}
                Some(_) => return Err(io::ErrorKind::NotADirectory.into()),
                None => {
                    self.last_node += 1;
                    let node = self.last_node;
                    self.names.folders.insert(node, Default::default());
                    self.rename_seen(Naming::Link { to, node });
                }
            }
        }
        Ok(())
    }

    pub(super) fn remove_folder(&mut self, path: &Path) -> io::Result<()> {
        let folder = self.names.find(path)?;
        if !self.names.is_folder(folder) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        for (name, node) in self.names.children(folder) {
            let path = path.join(name);
            if self.names.is_folder(node) { self.remove_folder(&path)? } else { self.remove(&path)? }
        }
        let from = self.names.entry(path)?;
        self.rename_seen(Naming::Unlink { from });
        Ok(())
    }

    pub(super) fn sync_folder(&mut self, path: &Path) -> io::Result<()> {
        let folder = self.names.find(path)?;
        if !self.names.is_folder(folder) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        match self.world {
            World::Strict => {
                if self.names.commit(|naming| naming.is_in(folder)) {
                    self.forget();
                }
            }
            World::Ordered => self.commit_journal(),
            World::Lying => {}
        }
        Ok(())
    }

    pub(super) fn sync(&mut self, node: Node) -> io::Result<()> {
        match self.world {
            World::Strict => self.file(node)?.sync(),
            World::Ordered => {
                self.file(node)?.sync();
                self.commit_journal();
            }
            World::Lying => {}
        }
        Ok(())
    }

    /// Names and cuts are one journal: whoever waits for its end waits for all of it.
    fn commit_journal(&mut self) {
        for file in self.files.values_mut() {
            let cut = |kind: &Kind| matches!(kind, Kind::Length { by_write: false, .. });
            if let Some(last) = file.waiting.iter().rposition(|change| cut(&change.kind)) {
                file.sync_first(last + 1);
            }
        }
        if self.names.commit(|_| true) {
            self.forget();
        }
    }

    /// Frees the files that have no name, no handle, and none that a power cut could bring back.
    fn forget(&mut self) {
        let reached = self.names.reached();
        self.names.folders.retain(|node, _| reached.contains(node));
        self.files
            .retain(|node, file| reached.contains(node) || std::sync::Arc::strong_count(&file.handles) > 1);
    }

    /// Writes what there is space for.
    pub(super) fn write(&mut self, node: Node, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let length = self.file(node)?.seen.len();
        let growth = (start + bytes.len()).saturating_sub(length) as u64;
        let granted = growth.min(self.bytes_free.unwrap_or(growth));
        let fits = bytes.len() - ((growth - granted) as usize).min(bytes.len());
        if let Some(free) = &mut self.bytes_free {
            *free -= granted;
        }
        self.written_bytes += fits as u64;
        if fits > 0 {
            let order = self.order();
            self.file(node)?.write(order, start, &bytes[..fits]);
        }
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    pub(super) fn set_len(&mut self, node: Node, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let before = self.file(node)?.seen.len();
        if let Some(free) = &mut self.bytes_free {
            let growth = length.saturating_sub(before) as u64;
            *free = free.checked_sub(growth).ok_or(io::ErrorKind::StorageFull)?;
            *free += before.saturating_sub(length) as u64;
        }
        let order = self.order();
        self.file(node)?.set_len(order, length);
        Ok(())
    }

    fn give_back(&mut self, node: Node) {
        if let (Some(free), Some(file)) = (&mut self.bytes_free, self.files.get(&node)) {
            *free += file.seen.len() as u64;
        }
    }

    /// A sync that failed: what waited in the file is settled, one way or the other.
    pub(super) fn fail_sync(&mut self, node: Node) {
        if self.world != World::Lying
            && let Some(file) = self.files.get_mut(&node)
        {
            file.fail_sync(&mut self.lots);
        }
    }

    /// The same machine under another process.
    pub(super) fn restarted(&self) -> Machine {
        let files = self.files.iter().map(|(node, file)| {
            let file = File { handles: Default::default(), ..file.clone() };
            (*node, file)
        });
        Machine {
            world: self.world,
            names: self.names.clone(),
            files: files.collect(),
            lots: self.lots.clone(),
            next_order: self.next_order,
            last_node: self.last_node,
            ..Machine::default()
        }
    }
}
