//! Cursors: what is accepted as one, and what is not.

use crate::support::{code, failure, find, ids, insert_all, name, pointers, session};
use quire_model::Code;
use quire_query::{Find, Session};

fn filled() -> Session {
    let session = session();
    insert_all(&session, "c", &[r#"{"_id":"a","n":2}"#, r#"{"_id":"b","n":1}"#, r#"{"_id":"c","n":1}"#]);
    insert_all(&session, "d", &[r#"{"_id":"a"}"#, r#"{"_id":"b"}"#]);
    session
}

fn cursor(session: &Session, query: &Find) -> String {
    session.find(&Find { limit: Some(1), ..query.clone() }).unwrap().value.cursor.unwrap()
}

#[test]
fn a_cursor_is_bound_to_its_query() {
    let session = filled();
    let query = find("c", r#"{"n":{"$gte":1}}"#, "n", "");
    let cursor = Some(cursor(&session, &query));
    session.create_database("other").unwrap();
    let other = session.with_database(name("other"));
    insert_all(&other, "c", &["{}"]);
    for foreign in [
        find("d", r#"{"n":{"$gte":1}}"#, "n", ""),
        find("c", r#"{"n":{"$gte":2}}"#, "n", ""),
        find("c", "", "n", ""),
        find("c", r#"{"n":{"$gte":1}}"#, "-n", ""),
        find("c", r#"{"n":{"$gte":1}}"#, "", ""),
        find("c", r#"{"n":{"$gte":1}}"#, "n,a", ""),
    ] {
        let error = failure(session.find(&Find { cursor: cursor.clone(), ..foreign.clone() }));
        assert_eq!((error.code(), pointers(&error)), (Code::InvalidCursor, vec!["/cursor"]), "{foreign:?}");
        assert_eq!(code(session.stream(&Find { cursor: cursor.clone(), ..foreign })), Code::InvalidCursor);
    }
    assert_eq!(code(other.find(&Find { cursor: cursor.clone(), ..query.clone() })), Code::InvalidCursor);
    let page = session.find(&Find { cursor, ..query }).unwrap().value;
    assert_eq!(ids(&page.documents), ["c", "a"]);
}

#[test]
fn spelling_fields_and_limit_may_change_between_pages() {
    let session = filled();
    let cursor = Some(cursor(&session, &find("c", r#"{"n":{"$gte":1}}"#, "-n", "")));
    let query = Find { cursor, limit: Some(2), ..find("c", " { \"n\" : {\"$gte\": 1} } ", "-n", "n") };
    let page = session.find(&query).unwrap().value;
    assert_eq!(page.documents, [r#"{"_id":"b","n":1,"_rev":2}"#, r#"{"_id":"c","n":1,"_rev":3}"#]);
}

#[test]
fn a_stream_goes_on_from_a_cursor() {
    let session = filled();
    for (sort, rest) in [("", ["b", "c"]), ("-n", ["b", "c"]), ("n", ["c", "a"])] {
        let query = find("c", "", sort, "");
        let query = Find { cursor: Some(cursor(&session, &query)), ..query };
        let streamed: Vec<String> = session.stream(&query).unwrap().value.map(Result::unwrap).collect();
        assert_eq!(ids(&streamed), rest, "{sort}");
    }
}

#[test]
fn what_is_no_cursor_is_refused() {
    use base64::Engine;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let session = filled();
    let query = find("c", "", "n", "");
    let good = cursor(&session, &query);
    assert!(good.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    let text = String::from_utf8(engine.decode(&good).unwrap()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        engine.encode(text.replace(from, to))
    };
    let bad = [
        String::new(),
        "x".to_owned(),
        "????".to_owned(),
        good[1..].to_owned(),
        engine.encode("null"),
        engine.encode("{}"),
        engine.encode(vec![0xff; 40]),
        "a".repeat(100_000),
        changed("\"v\":1", "\"v\":2"),
        changed("[[1]]", "[]"),
        changed("[[1]]", "[[1],[1]]"),
        changed("[[1]]", "[[1,2]]"),
        changed("[[1]]", "[1]"),
        changed("[[1]]", "1"),
        changed("\"id\":\"b\"", "\"id\":\"\""),
        changed("\"id\":\"b\"", "\"id\":7"),
        changed("\"id\":\"b\"", "\"x\":\"b\""),
    ];
    for cursor in bad {
        let result = session.find(&Find { cursor: Some(cursor.clone()), ..query.clone() });
        assert_eq!(code(result), Code::InvalidCursor, "{cursor}");
    }
    assert!(session.find(&Find { cursor: Some(good), ..query }).is_ok());
}

#[test]
fn a_sort_value_too_long_for_a_cursor_is_refused_and_not_cut() {
    let session = session();
    let long = "x".repeat(5000);
    insert_all(&session, "c", &[&format!(r#"{{"_id":"a","t":"{long}"}}"#), r#"{"_id":"b","t":"y"}"#]);
    let query = Find { limit: Some(1), ..find("c", "", "t", "") };
    let error = failure(session.find(&query));
    assert_eq!((error.code(), pointers(&error)), (Code::InvalidRequest, vec!["/sort"]), "{error}");
    assert_eq!(session.find(&Find { limit: Some(2), ..query.clone() }).unwrap().value.documents.len(), 2);
    assert_eq!(session.stream(&Find { limit: None, ..query }).unwrap().value.count(), 2);
}

#[test]
fn a_cursor_of_a_database_that_was_made_anew_is_refused() {
    let session = session();
    session.create_database("other").unwrap();
    let other = session.with_database(name("other"));
    let fill = || insert_all(&other, "c", &[r#"{"_id":"a"}"#, r#"{"_id":"b"}"#]);
    fill();
    let query = find("c", "", "", "");
    let query = Find { cursor: Some(cursor(&other, &query)), ..query };
    assert!(other.find(&query).is_ok());
    session.drop_database("other").unwrap();
    session.create_database("other").unwrap();
    fill();
    assert_eq!(code(other.find(&query)), Code::TimelineChanged);
    assert_eq!(code(other.stream(&query)), Code::TimelineChanged);
}
