//! Many operations: all of them or none, in their order.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{Code, Expect, Operation, Store};

/// Operations that are refused on the state that [`prepare`] leaves, each with its code.
fn refused() -> Vec<(Operation, Code)> {
    vec![
        (put_value("c", "x", 9, Expect::Absent), Code::DocumentExists),
        (put_value("c", "gone", 9, Expect::Present), Code::DocumentNotFound),
        (put_value("c", "never", 9, Expect::Revision(1)), Code::DocumentNotFound),
        (put_value("c", "x", 9, Expect::Revision(2)), Code::RevisionMismatch),
        (put_value("none", "x", 9, Expect::Present), Code::DocumentNotFound),
        (delete("c", "x", Expect::Absent), Code::DocumentExists),
        (delete("c", "gone", Expect::Present), Code::DocumentNotFound),
        (delete("c", "x", Expect::Revision(99)), Code::RevisionMismatch),
        (delete("none", "x", Expect::Revision(1)), Code::DocumentNotFound),
        (create("c"), Code::CollectionExists),
        (drop_collection("none"), Code::CollectionNotFound),
    ]
}

fn prepare(store: &dyn Store) {
    commit(store, vec![put_value("c", "x", 1, Expect::Any)]).unwrap();
    commit(store, vec![put_value("c", "gone", 1, Expect::Any), put_value("d", "y", 1, Expect::Any)]).unwrap();
    commit(store, vec![delete("c", "gone", Expect::Any)]).unwrap();
}

pub(super) fn a_refused_batch_leaves_nothing(fixture: &mut Fixture) {
    let store = fixture.store();
    prepare(store);
    let before = dump_now(store).unwrap();
    let good = [
        put_value("c", "new", 1, Expect::Absent),
        put_value("new", "x", 1, Expect::Any),
        delete("c", "new", Expect::Present),
        drop_collection("d"),
        create("other"),
    ];
    for (operation, code) in refused() {
        for place in 0..=good.len() {
            let mut operations = good.to_vec();
            operations.insert(place, operation.clone());
            let error = commit(store, operations).unwrap_err();
            assert_eq!(error.code(), code, "{operation:?} at {place}");
            assert_eq!(error.parts()[0].pointer, format!("/operations/{place}"));
            let snapshot = store.snapshot(&main_db()).unwrap();
            assert_eq!((snapshot.seq(), dump(&*snapshot).unwrap()), (3, before.clone()));
        }
    }
    // The same batch with nothing to refuse it goes through whole.
    assert_eq!(commit(store, good.to_vec()).unwrap().seq, 4);
    let after = ["c:", r#"{"_id":"x","v":1,"_rev":1}"#, "new:", r#"{"_id":"x","v":1,"_rev":4}"#, "other:"];
    assert_eq!(dump_now(store).unwrap(), after);
}

pub(super) fn a_later_operation_sees_the_earlier_ones(fixture: &mut Fixture) {
    let store = fixture.store();
    commit(store, vec![put_value("c", "x", 1, Expect::Any)]).unwrap();
    let operations = vec![
        put_value("c", "x", 2, Expect::Revision(1)),
        // Within the batch the document already has the number that the batch will take.
        put_value("c", "x", 3, Expect::Revision(2)),
        delete("c", "x", Expect::Revision(2)),
        delete("c", "x", Expect::Any),
        put_value("c", "x", 4, Expect::Absent),
        put_value("c", "y", 1, Expect::Absent),
        delete("c", "y", Expect::Present),
        put_value("d", "z", 1, Expect::Absent),
        put_value("d", "z", 2, Expect::Present),
    ];
    let committed = commit(store, operations).unwrap();
    let previous = [Some(1), Some(2), Some(2), None, None, None, Some(2), None, Some(2)];
    assert_eq!((committed.seq, committed.previous.as_slice()), (2, &previous[..]));
    let after = ["c:", r#"{"_id":"x","v":4,"_rev":2}"#, "d:", r#"{"_id":"z","v":2,"_rev":2}"#];
    assert_eq!(dump_now(store).unwrap(), after);
}

pub(super) fn the_first_refusal_is_the_one_that_is_named(fixture: &mut Fixture) {
    let store = fixture.store();
    prepare(store);
    let refused = refused();
    for (first, code) in &refused {
        for (second, _) in &refused {
            let fine = put_value("c", "new", 1, Expect::Any);
            let error = commit(store, vec![fine, first.clone(), second.clone()]).unwrap_err();
            assert_eq!(error.code(), *code, "{first:?}, then {second:?}");
            let parts: Vec<_> = error.parts().iter().map(|p| (p.pointer.as_str(), p.code)).collect();
            assert_eq!(parts, [("/operations/1", *code)]);
        }
    }
}

pub(super) fn a_batch_over_many_collections_is_seen_whole(fixture: &mut Fixture) {
    let store = fixture.store();
    for round in 1..=20_u64 {
        let put = |n: u64| put_value(&format!("c{n:02}"), "x", round, Expect::Any);
        assert_eq!(commit(store, (0..30).map(put).collect()).unwrap().seq, round);
        let snapshot = store.snapshot(&main_db()).unwrap();
        for n in 0..30 {
            let found = snapshot.get(&name(&format!("c{n:02}")), &[id("x")]).unwrap();
            assert_eq!(found[0].as_ref().map(|stored| stored.rev), Some(round), "collection {n}");
        }
        // One operation that is refused takes back the thirty before it.
        let refused = (0..30).map(put).chain([put_value("c15", "x", 0, Expect::Absent)]).collect();
        assert_eq!(commit(store, refused).unwrap_err().code(), Code::DocumentExists);
    }
}
