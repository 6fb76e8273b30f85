//! What a check found.

use crate::inspect::Repair;

/// So many findings of each severity are kept; the others are only counted.
const FINDINGS_MAX: u64 = 1000;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Damage and notes, in the order in which they were found.
    pub findings: Vec<Finding>,
    /// Places that are damaged, those included that are only counted.
    pub damages: u64,
    /// Notes, those included that are only counted.
    pub notes: u64,
    /// What was looked at.
    pub totals: Totals,
}

impl Report {
    /// Whether nothing is damaged.
    pub fn is_healthy(&self) -> bool {
        self.damages == 0
    }

    /// Findings that are counted and not kept.
    pub fn left_out(&self) -> u64 {
        self.damages + self.notes - self.findings.len() as u64
    }

    /// Adds a finding.
    pub(super) fn add(&mut self, finding: Finding) {
        let count = match finding.severity {
            Severity::Damage => &mut self.damages,
            Severity::Note => &mut self.notes,
        };
        *count += 1;
        if *count <= FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}

/// One place and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether something is wrong.
    pub severity: Severity,
    /// The database, where it is one's and its name is known.
    pub database: Option<String>,
    /// The file.
    pub file: String,
    /// The byte in it at which the damaged piece begins, or the byte itself where it is known.
    pub offset: Option<u64>,
    /// A sentence.
    pub what: String,
    /// What could bring the piece back, where that is known.
    pub repairable_by: Option<Repair>,
}

/// Whether something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Bytes are not what they should be, or are missing.
    Damage,
    /// Worth knowing, such as a file that nothing names or a torn tail. It is how a crash leaves a folder.
    Note,
}

impl Severity {
    /// As it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Damage => "damage",
            Severity::Note => "note",
        }
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Databases.
    pub databases: u64,
    /// Files that were read whole.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Segments.
    pub segments: u64,
    /// Blocks of rows in segments.
    pub blocks: u64,
    /// Rows in segments: the versions of documents, and deletes.
    pub rows: u64,
    /// Documents in segments that no newer row hides.
    pub documents: u64,
    /// Commits that the log still has.
    pub commits: u64,
}
