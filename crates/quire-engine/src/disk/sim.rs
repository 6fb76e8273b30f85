//! A disk in memory that forgets what was not synced, and fails when told to.
//!
//! Each file has the bytes that are seen and the bytes that a crash would leave; each folder likewise has names.
//! [`SimDisk::crash`] gives the disk as a power cut would leave it.

use super::{Disk, DiskFile};
use crate::sync::lock;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A simulated disk. Clones share the same disk.
#[derive(Debug, Clone, Default)]
pub struct SimDisk(Arc<Mutex<World>>);

#[derive(Debug, Default)]
struct World {
    seen: BTreeMap<PathBuf, Node>,
    durable: BTreeMap<PathBuf, Node>,
    locks: Vec<PathBuf>,
    syncs: u64,
    written_bytes: u64,
    fail_sync: Option<u64>,
    bytes_free: Option<u64>,
    dead: bool,
}

/// A file or a folder; files are shared between the two views of their names.
#[derive(Debug, Clone)]
enum Node {
    Folder,
    File(Arc<Mutex<Content>>),
}

#[derive(Debug, Default, Clone)]
struct Content {
    seen: Vec<u8>,
    durable: Vec<u8>,
}

#[derive(Debug)]
struct SimFile {
    world: Arc<Mutex<World>>,
    content: Arc<Mutex<Content>>,
}

struct SimLock(Arc<Mutex<World>>, PathBuf);

impl Drop for SimLock {
    fn drop(&mut self) {
        lock(&self.0).locks.retain(|path| *path != self.1);
    }
}

impl SimDisk {
    /// The disk as a power cut now would leave it: only what was synced, under names whose folder was synced. The
    /// old disk answers every later call with an error, so that its user cannot go on.
    pub fn crash(&self) -> SimDisk {
        lock(&self.0).dead = true;
        self.crash_copy()
    }

    /// What a power cut now would leave, for a look beside the disk that lives on.
    pub fn crash_copy(&self) -> SimDisk {
        let world = lock(&self.0);
        let mut after = World::default();
        for (path, node) in &world.durable {
            let node = match node {
                Node::Folder => Node::Folder,
                Node::File(content) => {
                    let durable = lock(content).durable.clone();
                    Node::File(Arc::new(Mutex::new(Content { seen: durable.clone(), durable })))
                }
            };
            after.seen.insert(path.clone(), node.clone());
            after.durable.insert(path.clone(), node);
        }
        SimDisk(Arc::new(Mutex::new(after)))
    }

    /// Syncs of files and folders so far.
    pub fn syncs(&self) -> u64 {
        lock(&self.0).syncs
    }

    /// Bytes written to files so far.
    pub fn written_bytes(&self) -> u64 {
        lock(&self.0).written_bytes
    }

    /// Lets the sync with this number (the first is 1) fail once.
    pub fn fail_sync(&self, number: u64) {
        lock(&self.0).fail_sync = Some(number);
    }

    /// Bytes that files may still grow by; `None` is no limit.
    pub fn set_bytes_free(&self, bytes: Option<u64>) {
        lock(&self.0).bytes_free = bytes;
    }

    fn alive(&self) -> io::Result<std::sync::MutexGuard<'_, World>> {
        alive(&self.0)
    }
}

fn alive(world: &Mutex<World>) -> io::Result<std::sync::MutexGuard<'_, World>> {
    let world = lock(world);
    if world.dead { Err(io::Error::other("the simulated machine has lost power")) } else { Ok(world) }
}

fn absent(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, path.display().to_string())
}

impl World {
    fn count_sync(&mut self) -> io::Result<()> {
        self.syncs += 1;
        if self.fail_sync == Some(self.syncs) {
            return Err(io::Error::from_raw_os_error(5)); // EIO
        }
        Ok(())
    }
}

impl Disk for SimDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let mut world = self.alive()?;
        if world.seen.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let content = Arc::new(Mutex::new(Content::default()));
        world.seen.insert(path.to_owned(), Node::File(content.clone()));
        Ok(Arc::new(SimFile { world: self.0.clone(), content }))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        match self.alive()?.seen.get(path) {
            Some(Node::File(content)) => {
                Ok(Arc::new(SimFile { world: self.0.clone(), content: content.clone() }))
            }
            _ => Err(absent(path)),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.alive()?;
        let moved: Vec<PathBuf> = world.seen.keys().filter(|p| p.starts_with(from)).cloned().collect();
        if moved.is_empty() {
            return Err(absent(from));
        }
        if world.seen.keys().any(|p| p.parent() == Some(to)) {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        for path in moved {
            let rest = path.strip_prefix(from).map_err(io::Error::other)?.to_owned();
            let target = if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) };
            if let Some(node) = world.seen.remove(&path) {
                world.seen.insert(target, node);
            }
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.alive()?.seen.remove(path).map(|_| ()).ok_or_else(|| absent(path))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let world = self.alive()?;
        if !matches!(world.seen.get(folder), Some(Node::Folder)) {
            return Err(absent(folder));
        }
        let names = world.seen.keys().filter(|path| path.parent() == Some(folder));
        Ok(names.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect())
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        let mut world = self.alive()?;
        for path in folder.ancestors() {
            world.seen.entry(path.to_owned()).or_insert(Node::Folder);
        }
        Ok(())
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        self.alive()?.seen.retain(|path, _| !path.starts_with(folder));
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut world = self.alive()?;
        world.count_sync()?;
        // The folder's names become durable; a folder that was renamed takes what is below it along, because on a
        // real disk that is found through the folder and not through its name.
        let gone: Vec<PathBuf> = world
            .durable
            .keys()
            .filter(|path| path.parent() == Some(folder) && !world.seen.contains_key(*path))
            .cloned()
            .collect();
        for path in gone {
            world.durable.retain(|p, _| !p.starts_with(&path));
        }
        let added: Vec<(PathBuf, Node)> = world
            .seen
            .iter()
            .filter(|(path, _)| path.parent() == Some(folder))
            .map(|(path, node)| (path.clone(), node.clone()))
            .collect();
        for (path, node) in added {
            let renamed_folder = matches!(node, Node::Folder) && !world.durable.contains_key(&path);
            if renamed_folder {
                let below: Vec<_> = world
                    .seen
                    .iter()
                    .filter(|(p, _)| p.starts_with(&path))
                    .map(|(p, n)| (p.clone(), n.clone()))
                    .collect();
                world.durable.extend(below);
            }
            world.durable.insert(path, node);
        }
        for path in folder.ancestors() {
            world.durable.entry(path.to_owned()).or_insert(Node::Folder);
        }
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        let mut world = self.alive()?;
        if world.locks.iter().any(|held| held == path) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        world.locks.push(path.to_owned());
        Ok(Box::new(SimLock(self.0.clone(), path.to_owned())))
    }
}

impl DiskFile for SimFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        drop(alive(&self.world)?);
        let content = lock(&self.content);
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let bytes = content.seen.get(start..start + buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut world = alive(&self.world)?;
        let mut content = lock(&self.content);
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let end = start + bytes.len();
        world.written_bytes += bytes.len() as u64;
        let growth = end.saturating_sub(content.seen.len()) as u64;
        if let Some(free) = &mut world.bytes_free {
            *free = free.checked_sub(growth).ok_or(io::ErrorKind::StorageFull)?;
        }
        if content.seen.len() < end {
            content.seen.resize(end, 0);
        }
        content.seen[start..end].copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        drop(alive(&self.world)?);
        lock(&self.content).seen.resize(usize::try_from(length).map_err(io::Error::other)?, 0);
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        drop(alive(&self.world)?);
        Ok(lock(&self.content).seen.len() as u64)
    }

    fn sync(&self) -> io::Result<()> {
        alive(&self.world)?.count_sync()?;
        let mut content = lock(&self.content);
        content.durable = content.seen.clone();
        Ok(())
    }
}
