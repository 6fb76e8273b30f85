//! The disk, behind one narrow trait: real ([`RealDisk`]) and simulated ([`SimDisk`], feature `sim`).
//!
//! What the engine assumes of a disk, and nothing more:
//! - what was written and synced stays, byte for byte, or a later read shows other bytes (found by checksums);
//! - what was written and not synced may be there, partly or not at all, in any order; bytes beside it, and bytes that
//!   it did not change, stay as they were;
//! - a file that was created or renamed is found after a crash only if its folder was synced afterwards;
//! - a rename within a folder is atomic;
//! - after a failed sync nothing is known about the bytes that it was for.

mod real;
#[cfg(feature = "sim")]
mod sim;

pub use real::RealDisk;
#[cfg(feature = "sim")]
pub use sim::{Call, Fault, SimDisk, World};

use std::fmt::Debug;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Files in folders.
pub trait Disk: Send + Sync + Debug {
    /// Creates a file that must not exist, for reading and writing.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;
    /// Opens a file for reading and writing, or for reading only where that is all that is allowed.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;
    /// Renames a file or folder, replacing a file of the new name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file. Handles that are open keep reading it.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Names of the files and folders in a folder, sorted; an error where the folder is absent.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Creates a folder and those above it that are absent.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;
    /// Removes a folder with everything in it.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// Takes an exclusive lock on a file, creating it; `WouldBlock` where another holds it. The lock ends when the
    /// answer is dropped or the process ends.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>>;
    /// Takes a lock that others may share, on a file that need not be writable or there; `WouldBlock` where somebody
    /// has
    /// the exclusive one.
    fn lock_shared(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        self.lock(path)
    }
}

/// An open file.
pub trait DiskFile: Send + Sync + Debug {
    /// Fills `buffer` from `offset`; `UnexpectedEof` where the file is too short.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
    /// Writes all of `bytes` at `offset`.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Cuts or extends the file.
    fn set_len(&self, length: u64) -> io::Result<()>;
    /// The file's length in bytes.
    fn length(&self) -> io::Result<u64>;
    /// Makes what was written durable. IMPORTANT: never called again after it failed.
    fn sync(&self) -> io::Result<()>;
}
