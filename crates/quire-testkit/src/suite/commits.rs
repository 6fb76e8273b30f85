//! One operation: what it expects, what it answers, which number it takes.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{Code, Expect, Operation, Seq, Store};

/// A state that an operation can meet.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    NoCollection,
    Absent,
    Deleted,
    Present,
}

/// Brings a collection of its own to a state. Answers the document's revision, where there is one, and an older one.
fn prepare(store: &dyn Store, collection: &str, state: State) -> (Option<Seq>, Seq) {
    if state == State::NoCollection {
        return (None, 1);
    }
    commit(store, vec![create(collection)]).unwrap();
    if state == State::Absent {
        return (None, 1);
    }
    let older = commit(store, vec![put_value(collection, "x", 1, Expect::Absent)]).unwrap().seq;
    let newer = commit(store, vec![put_value(collection, "x", 2, Expect::Present)]).unwrap().seq;
    if state == State::Present {
        return (Some(newer), older);
    }
    commit(store, vec![delete(collection, "x", Expect::Present)]).unwrap();
    (None, newer)
}

fn expected(expect: Expect, found: Option<Seq>) -> Option<Code> {
    match (expect, found) {
        (Expect::Absent, Some(_)) => Some(Code::DocumentExists),
        (Expect::Present | Expect::Revision(_), None) => Some(Code::DocumentNotFound),
        (Expect::Revision(wanted), Some(found)) if wanted != found => Some(Code::RevisionMismatch),
        _ => None,
    }
}

pub(super) fn every_expectation_meets_every_state(fixture: &mut Fixture) {
    let mut tried = 0;
    for state in [State::NoCollection, State::Absent, State::Deleted, State::Present] {
        for kind in 0..6 {
            for puts in [true, false] {
                tried += 1;
                let store = fixture.store();
                let collection = format!("c{tried}");
                let (found, older) = prepare(store, &collection, state);
                let newest = store.snapshot(&main_db()).unwrap().seq();
                let expect = match kind {
                    0 => Expect::Any,
                    1 => Expect::Absent,
                    2 => Expect::Present,
                    3 => Expect::Revision(found.unwrap_or(newest)),
                    4 => Expect::Revision(older),
                    _ => Expect::Revision(newest + 1),
                };
                let operation = if puts {
                    put_value(&collection, "x", 3, expect)
                } else {
                    delete(&collection, "x", expect)
                };
                let place = format!("{operation:?} where it was {state:?}");
                check(store, operation, expected(expect, found), found, &place);
            }
        }
    }
    assert_eq!(tried, 48);
}

fn check(store: &dyn Store, operation: Operation, refused: Option<Code>, found: Option<Seq>, place: &str) {
    let before = dump_now(store).unwrap();
    let seq = store.snapshot(&main_db()).unwrap().seq();
    let collection = operation.collection().clone();
    let puts = matches!(operation, Operation::Put { .. });
    let result = commit(store, vec![operation]);
    if let Some(code) = refused {
        let error = result.unwrap_err();
        assert_eq!(error.code(), code, "{place}");
        assert_eq!(dump_now(store).unwrap(), before, "{place}: refused, and something changed");
        return;
    }
    let committed = result.unwrap();
    assert_eq!(committed.previous, [found], "{place}");
    let snapshot = store.snapshot(&main_db()).unwrap();
    let effective = puts || found.is_some();
    assert_eq!((committed.seq, snapshot.seq()), (seq + u64::from(effective), committed.seq), "{place}");
    if !effective {
        assert_eq!(dump(&*snapshot).unwrap(), before, "{place}: nothing to do, and something changed");
        return;
    }
    let now = snapshot.get(&collection, &[id("x")]).unwrap();
    let now = now[0].as_ref().map(|stored| (stored.rev, stored.document.text()));
    assert_eq!(now, puts.then_some((committed.seq, r#"{"_id":"x","v":3}"#)), "{place}");
}

pub(super) fn a_commit_takes_the_next_number(fixture: &mut Fixture) {
    let store = fixture.store();
    assert_eq!(store.snapshot(&main_db()).unwrap().seq(), 0);
    for seq in 1..=50 {
        let own = format!("{}", seq % 7);
        let committed = commit(store, vec![put_value("c", &own, seq, Expect::Any)]).unwrap();
        assert_eq!((committed.seq, store.snapshot(&main_db()).unwrap().seq()), (seq, seq));
        assert_eq!(committed.previous, [seq.checked_sub(7).filter(|before| *before > 0)]);
        let refused = commit(store, vec![put_value("c", &own, 0, Expect::Absent)]).unwrap_err();
        assert_eq!(refused.code(), Code::DocumentExists);
    }
}

pub(super) fn a_batch_with_nothing_to_do_takes_no_number(fixture: &mut Fixture) {
    let store = fixture.store();
    let nothing = || {
        [
            vec![],
            vec![delete("c", "y", Expect::Any)],
            vec![
                delete("none", "x", Expect::Any),
                delete("c", "y", Expect::Absent),
                delete("c", "y", Expect::Any),
            ],
        ]
    };
    for (seq, written) in [(0, None), (1, Some(put_value("c", "x", 1, Expect::Absent)))] {
        if let Some(operation) = written {
            commit(store, vec![operation]).unwrap();
        }
        for operations in nothing() {
            let count = operations.len();
            let committed = commit(store, operations).unwrap();
            assert_eq!((committed.seq, committed.previous), (seq, vec![None; count]));
            assert_eq!(store.snapshot(&main_db()).unwrap().seq(), seq);
        }
    }
    assert_eq!(dump_now(store).unwrap(), ["c:", r#"{"_id":"x","v":1,"_rev":1}"#]);
}

pub(super) fn the_next_snapshot_sees_the_write(fixture: &mut Fixture) {
    let store = fixture.store();
    for n in 0..200 {
        let own = format!("{}", n % 5);
        let expect = if n < 5 { Expect::Absent } else { Expect::Present };
        let committed = commit(store, vec![put_value("c", &own, n, expect)]).unwrap();
        let snapshot = store.snapshot(&main_db()).unwrap();
        let found = snapshot.get(&name("c"), &[id(&own)]).unwrap()[0].clone().unwrap();
        assert_eq!(found.rev, committed.seq);
        assert_eq!(found.document.text(), format!("{{\"_id\":\"{own}\",\"v\":{n}}}"));
        if n % 40 == 39 {
            store.checkpoint(&main_db()).unwrap();
        }
    }
}
