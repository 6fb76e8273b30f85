//! The paths that code names: `std::fs::File`, and each path of a `use` group.

use super::tokens::{Mark, Token};

/// One path, as written.
#[derive(Debug)]
pub(crate) struct NamedPath<'a> {
    pub(crate) line: usize,
    pub(crate) names: Vec<&'a str>,
}

impl NamedPath<'_> {
    /// Whether the path is `prefix` (as in `std::fs`) or something below it.
    pub(crate) fn is_within(&self, prefix: &str) -> bool {
        let mut names = self.names.iter();
        prefix.split("::").all(|wanted| names.next() == Some(&wanted))
    }

    /// Whether the path ends as `suffix` does.
    pub(crate) fn ends_with(&self, suffix: &[&str]) -> bool {
        self.names.ends_with(suffix)
    }
}

/// Every path of at least two names, and every single name behind `use`.
pub(crate) fn paths(tokens: &[Token]) -> Vec<NamedPath<'_>> {
    let mut reader = Reader { tokens, at: 0, found: Vec::new() };
    while reader.at < tokens.len() {
        if tokens[reader.at].is_word("use") {
            reader.at += 1;
            reader.path(&[], 1);
        } else if tokens[reader.at].word().is_some() {
            reader.path(&[], 2);
        } else {
            reader.at += 1;
        }
    }
    reader.found
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    found: Vec<NamedPath<'a>>,
}

impl<'a> Reader<'a> {
    /// Reads one path below `prefix`, or the group that it ends in. Keeps it from `names_min` names on.
    fn path(&mut self, prefix: &[&'a str], names_min: usize) {
        let mut names = prefix.to_vec();
        let mut line = 0;
        self.skip(&Mark::Colons);
        while let Some(token) = self.tokens.get(self.at) {
            match &token.mark {
                Mark::Word(name) => names.push(name),
                Mark::Byte(b'*') => names.push("*"),
                Mark::Byte(b'{') if line > 0 || names_min == 1 => return self.group(&names),
                _ => break,
            }
            line = token.line;
            self.at += 1;
            if !self.skip(&Mark::Colons) {
                break;
            }
        }
        // `use a::{self}` names `a`.
        names.pop_if(|last| *last == "self");
        if line > 0 && names.len() >= names_min {
            self.found.push(NamedPath { line, names });
        }
    }

    /// Reads `{a, b::c, d as e}`.
    fn group(&mut self, prefix: &[&'a str]) {
        self.at += 1;
        while let Some(token) = self.tokens.get(self.at) {
            match &token.mark {
                Mark::Byte(b'}') => {
                    self.at += 1;
                    return;
                }
                Mark::Word(word) if word == "as" => self.at += 2,
                Mark::Word(_) | Mark::Colons | Mark::Byte(b'{' | b'*') => self.path(prefix, 1),
                _ => self.at += 1,
            }
        }
    }

    fn skip(&mut self, mark: &Mark) -> bool {
        let is_here = self.tokens.get(self.at).is_some_and(|token| token.mark == *mark);
        self.at += usize::from(is_here);
        is_here
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::paths;

    fn named(code: &str) -> Vec<String> {
        let tokens = tokens(code);
        paths(&tokens).iter().map(|path| format!("{}:{}", path.line, path.names.join("::"))).collect()
    }

    #[test]
    fn groups_are_spread() {
        let code = "use std::{fs, io::{self, Read as R},\n time::*};\nuse axum;";
        assert_eq!(named(code), ["1:std::fs", "1:std::io", "1:std::io::Read", "2:std::time::*", "3:axum"]);
    }

    #[test]
    fn paths_in_expressions_are_found_and_single_names_are_not() {
        let code = "let axum = f(x);\nlet y = crate::wal::open(Vec::<u8>::new(), std::fs::read(p));";
        assert_eq!(named(code), ["2:crate::wal::open", "2:std::fs::read"]);
    }

    #[test]
    fn a_group_may_begin_a_use() {
        assert_eq!(named("use {std::fs, ::axum::Router};"), ["1:std::fs", "1:axum::Router"]);
    }
}
