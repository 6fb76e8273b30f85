//! Snapshots: a fixed point in time, whatever comes later.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{Code, Expect, Scan, Snapshot, Store};
use std::sync::Arc;

/// A snapshot with everything that it showed when it was taken.
struct Held {
    snapshot: Arc<dyn Snapshot>,
    seq: u64,
    seen: Vec<String>,
}

fn hold(store: &dyn Store) -> Held {
    let snapshot = store.snapshot(&main_db()).unwrap();
    let (seq, seen) = (snapshot.seq(), dump(&*snapshot).unwrap());
    Held { snapshot, seq, seen }
}

#[track_caller]
fn unchanged(held: &[Held]) {
    for Held { snapshot, seq, seen } in held {
        assert_eq!(snapshot.seq(), *seq);
        assert_eq!(&dump(&**snapshot).unwrap(), seen, "the snapshot at {seq}");
    }
}

pub(super) fn a_snapshot_never_changes(fixture: &mut Fixture) {
    let store = fixture.store();
    let mut held = vec![hold(store)];
    let rounds = [
        vec![put_value("c", "x", 1, Expect::Any)],
        vec![put_value("c", "y", 1, Expect::Any), put_value("d", "x", 1, Expect::Any)],
        vec![put_value("c", "x", 2, Expect::Any)],
        vec![delete("c", "y", Expect::Any)],
        vec![put_value("c", "y", 3, Expect::Any), put_value("c", "y", 4, Expect::Any)],
        vec![drop_collection("c")],
        vec![put_value("c", "y", 5, Expect::Any)],
        vec![drop_collection("c"), put_value("c", "x", 6, Expect::Any), drop_collection("d")],
        vec![create("e")],
    ];
    for operations in rounds {
        commit(store, operations).unwrap();
        held.push(hold(store));
        unchanged(&held);
        store.checkpoint(&main_db()).unwrap();
        unchanged(&held);
    }
    // Whoever goes takes nothing from those who stay.
    for _ in 0..5 {
        held.remove(held.len() / 2);
        commit(store, vec![put_value("c", "x", 7, Expect::Any)]).unwrap();
        store.checkpoint(&main_db()).unwrap();
        unchanged(&held);
    }
}

pub(super) fn a_snapshot_outlives_its_collection(fixture: &mut Fixture) {
    let store = fixture.store();
    let documents = (0..200).map(|n| put_value("c", &format!("{n:03}"), n, Expect::Absent)).collect();
    commit(store, documents).unwrap();
    store.checkpoint(&main_db()).unwrap();
    commit(store, vec![delete("c", "007", Expect::Present), put_value("c", "new", 1, Expect::Absent)])
        .unwrap();
    let held = [hold(store)];
    commit(store, vec![drop_collection("c")]).unwrap();
    for round in 0..6 {
        commit(fixture.store(), vec![put_value("c", "007", round, Expect::Any)]).unwrap();
        fixture.store().checkpoint(&main_db()).unwrap();
        while fixture.step() {}
        unchanged(&held);
    }
    let found = held[0].snapshot.get(&name("c"), &[id("007"), id("008")]).unwrap();
    assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    commit(fixture.store(), vec![drop_collection("c")]).unwrap();
    let now = fixture.store().snapshot(&main_db()).unwrap();
    assert_eq!(now.get(&name("c"), &[id("008")]).unwrap_err().code(), Code::CollectionNotFound);
}

pub(super) fn a_scan_that_began_is_not_disturbed(fixture: &mut Fixture) {
    let store = fixture.store();
    let all = |v: u64| (0..4000).map(move |n| put_value("c", &format!("{n:04}"), v, Expect::Any));
    commit(store, all(1).collect()).unwrap();
    store.checkpoint(&main_db()).unwrap();
    commit(store, all(2).step_by(3).collect()).unwrap();
    let snapshot = store.snapshot(&main_db()).unwrap();
    let whole = rows(&*snapshot, Scan::all(name("c"))).unwrap();
    let mut pull = snapshot.scan(Scan::all(name("c"))).unwrap();
    drop(snapshot);
    let mut pulled = Vec::new();
    let mut round = 0;
    while let Some(batch) = pull.next_batch().unwrap() {
        pulled.extend(batch);
        round += 1;
        if round > 8 {
            continue;
        }
        match round % 4 {
            0 => commit(fixture.store(), vec![drop_collection("c")]).map(drop).unwrap(),
            1 => commit(fixture.store(), all(3).step_by(2).collect()).map(drop).unwrap(),
            2 => fixture.store().checkpoint(&main_db()).map(drop).unwrap(),
            _ => drop(fixture.step()),
        }
        if round % 4 == 0 {
            commit(fixture.store(), all(4).take(10).collect()).unwrap();
        }
    }
    assert!(pulled == whole, "{} rows pulled, {} rows at once", pulled.len(), whole.len());
}

pub(super) fn every_commit_can_be_read_at_its_own_number(fixture: &mut Fixture) {
    let store = fixture.store();
    let mut held = Vec::new();
    for seq in 1..=60_u64 {
        let own = format!("{}", seq % 6);
        let operation = if seq % 5 == 0 {
            delete("c", &own, Expect::Any)
        } else {
            put_value("c", &own, seq, Expect::Any)
        };
        commit(store, vec![operation]).unwrap();
        held.push(hold(store));
        if seq % 13 == 0 {
            store.checkpoint(&main_db()).unwrap();
        }
    }
    unchanged(&held);
    let timeline = held[0].snapshot.timeline();
    assert!(held.iter().all(|held| held.snapshot.timeline() == timeline));
}
