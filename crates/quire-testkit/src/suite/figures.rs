//! Statistics and checkpoints: figures that follow what happens.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{Expect, Scan, Store};

/// Compares the counts with scans; answers them.
fn counts(store: &dyn Store) -> Vec<(String, u64)> {
    let statistics = store.statistics(&main_db()).unwrap();
    let snapshot = store.snapshot(&main_db()).unwrap();
    assert_eq!((statistics.seq, statistics.name), (snapshot.seq(), main_db()));
    assert!(statistics.checkpoint_seq <= statistics.seq && statistics.read_only.is_none());
    let listed: Vec<_> = statistics.collections.iter().map(|c| c.name.clone()).collect();
    assert_eq!(listed, snapshot.collections().unwrap());
    let count = |collection: &quire_model::CollectionStatistics| {
        let counted = rows(&*snapshot, Scan::all(collection.name.clone())).unwrap().len() as u64;
        assert_eq!(collection.documents, counted, "documents in {}", collection.name);
        (collection.name.as_str().to_owned(), counted)
    };
    statistics.collections.iter().map(count).collect()
}

pub(super) fn statistics_count_what_a_scan_finds(fixture: &mut Fixture) {
    let wanted = |c: u64, d: u64| vec![("c".to_owned(), c), ("d".to_owned(), d)];
    let store = fixture.store();
    assert!(counts(store).is_empty());
    let all = (0..30).map(|n| put_value("c", &format!("{n:02}"), n, Expect::Any)).collect();
    commit(store, all).unwrap();
    commit(store, vec![create("d")]).unwrap();
    assert_eq!(counts(store), wanted(30, 0));
    store.checkpoint(&main_db()).unwrap();
    // Replaced, replaced twice, removed, made and removed: each counts once or not at all.
    let mixed = vec![
        put_value("c", "00", 1, Expect::Present),
        put_value("c", "01", 1, Expect::Present),
        put_value("c", "01", 2, Expect::Present),
        delete("c", "02", Expect::Present),
        delete("c", "none", Expect::Any),
        put_value("d", "x", 1, Expect::Absent),
        delete("d", "x", Expect::Present),
        put_value("d", "y", 1, Expect::Absent),
    ];
    commit(store, mixed.clone()).unwrap();
    assert_eq!(counts(store), wanted(29, 1));
    commit(store, mixed).unwrap_err();
    assert_eq!(counts(store), wanted(29, 1));
    fixture.reopen();
    assert_eq!(counts(fixture.store()), wanted(29, 1));
    let again =
        vec![drop_collection("c"), put_value("c", "x", 1, Expect::Absent), delete("d", "y", Expect::Any)];
    commit(fixture.store(), again).unwrap();
    assert_eq!(counts(fixture.store()), wanted(1, 0));
    fixture.crash();
    assert_eq!(counts(fixture.store()), wanted(1, 0));
}

pub(super) fn a_checkpoint_reaches_the_newest_commit(fixture: &mut Fixture) {
    let store = fixture.store();
    assert_eq!(store.checkpoint(&main_db()).unwrap().seq, 0);
    for round in 1..=30_u64 {
        commit(store, vec![put_value("c", &format!("{}", round % 4), round, Expect::Any)]).unwrap();
        if round % 3 == 0 {
            assert_eq!(store.checkpoint(&main_db()).unwrap().seq, round);
            assert_eq!(store.checkpoint(&main_db()).unwrap().seq, round, "nothing new, and the same answer");
        }
        let checkpoint_seq = store.statistics(&main_db()).unwrap().checkpoint_seq;
        assert!((round - round % 3..=round).contains(&checkpoint_seq), "{checkpoint_seq} at {round}");
        counts(store);
    }
    fixture.reopen();
    assert_eq!(fixture.store().statistics(&main_db()).unwrap().checkpoint_seq, 30);
    fixture.crash();
    assert_eq!(fixture.store().statistics(&main_db()).unwrap().checkpoint_seq, 30);
}
