//! One Rust file as the rules see it.

use super::mask::mask;
use super::tokens::{Mark, Token, skip_block, tokens};

/// A Rust file, its tokens, and which of its lines are tests.
pub(crate) struct Source {
    /// From the root of the repository, with `/`.
    pub(crate) path: String,
    /// As it is on disk.
    pub(crate) text: String,
    /// Without comments and literals.
    pub(crate) tokens: Vec<Token>,
    /// The lines (first, last) of each `#[cfg(test)] mod name { ... }`.
    test_modules: Vec<(usize, usize)>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let tokens = tokens(&mask(text));
        let test_modules = test_modules(&tokens);
        Self { path: path.to_string(), text: text.to_string(), tokens, test_modules }
    }

    /// The crate that the file belongs to, by its folder.
    pub(crate) fn crate_name(&self) -> &str {
        let below = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        below.split('/').next().unwrap_or(below)
    }

    /// The module's names below `src`: `["wal", "reader"]`, or none where the file is no part of the library.
    pub(crate) fn module(&self) -> Option<Vec<&str>> {
        let below = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        let (_, inside) = below.split_once('/')?;
        let mut names: Vec<&str> = inside.strip_prefix("src/")?.strip_suffix(".rs")?.split('/').collect();
        names.pop_if(|last| *last == "mod");
        Some(names)
    }

    /// Whether this file runs in production: under `src`, and not a module of tests.
    pub(crate) fn is_production(&self) -> bool {
        self.module().is_some_and(|names| !names.contains(&"tests"))
    }

    /// Whether `line` runs in production.
    pub(crate) fn is_production_line(&self, line: usize) -> bool {
        let in_tests = |(first, last): &(usize, usize)| (*first..=*last).contains(&line);
        self.is_production() && !self.test_modules.iter().any(in_tests)
    }

    /// How many lines run in production.
    pub(crate) fn production_lines(&self) -> usize {
        let lines = 1..=self.text.lines().count();
        lines.filter(|line| self.is_production_line(*line)).count()
    }
}

/// Finds the modules that are compiled for tests only and written in place.
fn test_modules(tokens: &[Token]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = test_attribute(tokens, at) else {
            at += 1;
            continue;
        };
        let mut next = end;
        while tokens.get(next).is_some_and(|token| token.is(Mark::Byte(b'#'))) {
            next = skip_block(tokens, next + 1);
        }
        let is_module = tokens.get(next).is_some_and(|token| token.is_word("mod"));
        let opens = tokens.get(next + 2).is_some_and(|token| token.is(Mark::Byte(b'{')));
        at = end;
        if is_module && opens {
            at = skip_block(tokens, next + 2);
            found.push((tokens[end - 1].line, tokens[at - 1].line));
        }
    }
    found
}

/// The index behind `#[cfg(test)]` or `#[cfg(all(test, ...))]`, if one begins at `at`.
fn test_attribute(tokens: &[Token], at: usize) -> Option<usize> {
    let begins = tokens.get(at)?.is(Mark::Byte(b'#')) && tokens.get(at + 2)?.is_word("cfg");
    if !begins {
        return None;
    }
    let end = skip_block(tokens, at + 1);
    let inside = &tokens[at..end];
    let says = |word| inside.iter().any(|token| token.is_word(word));
    (says("test") && !says("not") && !says("any")).then_some(end)
}
