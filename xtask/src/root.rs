//! Where the repository is.

use std::path::{Path, PathBuf};

/// The root of the repository.
///
/// Cargo names this crate's folder to whatever it runs; that wins over the folder at compile time, because a target
/// folder may have come from a tree at another place.
pub fn root() -> PathBuf {
    let compiled = || PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(compiled, PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
}
