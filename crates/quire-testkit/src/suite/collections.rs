//! Collections: made, dropped, made again, within one batch and over many.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{Code, Expect, Name};

pub(super) fn a_collection_is_made_and_dropped(fixture: &mut Fixture) {
    let store = fixture.store();
    assert_eq!(commit(store, vec![create("c")]).unwrap().previous, [None]);
    assert_eq!(dump_now(store).unwrap(), ["c:"]);
    assert_eq!(commit(store, vec![create("c")]).unwrap_err().code(), Code::CollectionExists);
    assert_eq!(commit(store, vec![put_value("c", "x", 1, Expect::Absent)]).unwrap().seq, 2);
    let dropped = commit(store, vec![drop_collection("c")]).unwrap();
    assert_eq!((dropped.seq, dropped.previous), (3, vec![None]));
    assert!(dump_now(store).unwrap().is_empty());
    assert_eq!(commit(store, vec![drop_collection("c")]).unwrap_err().code(), Code::CollectionNotFound);
    let absent = commit(store, vec![delete("c", "x", Expect::Present)]).unwrap_err();
    assert_eq!(absent.code(), Code::DocumentNotFound);
}

pub(super) fn a_collection_is_dropped_and_made_again_in_one_batch(fixture: &mut Fixture) {
    let store = fixture.store();
    commit(store, vec![put_value("c", "x", 1, Expect::Any), put_value("c", "y", 1, Expect::Any)]).unwrap();
    store.checkpoint(&main_db()).unwrap();
    let again = commit(
        store,
        vec![
            put_value("c", "z", 1, Expect::Absent),
            drop_collection("c"),
            delete("c", "x", Expect::Any),
            put_value("c", "x", 2, Expect::Absent),
            put_value("c", "x", 3, Expect::Present),
        ],
    )
    .unwrap();
    assert_eq!((again.seq, again.previous), (2, vec![None, None, None, None, Some(2)]));
    assert_eq!(dump_now(store).unwrap(), ["c:", r#"{"_id":"x","v":3,"_rev":2}"#]);
    commit(store, vec![drop_collection("c"), create("c"), drop_collection("c"), create("c")]).unwrap();
    assert_eq!(dump_now(store).unwrap(), ["c:"]);
    // Made and dropped in one batch: nothing is left, and the batch took a number all the same.
    let fleeting =
        commit(store, vec![create("d"), put_value("d", "x", 1, Expect::Any), drop_collection("d")]);
    assert_eq!(fleeting.unwrap().seq, 4);
    assert_eq!(dump_now(store).unwrap(), ["c:"]);
    let gone =
        commit(store, vec![drop_collection("c"), put_value("c", "x", 1, Expect::Present)]).unwrap_err();
    assert_eq!((gone.code(), gone.parts()[0].pointer.as_str()), (Code::DocumentNotFound, "/operations/1"));
    assert_eq!(dump_now(store).unwrap(), ["c:"]);
}

pub(super) fn a_collection_is_dropped_and_made_again_over_commits(fixture: &mut Fixture) {
    let store = fixture.store();
    for round in 0..12_u64 {
        let all: Vec<_> = (0..9).map(|n| put_value("c", &n.to_string(), round, Expect::Absent)).collect();
        commit(store, all).unwrap();
        if round % 3 == 0 {
            store.checkpoint(&main_db()).unwrap();
        }
        commit(store, vec![drop_collection("c")]).unwrap();
        if round % 4 == 0 {
            store.checkpoint(&main_db()).unwrap();
        }
        let made = commit(store, vec![put_value("c", "only", round, Expect::Absent)]).unwrap();
        let only = format!("{{\"_id\":\"only\",\"v\":{round},\"_rev\":{}}}", made.seq);
        assert_eq!(dump_now(store).unwrap(), ["c:".to_owned(), only]);
        commit(store, vec![delete("c", "only", Expect::Revision(made.seq))]).unwrap();
    }
}

pub(super) fn an_empty_collection_stays(fixture: &mut Fixture) {
    let store = fixture.store();
    commit(store, vec![create("a"), put_value("b", "x", 1, Expect::Any)]).unwrap();
    commit(store, vec![delete("b", "x", Expect::Present)]).unwrap();
    commit(store, vec![delete("c", "x", Expect::Any)]).unwrap();
    store.checkpoint(&main_db()).unwrap();
    assert_eq!(dump_now(store).unwrap(), ["a:", "b:"]);
    fixture.reopen();
    assert_eq!(dump_now(fixture.store()).unwrap(), ["a:", "b:"]);
    fixture.crash();
    let store = fixture.store();
    assert_eq!(dump_now(store).unwrap(), ["a:", "b:"]);
    assert_eq!(commit(store, vec![create("a")]).unwrap_err().code(), Code::CollectionExists);
}

pub(super) fn many_collections_are_listed_in_order(fixture: &mut Fixture) {
    let long = "x".repeat(63);
    let mut names = vec!["_system", "A", "Z", "a-b", "a_b", "a", long.as_str()];
    let numbered: Vec<String> = (0..60).map(|n| format!("n{n}")).collect();
    names.extend(numbered.iter().map(String::as_str));
    for part in names.chunks(10) {
        let operations = part.iter().map(|n| put_value(n, "x", 1, Expect::Absent)).collect();
        commit(fixture.store(), operations).unwrap();
    }
    names.sort_unstable();
    for _ in 0..2 {
        let listed = fixture.store().snapshot(&main_db()).unwrap().collections().unwrap();
        assert_eq!(listed.iter().map(Name::as_str).collect::<Vec<_>>(), names);
        fixture.reopen();
    }
}
