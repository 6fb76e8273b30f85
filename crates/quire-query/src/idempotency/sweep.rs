//! Removing records that have expired: a few at a time, in an ordinary commit of its own.

use super::keeper::SWEEP_RECORDS;
use super::record::Record;
use super::{collection, is_expired};
use crate::Session;
use quire_model::{Code, DocId, Expect, Operation, Result, Scan, Seq, WriteBatch};

/// Sweeps after a commit. What goes wrong does not concern whoever committed: the next sweep tries again.
pub(crate) fn sweep_some(session: &Session) {
    if let Err(error) = sweep(session, SWEEP_RECORDS) {
        tracing::debug!(event = "idempotency_sweep_failed", %error);
    }
}

/// Looks at the next records in the order of their ids and removes those that have expired; says how many. After
/// the last record it begins again at the first, so that every record is looked at in its turn.
///
/// # Errors
/// What the store says. Where a record was written anew meanwhile nothing is removed.
pub(super) fn sweep(session: &Session, records_max: usize) -> Result<usize> {
    let keeper = session.keeper();
    let after = keeper.place(session);
    let mut looked = Looked::default();
    look(session, after.clone(), None, records_max, &mut looked)?;
    if looked.is_at_end && after.is_some() {
        look(session, None, after, records_max, &mut looked)?;
    }
    let remove = |(id, rev): (DocId, Seq)| {
        Ok(Operation::Delete { collection: collection()?, id, expect: Expect::Revision(rev) })
    };
    let operations = looked.expired.into_iter().map(remove).collect::<Result<Vec<_>>>()?;
    let gone = operations.len();
    // The place moves on even where the commit fails, or one record could hold up all behind it.
    keeper.swept(session, looked.last, 0);
    if gone > 0 {
        session.store().commit(session.database(), WriteBatch { operations })?;
        let after = keeper.place(session);
        keeper.swept(session, after, gone);
    }
    Ok(gone)
}

#[derive(Default)]
struct Looked {
    records: usize,
    expired: Vec<(DocId, Seq)>,
    last: Option<DocId>,
    is_at_end: bool,
}

/// Looks at the records after one id and up to another.
fn look(
    session: &Session,
    after: Option<DocId>,
    last: Option<DocId>,
    records_max: usize,
    looked: &mut Looked,
) -> Result<()> {
    let limit = Some(records_max.saturating_sub(looked.records)).filter(|n| *n > 0);
    let Some(limit) = limit else { return Ok(()) };
    let snapshot = session.whole_snapshot()?;
    let scan = Scan { after, limit: Some(limit), ..Scan::all(collection()?) };
    let mut rows = match snapshot.scan(scan) {
        Err(error) if error.code() == Code::CollectionNotFound => return Ok(()),
        rows => rows?,
    };
    let begun_with = looked.records;
    while let Some(batch) = rows.next_batch()? {
        for stored in batch {
            if last.as_ref().is_some_and(|last| stored.document.id() > last) {
                return Ok(());
            }
            looked.records += 1;
            looked.last = Some(stored.document.id().clone());
            if Record::time(&stored).is_some_and(|at_ms| is_expired(session, at_ms)) {
                looked.expired.push((stored.document.id().clone(), stored.rev));
            }
        }
    }
    looked.is_at_end = looked.records - begun_with < limit;
    Ok(())
}
