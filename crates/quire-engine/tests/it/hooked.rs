//! A disk that asks before it does something, so that a test can fail or hold up one call.

use quire_engine::{Disk, DiskFile, EngineStore, Options, SystemClock};
use quire_model::Result;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Gets the name of the operation and its path.
pub(crate) type Hook = Box<dyn Fn(&str, &Path) -> io::Result<()> + Send + Sync>;

struct Hooked {
    inner: Arc<dyn Disk>,
    hook: Hook,
}

impl std::fmt::Debug for Hooked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

impl Disk for Hooked {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        (self.hook)("create", path)?;
        self.inner.create(path)
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        (self.hook)("open", path)?;
        self.inner.open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.hook)("rename", from)?;
        self.inner.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        (self.hook)("remove", path)?;
        self.inner.remove(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.inner.list(folder)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.inner.create_folder(folder)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        (self.hook)("remove_folder", folder)?;
        self.inner.remove_folder(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        (self.hook)("sync_folder", folder)?;
        self.inner.sync_folder(folder)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        self.inner.lock(path)
    }
}

pub(crate) fn open_hooked(
    inner: Arc<dyn Disk>,
    folder: &Path,
    options: Options,
    hook: Hook,
) -> Result<EngineStore> {
    EngineStore::open_on(Arc::new(Hooked { inner, hook }), Arc::new(SystemClock), folder, options)
}

pub(crate) fn eio() -> io::Error {
    io::Error::from_raw_os_error(5)
}
