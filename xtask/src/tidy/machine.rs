//! The project speaks of itself alone: no text names a folder of some machine or a registry it was fetched from.

use super::report::Report;
use super::tree::Tree;

/// Folders of machines. Written in halves, as are the hosts, or this file would be the first to fail.
const FOLDERS: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/fa", "rm")];

/// Hosts that packages are fetched from.
const HOSTS: &[&str] = &[
    concat!("crates.io", "-index"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("pypi.org", "/simple"),
];

/// The one address that a text may hold: Cargo writes it into its lock, whichever registry it used.
const ALLOWED: (&str, &str) =
    ("Cargo.lock", concat!("registry+https://github.com/rust-lang/", "crates.io", "-index"));

/// Holds every text of the repository to that.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for paper in &tree.papers {
        for (index, line) in paper.text.lines().enumerate() {
            for folder in FOLDERS.iter().filter(|folder| names_folder(line, folder)) {
                report.add(&paper.path, index + 1, format!("`{folder}` is a folder of some machine"));
            }
            let is_lock = paper.path == ALLOWED.0;
            let shown = if is_lock { line.replace(ALLOWED.1, "") } else { line.to_string() };
            for host in HOSTS.iter().filter(|host| shown.contains(**host)) {
                report.add(&paper.path, index + 1, format!("`{host}` is the address of a registry"));
            }
        }
    }
}

/// Whether `line` holds `folder` from the machine's root, and not as a part of a longer path.
fn names_folder(line: &str, folder: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    line.match_indices(folder).any(|(at, _)| !line[..at].bytes().next_back().is_some_and(is_part))
}
