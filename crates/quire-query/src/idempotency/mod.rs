//! Keys under which a write happens once, however often it is asked for.
//!
//! The life of a write with a key (`write/once.rs` and `write/once_each.rs` take these steps):
//! 1. `fingerprint.rs` makes a number of everything that the request asks for;
//! 2. the record of the key is looked up ([`lookup`]): where there is one of the same request, the write was
//!    done, and its answer is given again; one of another request is `idempotency_mismatch`;
//! 3. where there is none, or it has expired, there must be room for one more (`keeper.rs`);
//! 4. the write is committed together with a new record (`record.rs`), which must not be there: of two that come
//!    at once one finds the record of the other, and begins again at 2;
//! 5. now and then a commit is followed by a small sweep of expired records (`sweep.rs`).
//!
//! The records are documents of a collection that users do not see, so they are as durable as what was written,
//! and in every copy of the data.

mod fingerprint;
mod keeper;
mod key;
mod record;
mod sweep;

pub(crate) use fingerprint::Fingerprint;
pub(crate) use keeper::Keeper;
pub(crate) use key::Key;
pub(crate) use record::{Answer, Record, document};
pub(crate) use sweep::sweep_some;

use crate::Session;
use quire_model::{Code, DocId, Error, Expect, Name, Operation, Result, Snapshot};

/// Where records are.
pub(crate) const COLLECTION: &str = "_idempotency";

pub(crate) fn collection() -> Result<Name> {
    Name::new(COLLECTION)
}

/// What was found under a key.
pub(crate) enum Found {
    /// The same request was done.
    Done(Record),
    /// The key was used for another request.
    Other,
    /// Nothing that counts; a new record takes the place of what is there.
    Free(Expect),
}

/// Looks records up, for the requests that they should be of.
pub(crate) fn lookup(
    session: &Session,
    snapshot: &dyn Snapshot,
    wanted: &[(DocId, Fingerprint)],
) -> Result<Vec<Found>> {
    let ids: Vec<DocId> = wanted.iter().map(|(id, _)| id.clone()).collect();
    let stored = match snapshot.get(&collection()?, &ids) {
        Err(error) if error.code() == Code::CollectionNotFound => {
            return Ok(wanted.iter().map(|_| Found::Free(Expect::Absent)).collect());
        }
        stored => stored?,
    };
    let found = |(stored, (_, request)): (_, &(DocId, Fingerprint))| {
        let Some(stored) = stored else { return Ok(Found::Free(Expect::Absent)) };
        let record = Record::read(&stored)?;
        Ok(if is_expired(session, record.at_ms) {
            Found::Free(Expect::Revision(record.rev))
        } else if record.request == *request {
            Found::Done(record)
        } else {
            Found::Other
        })
    };
    stored.into_iter().zip(wanted).map(found).collect()
}

/// The operation that writes a record.
pub(crate) fn put(
    session: &Session,
    id: DocId,
    request: Fingerprint,
    answer: &Answer,
    expect: Expect,
) -> Result<Operation> {
    let document = document(id, request, session.keeper().now_ms(), answer)?;
    Ok(Operation::Put { collection: collection()?, document, expect })
}

/// The error for a key that was used for another request.
pub(crate) fn mismatch() -> Error {
    let detail = "this idempotency key was used for another request; a new request needs a new key";
    Error::new(Code::IdempotencyMismatch, detail)
}

/// Whether a record of this time has expired. One from the future, before the clock was set back, has not.
fn is_expired(session: &Session, at_ms: u64) -> bool {
    let age_ms = session.keeper().now_ms().saturating_sub(at_ms);
    u128::from(age_ms) >= session.limits().idempotency_lifetime.as_millis()
}
