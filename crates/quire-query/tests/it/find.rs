//! Find without an order: pages by `_id`.

use crate::support::{code, failure, find, id_of, ids, insert_all, pages, pointers, session};
use quire_model::{Code, Expect};
use quire_query::Find;

#[test]
fn documents_come_by_id_with_their_revision() {
    let session = session();
    insert_all(
        &session,
        "c",
        &[r#"{"_id":"b"}"#, r#"{"_id":"é"}"#, r#"{"_id":"a","n":1.0}"#, r#"{"_id":"B"}"#],
    );
    let seen = session.find(&Find::all("c")).unwrap();
    assert_eq!((seen.seq, seen.value.cursor), (4, None));
    assert_eq!(ids(&seen.value.documents), ["B", "a", "b", "é"]);
    assert_eq!(seen.value.documents[1], r#"{"_id":"a","n":1.0,"_rev":3}"#);
}

#[test]
fn an_empty_collection_has_an_empty_page() {
    let session = session();
    session.create_collection("c").unwrap();
    for sort in ["", "a"] {
        let page = session.find(&find("c", "", sort, "")).unwrap().value;
        assert_eq!((page.documents.len(), page.cursor), (0, None));
    }
}

#[test]
fn pages_are_full_and_the_last_one_has_no_cursor() {
    let session = session();
    let texts: Vec<String> = (10..30).map(|n| format!(r#"{{"_id":"{n}","n":{}}}"#, n % 3)).collect();
    insert_all(&session, "c", &texts.iter().map(String::as_str).collect::<Vec<_>>());
    for sort in ["", "n", "-n", "_id", "-_id"] {
        let sizes = |limit| {
            let pages = pages(&session, &find("c", "", sort, ""), limit);
            pages.iter().map(|page| page.documents.len()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(7), [7, 7, 6], "{sort}");
        assert_eq!(sizes(10), [10, 10], "{sort}");
        assert_eq!(sizes(20), [20], "{sort}");
        assert_eq!(sizes(1).len(), 20, "{sort}");
    }
}

#[test]
fn the_page_size_has_a_default() {
    let session = session();
    session.batch(vec![crate::support::insert("c", "{}"); 150]).unwrap();
    let page = session.find(&Find::all("c")).unwrap().value;
    assert_eq!((page.documents.len(), page.cursor.is_some()), (100, true));
}

/// What did not change comes exactly once, whatever happens to the rest between two pages.
#[test]
fn pages_go_on_by_key_over_changing_data() {
    for sort in ["", "n", "-n"] {
        let session = session();
        let texts: Vec<String> = (0..50).map(|n| format!(r#"{{"_id":"k{n:02}","n":{}}}"#, n / 10)).collect();
        insert_all(&session, "c", &texts.iter().map(String::as_str).collect::<Vec<_>>());
        let mut query = Find { limit: Some(5), ..find("c", "", sort, "") };
        let mut found = Vec::new();
        for round in 0.. {
            let page = session.find(&query).unwrap().value;
            found.extend(ids(&page.documents));
            query.cursor = page.cursor;
            if query.cursor.is_none() {
                break;
            }
            // The document that the cursor stands on goes, and others come on both sides.
            if round < 3 {
                session.delete("c", found.last().unwrap(), None).unwrap();
                session.replace("c", &format!("a{round}"), br#"{"n":0}"#, Expect::Any).unwrap();
                session.replace("c", &format!("z{round}"), br#"{"n":9}"#, Expect::Any).unwrap();
            }
        }
        let old: Vec<&String> = found.iter().filter(|id| id.starts_with('k')).collect();
        assert_eq!(old.len(), 50, "{sort}");
        let mut once = old.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), 50, "{sort}");
    }
}

#[test]
fn reading_what_is_not_there() {
    let session = session();
    session.insert("users", b"{}").unwrap();
    for sort in ["", "a"] {
        let error = failure(session.find(&find("usres", "", sort, "")));
        assert_eq!(error.code(), Code::CollectionNotFound);
        assert!(error.detail().contains("did you mean users?"), "{error}");
    }
    assert_eq!(code(session.find(&Find::all("a b"))), Code::InvalidName);
    let elsewhere = session.with_database(crate::support::name("other"));
    assert_eq!(code(elsewhere.find(&Find::all("users"))), Code::DatabaseNotFound);
}

#[test]
fn bad_filters_name_their_place() {
    let session = session();
    session.insert("c", b"{}").unwrap();
    let error = failure(session.find(&find("c", r#"{"a":{"$gtt":1}}"#, "", "")));
    assert_eq!((error.code(), pointers(&error)), (Code::InvalidFilter, vec!["/filter/a/$gtt"]));
    assert_eq!(code(session.find(&find("c", "[", "", ""))), Code::InvalidFilter);
}

#[test]
fn a_revision_can_be_filtered_sorted_and_shown() {
    let session = session();
    insert_all(&session, "c", &[r#"{"_id":"b"}"#, r#"{"_id":"a"}"#, r#"{"_id":"c"}"#]);
    let page = session.find(&find("c", r#"{"_rev":{"$gte":2}}"#, "-_rev", "_rev")).unwrap().value;
    assert_eq!(page.documents, [r#"{"_id":"c","_rev":3}"#, r#"{"_id":"a","_rev":2}"#]);
    let paged = pages(&session, &find("c", "", "_rev", ""), 1);
    assert_eq!(paged.iter().map(|p| id_of(&p.documents[0])).collect::<Vec<_>>(), ["b", "a", "c"]);
}
