//! One change as it was asked for, whichever way it came in, and what it expects to find.

use super::Change;
use quire_model::{Expect, Seq};

/// What must be there before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Anything.
    Any,
    /// No document has the id.
    Absent,
    /// A document has the id.
    Present,
    /// A document has the id, at one of these revisions.
    OneOf(Vec<Seq>),
}

impl From<Expect> for Condition {
    fn from(expect: Expect) -> Condition {
        match expect {
            Expect::Any => Condition::Any,
            Expect::Absent => Condition::Absent,
            Expect::Present => Condition::Present,
            Expect::Revision(rev) => Condition::OneOf(vec![rev]),
        }
    }
}

impl From<Option<Seq>> for Condition {
    fn from(rev: Option<Seq>) -> Condition {
        rev.map_or(Condition::Any, |rev| Condition::OneOf(vec![rev]))
    }
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Insert,
    Replace,
    Patch,
    Delete,
}

impl Verb {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Verb::Insert => "insert",
            Verb::Replace => "replace",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
        }
    }
}

/// A change, its parts not checked yet.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) verb: Verb,
    pub(crate) collection: &'a str,
    pub(crate) id: Option<&'a str>,
    pub(crate) body: &'a [u8],
    pub(crate) condition: Condition,
}

impl<'a> From<&'a Change> for Asked<'a> {
    fn from(change: &'a Change) -> Asked<'a> {
        match change {
            Change::Insert { collection, body } => {
                Asked { verb: Verb::Insert, collection, id: None, body, condition: Condition::Any }
            }
            Change::Replace { collection, id, body, expect } => {
                let id = id.as_deref();
                Asked { verb: Verb::Replace, collection, id, body, condition: (*expect).into() }
            }
            Change::Patch { collection, id, body, expect } => {
                Asked { verb: Verb::Patch, collection, id: Some(id), body, condition: (*expect).into() }
            }
            Change::Delete { collection, id, expect } => {
                Asked { verb: Verb::Delete, collection, id: Some(id), body: &[], condition: (*expect).into() }
            }
        }
    }
}
