//! Databases: apart from each other, made, dropped and made again.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{Code, Expect, Name, Operation, Store, WriteBatch};
use std::collections::BTreeSet;

fn commit_to(store: &dyn Store, database: &str, operations: Vec<Operation>) -> u64 {
    store.commit(&name(database), WriteBatch { operations }).unwrap().seq
}

fn dump_of(store: &dyn Store, database: &str) -> Vec<String> {
    dump(&*store.snapshot(&name(database)).unwrap()).unwrap()
}

fn listed(store: &dyn Store) -> Vec<String> {
    store.databases().unwrap().iter().map(|name| name.as_str().to_owned()).collect()
}

pub(super) fn databases_are_apart(fixture: &mut Fixture) {
    let store = fixture.store();
    assert_eq!(listed(store), ["main"]);
    for other in ["b", "a"] {
        store.create_database(&name(other)).unwrap();
        assert_eq!(store.create_database(&name(other)).unwrap_err().code(), Code::DatabaseExists);
    }
    assert_eq!(store.create_database(&main_db()).unwrap_err().code(), Code::DatabaseExists);
    assert_eq!(listed(store), ["a", "b", "main"]);
    for (n, database) in ["main", "a", "b", "a", "main", "a"].iter().enumerate() {
        commit_to(store, database, vec![put_value("c", "x", n, Expect::Any)]);
    }
    store.checkpoint(&name("a")).unwrap();
    let seen = |store: &dyn Store| ["main", "a", "b"].map(|database| dump_of(store, database)[1].clone());
    let wanted =
        [r#"{"_id":"x","v":4,"_rev":2}"#, r#"{"_id":"x","v":5,"_rev":3}"#, r#"{"_id":"x","v":2,"_rev":1}"#];
    assert_eq!(seen(store), wanted);
    assert_eq!(store.statistics(&name("b")).unwrap().name, name("b"));
    fixture.reopen();
    assert_eq!(seen(fixture.store()), wanted);
    fixture.store().drop_database(&name("a")).unwrap();
    assert_eq!(listed(fixture.store()), ["b", "main"]);
    fixture.crash();
    assert_eq!(listed(fixture.store()), ["b", "main"]);
}

pub(super) fn a_database_is_dropped_while_a_snapshot_is_open(fixture: &mut Fixture) {
    let store = fixture.store();
    store.create_database(&name("other")).unwrap();
    for part in 0..4 {
        let all = (0..50).map(|n| put_value("c", &format!("{n:02}"), part, Expect::Any)).collect();
        commit_to(store, "other", all);
        if part == 1 {
            store.checkpoint(&name("other")).unwrap();
        }
    }
    let snapshot = store.snapshot(&name("other")).unwrap();
    let seen = dump(&*snapshot).unwrap();
    store.drop_database(&name("other")).unwrap();
    assert_eq!(dump(&*snapshot).unwrap(), seen);
    assert_eq!(store.snapshot(&name("other")).err().unwrap().code(), Code::DatabaseNotFound);
    store.create_database(&name("other")).unwrap();
    commit_to(store, "other", vec![put_value("c", "00", 9, Expect::Absent)]);
    assert_eq!(dump(&*snapshot).unwrap(), seen);
    assert_eq!(dump_of(store, "other").len(), 2);
}

pub(super) fn a_database_made_again_is_another_one(fixture: &mut Fixture) {
    let mut timelines = BTreeSet::from([fixture.store().snapshot(&main_db()).unwrap().timeline()]);
    for round in 1..=4 {
        let store = fixture.store();
        store.create_database(&name("again")).unwrap();
        let empty = store.snapshot(&name("again")).unwrap();
        assert_eq!((empty.seq(), empty.collections().unwrap()), (0, Vec::<Name>::new()));
        assert!(timelines.insert(empty.timeline()), "round {round}: a timeline that was there before");
        assert_eq!(commit_to(store, "again", vec![put_value("c", "x", round, Expect::Absent)]), 1);
        let timeline = empty.timeline();
        drop(empty);
        fixture.reopen();
        let store = fixture.store();
        assert_eq!(store.snapshot(&name("again")).unwrap().timeline(), timeline, "a restart changes it");
        store.drop_database(&name("again")).unwrap();
        assert_eq!(store.drop_database(&name("again")).unwrap_err().code(), Code::DatabaseNotFound);
        if round % 2 == 0 {
            fixture.crash();
        }
    }
    assert_eq!(fixture.store().drop_database(&main_db()).unwrap_err().code(), Code::InvalidName);
    assert_eq!(listed(fixture.store()), ["main"]);
}

pub(super) fn many_databases_come_back(fixture: &mut Fixture) {
    for n in 0..24 {
        let database = format!("d{n:02}");
        fixture.store().create_database(&name(&database)).unwrap();
        for v in 0..=n % 3 {
            commit_to(fixture.store(), &database, vec![put_value("c", &database, v, Expect::Any)]);
        }
    }
    for n in (0..24).step_by(5) {
        fixture.store().drop_database(&name(&format!("d{n:02}"))).unwrap();
    }
    for _ in 0..2 {
        let store = fixture.store();
        assert_eq!(listed(store).len(), 20);
        for n in (0..24).filter(|n| n % 5 != 0) {
            let database = format!("d{n:02}");
            let own = format!("{{\"_id\":\"{database}\",\"v\":{},\"_rev\":{}}}", n % 3, n % 3 + 1);
            assert_eq!(dump_of(store, &database), ["c:".to_owned(), own]);
        }
        fixture.crash();
    }
}
