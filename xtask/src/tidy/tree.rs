//! The repository's files: their names, and the text of those that are text.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use super::source::Source;

/// Folders that a tree without Git leaves out, as `.gitignore` does.
const BUILT: &[&str] = &[".git", "target", "quire-data"];

/// A text file.
pub(crate) struct Paper {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Everything that the rules look at, read once.
pub(crate) struct Tree {
    /// Every file, from the root, with `/`.
    pub(crate) names: BTreeSet<String>,
    /// Those that are text.
    pub(crate) papers: Vec<Paper>,
    /// Those that are our Rust.
    pub(crate) sources: Vec<Source>,
}

impl Tree {
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut names = match listed_by_git(root) {
            Some(names) => names,
            None => walked(root)?,
        };
        // Git still lists a file that was deleted and not yet committed, and a link has no text of its own.
        names.retain(|name| root.join(name).symlink_metadata().is_ok_and(|about| about.is_file()));
        let mut papers = Vec::new();
        let mut sources = Vec::new();
        for path in &names {
            let Some(text) = text(&fs::read(root.join(path))?) else { continue };
            if is_ours(path) {
                sources.push(Source::new(path, &text));
            }
            papers.push(Paper { path: path.clone(), text });
        }
        Ok(Self { names, papers, sources })
    }

    /// The file at `path`, if it is there and text.
    pub(crate) fn paper(&self, path: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.path == path)
    }
}

fn is_ours(path: &str) -> bool {
    path.ends_with(".rs") && (path.starts_with("crates/") || path.starts_with("xtask/"))
}

/// Text is UTF-8 without a zero byte.
fn text(bytes: &[u8]) -> Option<String> {
    if bytes.contains(&0) { None } else { std::str::from_utf8(bytes).ok().map(str::to_string) }
}

/// The files that are committed or would be. None where there is no repository, or no Git to ask.
fn listed_by_git(root: &Path) -> Option<BTreeSet<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    // The owner of a checkout in a container is often another user, which Git takes for a threat.
    let safe = format!("safe.directory={}", root.display());
    let output = Command::new("git")
        .args(["-c", &safe, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let names = output.stdout.split(|&byte| byte == 0).filter(|name| !name.is_empty());
    Some(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

/// The files of a source archive.
fn walked(root: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = format!("{folder}{}", entry.file_name().to_string_lossy());
            if !entry.file_type()?.is_dir() {
                names.insert(name);
            } else if !BUILT.contains(&name.as_str()) {
                folders.push(format!("{name}/"));
            }
        }
    }
    Ok(names)
}
