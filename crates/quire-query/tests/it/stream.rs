//! Streams.

use crate::support::{code, find, ids, insert, session};
use quire_model::Code;
use quire_query::{Find, Session};

fn filled(count: usize) -> Session {
    let session = session();
    let changes = (0..count).map(|n| insert("c", &format!(r#"{{"_id":"{n:05}","n":{}}}"#, n % 10))).collect();
    session.batch(changes).unwrap();
    session
}

#[test]
fn a_stream_has_everything_and_its_limit_no_maximum() {
    let session = filled(12_000);
    let count = |limit| {
        let query = Find { limit, ..Find::all("c") };
        session.stream(&query).unwrap().value.map(Result::unwrap).count()
    };
    assert_eq!(count(None), 12_000);
    assert_eq!(count(Some(11_000)), 11_000);
    assert_eq!(count(Some(3)), 3);
    assert_eq!(count(Some(usize::MAX)), 12_000);
    let query = Find { limit: Some(3), ..find("c", r#"{"n":{"$lt":5}}"#, "-n", "n") };
    let top: Vec<String> = session.stream(&query).unwrap().value.map(Result::unwrap).collect();
    assert_eq!(ids(&top), ["00004", "00014", "00024"]);
    assert_eq!(top[0], r#"{"_id":"00004","n":4,"_rev":1}"#);
}

/// What is written while a stream is read is not in it.
#[test]
fn a_stream_is_of_one_moment() {
    for sort in ["", "-n"] {
        let session = filled(100);
        let seen = session.stream(&find("c", "", sort, "")).unwrap();
        assert_eq!(seen.seq, 1);
        session.insert("c", br#"{"_id":"99999","n":5}"#).unwrap();
        session.delete("c", "00050", None).unwrap();
        session.drop_collection("c").unwrap();
        assert_eq!(seen.value.count(), 100, "{sort}");
    }
}

#[test]
fn a_stream_that_cannot_begin_says_why() {
    let session = filled(1);
    assert_eq!(code(session.stream(&Find::all("cc"))), Code::CollectionNotFound);
    assert_eq!(code(session.stream(&find("c", "{\"$x\":1}", "", ""))), Code::InvalidFilter);
    assert_eq!(code(session.stream(&Find { limit: Some(0), ..Find::all("c") })), Code::InvalidRequest);
    assert_eq!(code(session.stream(&Find::all("1"))), Code::InvalidName);
    assert_eq!(
        code(session.with_database(crate::support::name("x")).stream(&Find::all("c"))),
        Code::DatabaseNotFound
    );
}
