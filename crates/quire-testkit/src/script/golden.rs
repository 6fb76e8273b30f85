//! Comparing a script's file with what backends answer, or writing it anew.

use super::Script;
use crate::Backend;
use std::fs;
use std::path::{Path, PathBuf};

/// A named way to make a fresh backend.
pub type Maker<'a> = (&'a str, &'a dyn Fn() -> Box<dyn Backend>);

/// The folder of the scripts that every backend must answer alike.
pub fn scripts_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

/// Runs every script of a folder, not those in folders below it, on every backend. See [`golden`].
///
/// # Panics
/// As [`golden`], and where the folder holds no script.
pub fn golden_folder(folder: &Path, backends: &[Maker<'_>]) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    assert!(!paths.is_empty(), "no scripts in {}", folder.display());
    for path in paths {
        golden(&path, backends);
    }
}

/// Runs a script on every backend and compares each answer with the file. With `UPDATE_GOLDEN=1` in the environment the
/// answers of the first backend are written to the file, and the others are compared with those.
///
/// # Panics
/// Where an answer differs, naming file, line and backend, and where a script cannot be run.
pub fn golden(path: &Path, backends: &[Maker<'_>]) {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut wanted = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let place = |line: usize| format!("{}:{line}", path.display());
    let script =
        Script::parse(&wanted).unwrap_or_else(|fault| panic!("{}: {}", place(fault.line), fault.what));
    for (n, (name, make)) in backends.iter().enumerate() {
        let came = script.run(make());
        let came = came.unwrap_or_else(|fault| panic!("{}: on {name}: {}", place(fault.line), fault.what));
        if update && n == 0 && came != wanted {
            fs::write(path, &came).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            wanted = came;
            continue;
        }
        if let Some((line, wanted, came)) = difference(&wanted, &came) {
            panic!("{}: {name} answers differently\n  wanted: {wanted}\n    came: {came}", place(line));
        }
    }
}

/// The first line that differs, and the two.
fn difference<'a>(wanted: &'a str, came: &'a str) -> Option<(usize, &'a str, &'a str)> {
    let (mut wanted, mut came) = (wanted.lines(), came.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (wanted.next(), came.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some((line, a.unwrap_or("(nothing more)"), b.unwrap_or("(nothing more)"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb\n", "a\nc\n"), Some((2, "b", "c")));
        assert_eq!(difference("a\n", "a\nc\n"), Some((2, "(nothing more)", "c")));
        assert_eq!(difference("a\nb\n", "a\n"), Some((2, "b", "(nothing more)")));
    }
}
