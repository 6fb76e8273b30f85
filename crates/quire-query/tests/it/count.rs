//! Counting.

use crate::support::{code, failure, fill, insert_all, pointers, session, session_on};
use quire_model::{Code, Filter, Row, Stored, Support};
use quire_query::Limits;
use quire_testkit::{ModelStore, documents};
use std::sync::Arc;

const FILTERS: [&str; 9] = [
    "{}",
    r#"{"group":{"$gte":3}}"#,
    r#"{"group":null}"#,
    r#"{"group":{"$exists":false}}"#,
    r#"{"tags":{"$size":2}}"#,
    r#"{"_id":{"$gt":"000002"}}"#,
    r#"{"_rev":{"$lt":20}}"#,
    r#"{"$or":[{"name":{"$type":"string"}},{"n":{"$gt":1}}]}"#,
    r#"{"a":{"$ne":null},"group":{"$in":[0,1,2]}}"#,
];

/// Whatever a store does with a filter, the answers are those of the one evaluator.
#[test]
fn trap_15_answers_do_not_depend_on_push_down() {
    let documents = documents(3, 400);
    for support in [Support::Exact, Support::Inexact, Support::None] {
        let store = Arc::new(ModelStore::with_support(support));
        fill(&*store, "c", &documents);
        let session = session_on(store, Limits::default());
        for filter in FILTERS {
            let parsed = Filter::parse(filter).unwrap();
            let stored = |(n, document): (usize, &quire_model::Document)| Stored {
                document: document.clone(),
                rev: n as u64 / 7 + 1,
            };
            let all = documents.iter().enumerate().map(stored);
            let expected: Vec<String> =
                all.filter(|s| parsed.matches(Row::from(s))).map(|s| s.text_with_rev()).collect();
            assert!(!expected.is_empty(), "{filter} finds something");
            assert_eq!(session.count("c", Some(filter)).unwrap().value, expected.len() as u64, "{filter}");
            let query = crate::support::find("c", filter, "", "");
            let pages = crate::support::pages(&session, &query, 13);
            assert_eq!(pages.into_iter().flat_map(|p| p.documents).collect::<Vec<_>>(), expected, "{filter}");
            let streamed = session.stream(&query).unwrap().value.collect::<Result<Vec<_>, _>>().unwrap();
            assert_eq!(streamed, expected, "{filter}");
        }
    }
}

#[test]
fn counting_what_cannot_be_counted() {
    let session = session();
    insert_all(&session, "users", &["{}", "{}"]);
    assert_eq!(session.count("users", None).unwrap().value, 2);
    assert!(failure(session.count("user", None)).detail().contains("did you mean users?"));
    assert_eq!(code(session.count("a b", None)), Code::InvalidName);
    assert_eq!(
        code(session.with_database(crate::support::name("x")).count("users", None)),
        Code::DatabaseNotFound
    );
    let error = failure(session.count("users", Some(r#"{"a":{"$gtt":1}}"#)));
    assert_eq!((error.code(), pointers(&error)), (Code::InvalidFilter, vec!["/filter/a/$gtt"]));
    let error = failure(session.count("users", Some("{")));
    assert_eq!((error.code(), pointers(&error)), (Code::InvalidFilter, vec!["/filter"]));
}
