//! A folder for one database, removed when it is no longer needed.

use std::fs;
use std::path::{Path, PathBuf};

/// An empty folder of one's own; it goes when this is dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(parent: &Path, name: &str) -> Result<Folder, String> {
        let path = parent.join(name.replace([' ', ','], "-"));
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|e| format!("cannot remove {}: {e}", path.display()))?;
        }
        fs::create_dir_all(&path).map_err(|e| format!("cannot make {}: {e}", path.display()))?;
        Ok(Folder(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("cannot remove {}: {error}", self.0.display());
        }
    }
}
