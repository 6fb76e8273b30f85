//! What the tests of the simulated disk share.

use quire_engine::{Disk, DiskFile, SimDisk, World};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A disk with the folder `/d`, durable.
pub(crate) fn disk(world: World) -> SimDisk {
    let disk = SimDisk::new(world, 1);
    disk.create_folder(Path::new("/d")).unwrap();
    disk.sync_folder(Path::new("/")).unwrap();
    disk
}

pub(crate) fn path(name: &str) -> PathBuf {
    Path::new("/d").join(name)
}

pub(crate) fn sync_names(disk: &SimDisk) {
    disk.sync_folder(Path::new("/d")).unwrap();
}

/// A file with these bytes, not synced.
pub(crate) fn create(disk: &SimDisk, name: &str, bytes: &[u8]) -> Arc<dyn DiskFile> {
    let file = disk.create(&path(name)).unwrap();
    if !bytes.is_empty() {
        file.write_at(bytes, 0).unwrap();
    }
    file
}

/// A file with these bytes, durable under its name.
pub(crate) fn durable(disk: &SimDisk, name: &str, bytes: &[u8]) -> Arc<dyn DiskFile> {
    let file = create(disk, name, bytes);
    file.sync().unwrap();
    sync_names(disk);
    file
}

/// The files of `/d` with their bytes.
pub(crate) type Shown = BTreeMap<String, Vec<u8>>;

pub(crate) fn shown(disk: &SimDisk) -> Shown {
    let names = disk.list(Path::new("/d")).unwrap_or_default();
    names.into_iter().map(|name| (name.clone(), disk.bytes(&path(&name)).unwrap_or_default())).collect()
}

/// What is in `/d` in each state that a power cut may leave.
pub(crate) fn states(disk: &SimDisk) -> BTreeSet<Shown> {
    disk.crash_states(7, 500).iter().map(shown).collect()
}

/// The bytes of one file in each state; `None` where it is not there.
pub(crate) fn states_of(disk: &SimDisk, name: &str) -> BTreeSet<Option<Vec<u8>>> {
    states(disk).into_iter().map(|mut shown| shown.remove(name)).collect()
}
