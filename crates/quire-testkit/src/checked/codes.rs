//! Which errors a method may give, and which place a refused commit must name.

use super::must;
use quire_model::{Code, Error, Result};

/// A method of a store, a snapshot or a pull.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Databases,
    CreateDatabase,
    DropDatabase,
    Snapshot,
    Commit,
    Checkpoint,
    Statistics,
    Collections,
    Get,
    Scan,
    NextBatch,
}

/// What the machine underneath can do to any call.
const MACHINE: &[Code] = &[Code::Corrupt, Code::Unavailable, Code::MemoryLimit, Code::ShuttingDown];
/// What it can do besides to a call that writes.
const WRITING: &[Code] = &[Code::DiskFull, Code::ReadOnly, Code::OutcomeUnknown, Code::QueueFull];
/// What an operation of a batch can meet; the error names the operation.
const REFUSALS: &[Code] = &[
    Code::DocumentExists,
    Code::DocumentNotFound,
    Code::RevisionMismatch,
    Code::CollectionExists,
    Code::CollectionNotFound,
];

impl Method {
    fn may_give(self, code: Code) -> bool {
        let own: &[Code] = match self {
            Method::Databases | Method::Collections => &[],
            Method::CreateDatabase => &[Code::DatabaseExists],
            Method::DropDatabase => &[Code::DatabaseNotFound, Code::InvalidName],
            Method::Snapshot | Method::Checkpoint | Method::Statistics => &[Code::DatabaseNotFound],
            Method::Commit => &[Code::DatabaseNotFound, Code::TooLarge, Code::Conflict],
            Method::Get | Method::Scan => &[Code::CollectionNotFound, Code::SnapshotExpired],
            Method::NextBatch => &[Code::SnapshotExpired],
        };
        let writes = matches!(
            self,
            Method::CreateDatabase | Method::DropDatabase | Method::Commit | Method::Checkpoint
        );
        own.contains(&code)
            || MACHINE.contains(&code)
            || (writes && WRITING.contains(&code))
            || (self == Method::Commit && REFUSALS.contains(&code))
    }
}

/// Passes a result on if its error is one that the method may give.
#[track_caller]
pub(super) fn check<T>(method: Method, result: Result<T>) -> Result<T> {
    if let Err(error) = &result {
        must(method.may_give(error.code()), || format!("{method:?} must not answer `{error}`"));
    }
    result
}

/// A refused commit names its operation, and only that.
#[track_caller]
pub(super) fn check_part(error: &Error, operations: usize) {
    if !REFUSALS.contains(&error.code()) {
        return;
    }
    let at = refused_operation(error);
    must(at.is_some_and(|n| n < operations) && error.parts()[0].code == error.code(), || {
        format!("`{error}` does not name one of {operations} operations: {:?}", error.parts())
    });
}

/// The operation that a refused commit names, if it names one.
pub(super) fn refused_operation(error: &Error) -> Option<usize> {
    match error.parts() {
        [part] => part.pointer.strip_prefix("/operations/")?.parse().ok(),
        _ => None,
    }
}
