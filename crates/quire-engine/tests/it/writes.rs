//! What a commit promises: expectations, atomicity, limits, snapshots.

use crate::support::*;
use quire_engine::{EngineStore, SimDisk};
use quire_model::{Code, Expect, Operation, Store};

fn store() -> EngineStore {
    open(&SimDisk::default(), options()).unwrap()
}

#[test]
fn expectations_are_checked_against_the_newest_state() {
    let store = store();
    let code = |operation| commit(&store, vec![operation]).unwrap_err().code();
    let first = commit(&store, vec![put("c", "a", "1", Expect::Absent)]).unwrap();
    assert_eq!(code(put("c", "a", "2", Expect::Absent)), Code::DocumentExists);
    assert_eq!(code(put("c", "b", "2", Expect::Present)), Code::DocumentNotFound);
    assert_eq!(code(put("c", "a", "2", Expect::Revision(first + 1))), Code::RevisionMismatch);
    assert_eq!(code(delete("c", "b", Expect::Present)), Code::DocumentNotFound);
    let second = commit(&store, vec![put("c", "a", "2", Expect::Revision(first))]).unwrap();
    assert_eq!(code(delete("c", "a", Expect::Revision(first))), Code::RevisionMismatch);
    commit(&store, vec![delete("c", "a", Expect::Revision(second))]).unwrap();
    assert_eq!(code(put("c", "a", "3", Expect::Revision(second))), Code::DocumentNotFound);
    commit(&store, vec![put("c", "a", "3", Expect::Absent)]).unwrap();
    assert_eq!(dump(&store).unwrap(), "c {\"_id\":\"a\",\"v\":3,\"_rev\":4}\n");
}

#[test]
fn trap_19_a_batch_with_one_refused_operation_leaves_nothing() {
    let store = store();
    let before = commit(&store, vec![put("c", "a", "1", Expect::Any)]).unwrap();
    let error = commit(
        &store,
        vec![
            put("new", "x", "1", Expect::Absent),
            put("c", "b", "1", Expect::Any),
            put("c", "a", "2", Expect::Absent),
        ],
    )
    .unwrap_err();
    assert_eq!((error.code(), error.parts()[0].pointer.as_str()), (Code::DocumentExists, "/operations/2"));
    assert_eq!(dump(&store).unwrap(), "c {\"_id\":\"a\",\"v\":1,\"_rev\":1}\n");
    let snapshot = store.snapshot(&main_db()).unwrap();
    assert_eq!((snapshot.seq(), snapshot.collections().unwrap().len()), (before, 1));
}

#[test]
fn later_operations_of_a_batch_see_the_earlier_ones() {
    let store = store();
    let operations = vec![
        put("c", "a", "1", Expect::Absent),
        put("c", "a", "2", Expect::Present),
        delete("c", "a", Expect::Present),
        put("c", "a", "3", Expect::Absent),
        put("c", "b", "1", Expect::Absent),
        delete("c", "b", Expect::Present),
    ];
    commit(&store, operations).unwrap();
    assert_eq!(dump(&store).unwrap(), "c {\"_id\":\"a\",\"v\":3,\"_rev\":1}\n");
    assert_eq!(store.statistics(&main_db()).unwrap().collections[0].documents, 1);
}

#[test]
fn collections_are_made_dropped_and_made_again() {
    let store = store();
    let create = || Operation::CreateCollection { collection: name("c") };
    let drop = || Operation::DropCollection { collection: name("c") };
    commit(&store, vec![create()]).unwrap();
    assert_eq!(commit(&store, vec![create()]).unwrap_err().code(), Code::CollectionExists);
    commit(&store, vec![put("c", "a", "1", Expect::Absent)]).unwrap();
    let before = store.snapshot(&main_db()).unwrap();
    commit(&store, vec![drop()]).unwrap();
    assert_eq!(commit(&store, vec![drop()]).unwrap_err().code(), Code::CollectionNotFound);
    assert_eq!(
        commit(&store, vec![delete("c", "a", Expect::Present)]).unwrap_err().code(),
        Code::DocumentNotFound
    );
    commit(&store, vec![put("c", "a", "2", Expect::Absent)]).unwrap();
    assert_eq!(dump(&store).unwrap(), "c {\"_id\":\"a\",\"v\":2,\"_rev\":4}\n");
    assert_eq!(all(&*before, "c").unwrap()[0].document.text(), r#"{"_id":"a","v":1}"#);
}

#[test]
fn a_batch_with_nothing_to_do_takes_no_number() {
    let store = store();
    commit(&store, vec![put("c", "a", "1", Expect::Any)]).unwrap();
    assert_eq!(commit(&store, vec![delete("c", "b", Expect::Any)]).unwrap(), 1);
    assert_eq!(commit(&store, vec![delete("none", "b", Expect::Any)]).unwrap(), 1);
    assert_eq!(commit(&store, vec![]).unwrap(), 1);
}

#[test]
fn a_snapshot_never_changes_while_flushes_and_merges_go_on() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    let mut kept = Vec::new();
    for round in 0..12 {
        for n in 0..20 {
            let expect = Expect::Any;
            let operation = if (n + round) % 7 == 0 {
                delete("c", &format!("{n}"), expect)
            } else {
                put("c", &format!("{n}"), &round.to_string(), expect)
            };
            commit(&store, vec![operation]).unwrap();
        }
        let snapshot = store.snapshot(&main_db()).unwrap();
        let seen = all(&*snapshot, "c").unwrap();
        kept.push((snapshot, seen));
        store.checkpoint(&main_db()).unwrap();
    }
    for (snapshot, seen) in kept {
        assert_eq!(all(&*snapshot, "c").unwrap(), seen);
    }
    store.checkpoint(&main_db()).unwrap();
    assert!(files(&disk, ".seg").len() <= 3, "segments are merged");
}

#[test]
fn a_commit_over_the_limit_is_refused_before_the_log() {
    let store = store();
    let body = format!("\"{}\"", "x".repeat(15 << 20));
    let operations = (0..18).map(|n| put("c", &n.to_string(), &body, Expect::Any)).collect();
    assert_eq!(commit(&store, operations).unwrap_err().code(), Code::TooLarge);
    assert_eq!(store.statistics(&main_db()).unwrap().log_bytes, 0);
}

#[test]
fn trap_4_a_document_larger_than_a_log_file_goes_the_same_way() {
    let disk = SimDisk::default();
    let options = quire_engine::Options { log_bytes_max: 64 << 10, ..options() };
    let store = open(&disk, options.clone()).unwrap();
    for size in [10, 4 << 10, 60 << 10, 64 << 10, 70 << 10, 1 << 20] {
        commit(
            &store,
            vec![put("c", &size.to_string(), &format!("\"{}\"", "x".repeat(size)), Expect::Absent)],
        )
        .unwrap();
    }
    let before = dump(&store).unwrap();
    assert_eq!(dump(&open(&disk.crash(), options).unwrap()).unwrap(), before);
}

#[test]
fn databases_do_not_see_each_other() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    store.create_database(&name("other")).unwrap();
    assert_eq!(store.create_database(&name("other")).unwrap_err().code(), Code::DatabaseExists);
    commit(&store, vec![put("c", "a", "1", Expect::Absent)]).unwrap();
    assert!(store.snapshot(&name("other")).unwrap().collections().unwrap().is_empty());
    let store = open(&disk.crash(), options()).unwrap();
    assert_eq!(store.databases().unwrap(), [main_db(), name("other")]);
    store.drop_database(&name("other")).unwrap();
    assert_eq!(store.drop_database(&name("other")).unwrap_err().code(), Code::DatabaseNotFound);
    assert_eq!(store.drop_database(&main_db()).unwrap_err().code(), Code::InvalidName);
    assert_eq!(store.snapshot(&name("other")).err().unwrap().code(), Code::DatabaseNotFound);
}

#[test]
fn a_scan_that_finds_nothing_comes_back_now_and_then() {
    use quire_model::{Filter, Scan};
    let store = store();
    for batch in 0..20 {
        let operations = (0..1000).map(|n| put("c", &format!("{batch}-{n}"), "1", Expect::Any)).collect();
        commit(&store, operations).unwrap();
    }
    let scan = Scan { filter: Filter::parse(r#"{"v":2}"#).unwrap(), ..Scan::all(name("c")) };
    let mut rows = store.snapshot(&main_db()).unwrap().scan(scan).unwrap();
    let mut pulls = 0;
    while let Some(batch) = rows.next_batch().unwrap() {
        assert!(batch.is_empty());
        pulls += 1;
    }
    assert_eq!(pulls, 2, "twenty thousand documents, 8192 at a time");
}

#[test]
fn trap_3_a_commit_costs_the_same_in_a_large_database() {
    let disk = SimDisk::default();
    // One log file that is never left, so that none is made while it is measured.
    let store = open(&disk, quire_engine::Options { log_bytes_first: 16 << 20, ..options() }).unwrap();
    let cost = |from: usize| {
        let before = (disk.syncs(), disk.written_bytes());
        for n in from..from + 100 {
            commit(&store, vec![put("c", &format!("{n:06}"), "1", Expect::Absent)]).unwrap();
        }
        (disk.syncs() - before.0, disk.written_bytes() - before.1)
    };
    commit_many(&store, 0, 1000);
    let small = cost(1000);
    commit_many(&store, 2000, 50_000);
    assert_eq!(cost(60_000), small, "syncs and bytes of a hundred inserts");
}

fn commit_many(store: &EngineStore, from: usize, count: usize) {
    for start in (from..from + count).step_by(1000) {
        let operations =
            (start..start + 1000).map(|n| put("c", &format!("{n:06}"), "1", Expect::Absent)).collect();
        commit(store, operations).unwrap();
    }
}
