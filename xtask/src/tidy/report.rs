//! What tidy found.

use std::fmt;

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, from the root of the repository, with `/`.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, and where it helps, what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// The outcome of one run: how many files were looked at, and every problem.
#[derive(Debug)]
pub struct Report {
    /// How many files the repository has.
    pub files: usize,
    /// Every problem, sorted by place.
    pub problems: Vec<Problem>,
}

impl Report {
    pub(crate) fn new(files: usize) -> Self {
        Self { files, problems: Vec::new() }
    }

    pub(crate) fn add(&mut self, path: &str, line: usize, message: impl Into<String>) {
        self.problems.push(Problem { path: path.to_string(), line, message: message.into() });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.problems.is_empty() {
            return write!(f, "tidy: {} files, no problem", self.files);
        }
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        write!(f, "tidy: {} files, {} problems", self.files, self.problems.len())
    }
}
