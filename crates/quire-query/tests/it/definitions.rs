//! Databases, collections and figures.

use crate::support::{code, failure, name, pointers, session};
use quire_model::Code;

#[test]
fn collections_are_made_listed_and_removed() {
    let session = session();
    assert_eq!(session.create_collection("b").unwrap().seq, 1);
    session.insert("a", b"{}").unwrap();
    let seen = session.collections().unwrap();
    assert_eq!((seen.seq, seen.value), (2, vec![name("a"), name("b")]));
    assert_eq!(session.count("b", None).unwrap().value, 0);
    let error = failure(session.create_collection("a"));
    assert_eq!((error.code(), pointers(&error).len()), (Code::CollectionExists, 0));
    assert_eq!(session.drop_collection("a").unwrap().seq, 3);
    assert_eq!(code(session.count("a", None)), Code::CollectionNotFound);
    assert_eq!(code(session.drop_collection("a")), Code::CollectionNotFound);
    for bad in ["", "_a", "a b"] {
        assert_eq!(code(session.create_collection(bad)), Code::InvalidName);
        assert_eq!(code(session.drop_collection(bad)), Code::InvalidName);
    }
    let elsewhere = session.with_database(name("other"));
    assert_eq!(code(elsewhere.collections()), Code::DatabaseNotFound);
    assert_eq!(code(elsewhere.create_collection("a")), Code::DatabaseNotFound);
    assert_eq!(code(elsewhere.drop_collection("a")), Code::DatabaseNotFound);
}

#[test]
fn a_misspelt_collection_is_not_dropped_and_hinted_at() {
    let session = session();
    session.create_collection("orders").unwrap();
    assert!(failure(session.drop_collection("order")).detail().ends_with("did you mean orders?"));
}

#[test]
fn databases_are_made_listed_and_removed() {
    let session = session();
    session.create_database("tenant").unwrap();
    assert_eq!(session.databases().unwrap(), [name("main"), name("tenant")]);
    assert_eq!(code(session.create_database("tenant")), Code::DatabaseExists);
    assert_eq!(code(session.create_database("_t")), Code::InvalidName);
    let tenant = session.with_database(name("tenant"));
    tenant.insert("c", b"{}").unwrap();
    assert_eq!(code(session.count("c", None)), Code::CollectionNotFound);
    session.drop_database("tenant").unwrap();
    assert_eq!(code(session.drop_database("tenant")), Code::DatabaseNotFound);
    assert_eq!(code(session.drop_database("main")), Code::InvalidName);
    assert_eq!(code(session.drop_database("a b")), Code::InvalidName);
    assert_eq!(code(tenant.count("c", None)), Code::DatabaseNotFound);
}

#[test]
fn figures_follow_what_is_done() {
    let session = session();
    session.create_database("tenant").unwrap();
    session.insert("c", b"{}").unwrap();
    session.insert("c", b"{}").unwrap();
    assert_eq!(session.checkpoint().unwrap().seq, 2);
    session.insert("d", b"{}").unwrap();
    let all = session.statistics().unwrap();
    assert_eq!(all.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["main", "tenant"]);
    let documents: Vec<u64> = all[0].collections.iter().map(|c| c.documents).collect();
    assert_eq!((all[0].seq, all[0].checkpoint_seq, documents), (3, 2, vec![2, 1]));
    assert_eq!(code(session.with_database(name("none")).checkpoint()), Code::DatabaseNotFound);
}
