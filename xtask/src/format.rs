//! The tree is formatted: `cargo fmt` would change nothing.

use std::path::Path;

use crate::cargo::CargoLine;

pub(crate) const LINE: CargoLine = CargoLine::new("fmt --all --check");

/// Whether every file of the workspace at `root` is formatted; if not, the differences.
pub fn formatted(root: &Path) -> Result<(), String> {
    LINE.capture(root).map(drop)
}
