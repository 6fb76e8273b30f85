//! Restarts and power cuts: what was answered is there, and only that.

use crate::shorthand::*;
use crate::{Fixture, documents};
use quire_model::{Code, Expect, Operation, Scan, Store};

fn state(store: &dyn Store) -> (u64, u64, Vec<String>) {
    let snapshot = store.snapshot(&main_db()).unwrap();
    (snapshot.timeline(), snapshot.seq(), dump(&*snapshot).unwrap())
}

/// Opens the store again, by a restart and by a power cut, and compares.
#[track_caller]
fn survives(fixture: &mut Fixture) {
    let before = state(fixture.store());
    fixture.reopen();
    assert_eq!(state(fixture.store()), before, "after a restart");
    fixture.crash();
    assert_eq!(state(fixture.store()), before, "after a power cut");
}

pub(super) fn everything_answered_is_there_again(fixture: &mut Fixture) {
    survives(fixture);
    let put = |collection: &str| {
        let collection = name(collection);
        move |document| Operation::Put { collection: collection.clone(), document, expect: Expect::Any }
    };
    for (n, part) in documents(5, 240).chunks(30).enumerate() {
        let operations = part.iter().cloned().map(put(if n % 2 == 0 { "c" } else { "d" }));
        commit(fixture.store(), operations.collect()).unwrap();
        match n {
            3 => drop(fixture.store().checkpoint(&main_db()).unwrap()),
            5 => drop(commit(fixture.store(), vec![drop_collection("c"), create("e")]).unwrap()),
            _ => {}
        }
        survives(fixture);
    }
    fixture.store().checkpoint(&main_db()).unwrap();
    survives(fixture);
}

pub(super) fn what_was_removed_does_not_come_back(fixture: &mut Fixture) {
    for checkpoints in 0..8_u32 {
        let checkpoint = |fixture: &Fixture, n: u32| {
            if checkpoints & (1 << n) != 0 {
                fixture.store().checkpoint(&main_db()).unwrap();
            }
        };
        let all = ["x", "y", "z"].map(|own| put_value("c", own, 1, Expect::Absent)).to_vec();
        commit(fixture.store(), all).unwrap();
        commit(fixture.store(), vec![put_value("d", "x", 1, Expect::Absent)]).unwrap();
        checkpoint(fixture, 0);
        commit(fixture.store(), vec![delete("c", "x", Expect::Present), drop_collection("d")]).unwrap();
        survives(fixture);
        checkpoint(fixture, 1);
        commit(fixture.store(), vec![delete("c", "y", Expect::Present)]).unwrap();
        checkpoint(fixture, 2);
        survives(fixture);
        let store = fixture.store();
        let snapshot = store.snapshot(&main_db()).unwrap();
        let found = snapshot.get(&name("c"), &["x", "y", "z"].map(id)).unwrap();
        assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(snapshot.collections().unwrap(), [name("c")]);
        let gone = commit(store, vec![put_value("c", "x", 1, Expect::Present)]).unwrap_err();
        assert_eq!(gone.code(), Code::DocumentNotFound);
        commit(store, vec![drop_collection("c")]).unwrap();
    }
}

pub(super) fn a_removal_holds_over_older_and_larger_files(fixture: &mut Fixture) {
    const COUNT: usize = 300;
    let own = |n: usize| format!("{n:03}");
    let all = (0..COUNT).map(|n| put_value("c", &own(n), n, Expect::Absent)).collect();
    commit(fixture.store(), all).unwrap();
    fixture.store().checkpoint(&main_db()).unwrap();
    for round in 0..24 {
        // One document goes in each round, and small files gather over the large one.
        let operations = vec![
            delete("c", &own(round * 7), Expect::Present),
            put_value("c", &own(round * 7 + 1), "\"again\"", Expect::Present),
        ];
        commit(fixture.store(), operations).unwrap();
        fixture.store().checkpoint(&main_db()).unwrap();
        while fixture.step() {}
        let gone: Vec<_> = (0..=round).map(|n| id(&own(n * 7))).collect();
        let snapshot = fixture.store().snapshot(&main_db()).unwrap();
        assert!(snapshot.get(&name("c"), &gone).unwrap().iter().all(Option::is_none), "round {round}");
        assert_eq!(rows(&*snapshot, Scan::all(name("c"))).unwrap().len(), COUNT - round - 1);
        drop(snapshot);
        if round % 8 == 7 {
            survives(fixture);
        }
    }
}

pub(super) fn numbers_go_on_after_a_restart(fixture: &mut Fixture) {
    for round in 1..=12_u64 {
        let committed = commit(fixture.store(), vec![put_value("c", "x", round, Expect::Any)]).unwrap();
        assert_eq!(committed.seq, round);
        assert_eq!(committed.previous, [Some(round - 1).filter(|before| *before > 0)]);
        if round % 4 == 0 {
            fixture.store().checkpoint(&main_db()).unwrap();
        }
        if round % 2 == 0 {
            fixture.reopen()
        } else {
            fixture.crash()
        }
        let wrong = put_value("c", "x", 0, Expect::Revision(round + 1));
        assert_eq!(commit(fixture.store(), vec![wrong]).unwrap_err().code(), Code::RevisionMismatch);
    }
}

pub(super) fn twenty_lives_each_add_something(fixture: &mut Fixture) {
    for life in 0..20_usize {
        let before = dump_now(fixture.store()).unwrap();
        assert_eq!(before.len(), if life == 0 { 0 } else { life * 3 + 1 });
        let own = |n: usize| format!("{life:02}-{n}");
        let put = |n: usize| put_value("c", &own(n), life, Expect::Absent);
        commit(fixture.store(), (0..3).map(put).collect()).unwrap();
        if life % 6 == 5 {
            fixture.store().checkpoint(&main_db()).unwrap();
        }
        let whole = dump_now(fixture.store()).unwrap();
        if life % 3 == 2 {
            fixture.crash()
        } else {
            fixture.reopen()
        }
        assert_eq!(dump_now(fixture.store()).unwrap(), whole, "life {life}");
    }
}
