//! What the JSON module promises, tested from outside; serde_json is the judge wherever it has a say.
#![allow(clippy::unwrap_used)] // The helpers of tests are tests too.

mod accepted;
mod compacting;
mod duplicates;
mod hostile;
mod limits;
mod locating;
mod mutated;
mod numbers;
mod oracle;
mod order;
mod paths;
mod random;
mod refused;
mod surrogates;
mod utf8;
mod views;
mod writing;

use quire_model::json::{FaultKind, Limits, Scanner};

/// What is wrong with `bytes` and where, by the default limits; `None` when nothing is.
fn fault(bytes: impl AsRef<[u8]>) -> Option<(FaultKind, usize)> {
    let mut scanner = Scanner::new(Limits::default());
    scanner.check(bytes.as_ref(), &[]).err().map(|fault| (fault.kind, fault.offset))
}

/// Whether `bytes` pass a check by the default limits.
fn accepts(bytes: impl AsRef<[u8]>) -> bool {
    fault(bytes).is_none()
}
