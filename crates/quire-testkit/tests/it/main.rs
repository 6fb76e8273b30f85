//! The model store keeps the contract that other stores are compared with it by.

#![allow(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod lying;
mod notices;
mod scripts;
mod suite;

use quire_model::{
    Code, Committed, DocId, Document, Expect, Filter, Name, Operation, Result, Scan, Seq, Snapshot, Store,
    Support, WriteBatch,
};
use quire_testkit::{ModelStore, documents};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn id(text: &str) -> DocId {
    DocId::new(text).unwrap()
}

fn put(collection: &str, own: &str, expect: Expect) -> Operation {
    let document = Document::from_checked(id(own), format!("{{\"_id\":\"{own}\"}}"));
    Operation::Put { collection: name(collection), document, expect }
}

fn delete(collection: &str, own: &str, expect: Expect) -> Operation {
    Operation::Delete { collection: name(collection), id: id(own), expect }
}

fn create(collection: &str) -> Operation {
    Operation::CreateCollection { collection: name(collection) }
}

fn drop_collection(collection: &str) -> Operation {
    Operation::DropCollection { collection: name(collection) }
}

fn commit(store: &ModelStore, operations: Vec<Operation>) -> Result<Committed> {
    store.commit(&name("main"), WriteBatch { operations })
}

/// Every document as `collection/id@rev`.
fn state(snapshot: &dyn Snapshot) -> Vec<String> {
    let mut all = Vec::new();
    for collection in snapshot.collections().unwrap() {
        all.push(format!("{collection}/"));
        let mut rows = snapshot.scan(Scan::all(collection.clone())).unwrap();
        while let Some(batch) = rows.next_batch().unwrap() {
            assert!(!batch.is_empty());
            all.extend(
                batch.iter().map(|stored| format!("{collection}/{}@{}", stored.document.id(), stored.rev)),
            );
        }
    }
    all
}

fn now(store: &ModelStore) -> Vec<String> {
    state(&*store.snapshot(&name("main")).unwrap())
}

#[test]
fn expectations_are_checked_and_a_refused_batch_leaves_nothing() {
    let store = ModelStore::new();
    commit(&store, vec![put("c", "x", Expect::Absent)]).unwrap();
    for (operation, code) in [
        (put("c", "x", Expect::Absent), Code::DocumentExists),
        (put("c", "y", Expect::Present), Code::DocumentNotFound),
        (put("c", "y", Expect::Revision(1)), Code::DocumentNotFound),
        (put("c", "x", Expect::Revision(2)), Code::RevisionMismatch),
        (delete("c", "y", Expect::Present), Code::DocumentNotFound),
        (delete("d", "x", Expect::Present), Code::DocumentNotFound),
        (delete("c", "x", Expect::Absent), Code::DocumentExists),
        (create("c"), Code::CollectionExists),
        (drop_collection("d"), Code::CollectionNotFound),
    ] {
        let before = vec![put("c", "new", Expect::Any), delete("c", "new", Expect::Present), create("new")];
        let error = commit(&store, [before, vec![operation.clone()]].concat()).unwrap_err();
        assert_eq!(error.code(), code, "{operation:?}");
        assert_eq!(error.parts()[0].pointer, "/operations/3", "{operation:?}");
        assert_eq!(now(&store), ["c/", "c/x@1"]);
    }
}

#[test]
fn operations_see_the_ones_before_them() {
    let store = ModelStore::new();
    commit(&store, vec![put("c", "x", Expect::Any)]).unwrap();
    let committed = commit(
        &store,
        vec![
            put("c", "x", Expect::Revision(1)),
            put("c", "x", Expect::Present),
            delete("c", "x", Expect::Revision(2)),
            put("c", "x", Expect::Absent),
            put("d", "y", Expect::Any),
            drop_collection("c"),
            put("c", "x", Expect::Absent),
            put("c", "z", Expect::Any),
            drop_collection("d"),
            create("d"),
        ],
    )
    .unwrap();
    let previous = [Some(1), Some(2), Some(2), None, None, None, None, None, None, None];
    assert_eq!((committed.seq, committed.previous), (2, previous.to_vec()));
    assert_eq!(now(&store), ["c/", "c/x@2", "c/z@2", "d/"]);
}

#[test]
fn a_batch_with_nothing_to_do_takes_no_number() {
    let store = ModelStore::new();
    commit(&store, vec![put("c", "x", Expect::Any)]).unwrap();
    for nothing in [vec![], vec![delete("c", "y", Expect::Any), delete("d", "x", Expect::Absent)]] {
        let count = nothing.len();
        let committed = commit(&store, nothing).unwrap();
        assert_eq!((committed.seq, committed.previous), (1, vec![None; count]));
    }
    assert_eq!(now(&store), ["c/", "c/x@1"]);
}

#[test]
fn a_snapshot_never_changes() {
    let store = ModelStore::new();
    let mut seen: Vec<(std::sync::Arc<dyn Snapshot>, Seq, Vec<String>)> = Vec::new();
    for operation in [
        put("c", "x", Expect::Any),
        put("c", "y", Expect::Any),
        put("c", "x", Expect::Any),
        delete("c", "y", Expect::Any),
        drop_collection("c"),
        put("c", "y", Expect::Any),
        create("d"),
    ] {
        let committed = commit(&store, vec![operation]).unwrap();
        let snapshot = store.snapshot(&name("main")).unwrap();
        let state = state(&*snapshot);
        seen.push((snapshot, committed.seq, state));
        for (snapshot, seq, before) in &seen {
            assert_eq!((snapshot.seq(), &self::state(&**snapshot)), (*seq, before));
        }
    }
    let found = seen[2].0.get(&name("c"), &[id("y"), id("z"), id("x")]).unwrap();
    let revisions: Vec<Option<Seq>> = found.iter().map(|stored| stored.as_ref().map(|s| s.rev)).collect();
    assert_eq!(revisions, [Some(2), None, Some(3)]);
    let missing = seen[0].0.get(&name("d"), &[id("x")]).unwrap_err();
    assert_eq!(missing.code(), Code::CollectionNotFound);
    assert_eq!(seen[0].0.scan(Scan::all(name("d"))).err().unwrap().code(), Code::CollectionNotFound);
}

#[test]
fn a_scan_keeps_to_filter_start_and_limit_as_it_says() {
    let filter = Filter::parse(r#"{"group":2}"#).unwrap();
    for support in [Support::Exact, Support::Inexact, Support::None] {
        let store = ModelStore::with_support(support);
        for document in documents(1, 100) {
            let put = Operation::Put { collection: name("c"), document, expect: Expect::Any };
            commit(&store, vec![put]).unwrap();
        }
        let snapshot = store.snapshot(&name("main")).unwrap();
        assert_eq!(snapshot.support(&filter), support);
        let scan = Scan { filter: filter.clone(), after: Some(id("00000050")), ..Scan::all(name("c")) };
        let count = |limit| {
            let mut rows = snapshot.scan(Scan { limit, ..scan.clone() }).unwrap();
            let mut count = 0;
            while let Some(batch) = rows.next_batch().unwrap() {
                assert!(batch.iter().all(|stored| *stored.document.id() > id("00000050")));
                count += batch.len();
            }
            count
        };
        let exact = count(None);
        match support {
            Support::Exact => assert_eq!((exact > 3, exact < 20, count(Some(3))), (true, true, 3)),
            _ => assert!(exact > 20 && count(Some(3)) == exact),
        }
    }
}

#[test]
fn databases_are_apart_and_the_default_one_stays() {
    let store = ModelStore::new();
    let code = |result: Result<()>| result.unwrap_err().code();
    store.create_database(&name("a")).unwrap();
    assert_eq!(code(store.create_database(&name("a"))), Code::DatabaseExists);
    assert_eq!(store.databases().unwrap(), [name("a"), name("main")]);
    commit(&store, vec![put("c", "x", Expect::Any)]).unwrap();
    assert_eq!(store.statistics(&name("a")).unwrap().seq, 0);
    assert_eq!(store.statistics(&name("main")).unwrap().collections[0].documents, 1);
    assert_eq!(store.checkpoint(&name("main")).unwrap().seq, 1);
    store.drop_database(&name("a")).unwrap();
    assert_eq!(code(store.drop_database(&name("a"))), Code::DatabaseNotFound);
    assert_eq!(code(store.drop_database(&name("main"))), Code::InvalidName);
    assert_eq!(code(store.snapshot(&name("a")).map(drop)), Code::DatabaseNotFound);
    assert_eq!(code(store.commit(&name("a"), WriteBatch::default()).map(drop)), Code::DatabaseNotFound);
}
