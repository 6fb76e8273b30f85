//! Words that do not stay: leftovers, muted tests, an exit in the middle, lines too wide, a file without its opening.

use super::paths::paths;
use super::report::Report;
use super::source::Source;
use super::tokens::Mark;
use super::tree::Tree;

const COLUMNS_MAX: usize = 120;

/// Markers of unfinished work, in comments too. Written in halves, or this file would be the first to fail.
const MARKERS: &[&str] = &[concat!("FIX", "ME"), concat!("XX", "X")];

/// Macros of unfinished work.
const MACROS: &[&str] = &["todo", "unimplemented", "dbg"];

/// The one place that ends the process.
const EXIT_HOME: &str = "crates/quire/src/main.rs";

/// Holds every Rust file to the rules about words.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for source in &tree.sources {
        check_opening(source, report);
        check_lines(source, report);
        check_code(source, report);
        check_exit(source, report);
    }
}

fn check_opening(source: &Source, report: &mut Report) {
    if !source.text.starts_with("//!") {
        report.add(&source.path, 1, "begin the file with a `//!` that says what it is");
    }
}

fn check_lines(source: &Source, report: &mut Report) {
    for (index, line) in source.text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX {
            report.add(&source.path, index + 1, format!("{columns} columns; {COLUMNS_MAX} is the limit"));
        }
        for marker in MARKERS.iter().filter(|marker| says(line, marker)) {
            report.add(
                &source.path,
                index + 1,
                format!("`{marker}`: do it, or write it where work is planned"),
            );
        }
    }
}

/// Whether `line` holds `marker` as a word of its own: four hexadecimal digits are often written as such letters.
fn says(line: &str, marker: &str) -> bool {
    line.split(|sign: char| !sign.is_alphanumeric()).any(|word| word == marker)
}

fn check_code(source: &Source, report: &mut Report) {
    for (at, token) in source.tokens.iter().enumerate() {
        let next_is = |byte| source.tokens.get(at + 1).is_some_and(|next| next.is(Mark::Byte(byte)));
        let behind_is = |word| source.tokens.get(at + 2).is_some_and(|next| next.is_word(word));
        if let Some(word) = token.word().filter(|word| MACROS.contains(word))
            && next_is(b'!')
        {
            report.add(&source.path, token.line, format!("`{word}!` is a leftover"));
        }
        if token.is(Mark::Byte(b'#')) && next_is(b'[') && behind_is("ignore") {
            report.add(&source.path, token.line, "`#[ignore]`: a test runs, or it goes");
        }
    }
}

fn check_exit(source: &Source, report: &mut Report) {
    if source.path == EXIT_HOME {
        return;
    }
    for path in paths(&source.tokens).iter().filter(|path| path.ends_with(&["process", "exit"])) {
        report.add(
            &source.path,
            path.line,
            format!("`process::exit` only in {EXIT_HOME}: elsewhere, return"),
        );
    }
}
