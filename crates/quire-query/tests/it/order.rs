//! Orders: against a reference sort, as pages and as streams.

use crate::support::{fill, find, ids, insert_all, pages, session, session_on};
use proptest::prelude::*;
use quire_model::json::{Json, compare};
use quire_model::{DocId, Document, Path};
use quire_query::{Find, Limits, SortKey};
use quire_testkit::{ModelStore, documents, strategies};
use std::cmp::Ordering;
use std::sync::Arc;

/// The plainest sort there is: all values taken out, then the library's stable sort.
fn reference(documents: &[Document], sort: &[(&str, bool)]) -> Vec<String> {
    let mut rows: Vec<&Document> = documents.iter().collect();
    rows.sort_by(|a, b| a.id().cmp(b.id()));
    rows.sort_by(|a, b| {
        let keys = sort.iter().map(|(path, descending)| {
            let path = Path::parse(path).unwrap();
            let order = match (path.value(a.json()), path.value(b.json())) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Less,
                (Some(_), None) => Ordering::Greater,
                (Some(a), Some(b)) => compare(a, b),
            };
            if *descending { order.reverse() } else { order }
        });
        keys.fold(Ordering::Equal, Ordering::then)
    });
    rows.iter().map(|document| document.id().as_str().to_owned()).collect()
}

fn query(sort: &[(&str, bool)]) -> Find {
    let key = |(path, descending): &(&str, bool)| SortKey {
        path: Path::parse(path).unwrap(),
        descending: *descending,
    };
    Find { sort: sort.iter().map(key).collect(), ..Find::all("c") }
}

#[test]
fn trap_16_an_order_is_that_of_a_reference_sort_and_pages_cover_each_row_once() {
    let documents = documents(11, 600);
    let store = Arc::new(ModelStore::new());
    fill(&*store, "c", &documents);
    let session = session_on(store, Limits::default());
    let sorts: [&[(&str, bool)]; 9] = [
        &[("group", false)],
        &[("group", true)],
        &[("n", false), ("group", true)],
        &[("name", true), ("n", false), ("tags", true)],
        &[("items.0", false)],
        &[("a.b", true)],
        &[("_id", true)],
        &[("group", true), ("_id", true), ("n", false)],
        &[("missing.everywhere", false)],
    ];
    for sort in sorts {
        let expected = reference(&documents, sort);
        let query = query(sort);
        for limit in [1, 7, 100, 599, 600, 601] {
            let paged = pages(&session, &query, limit);
            let found: Vec<String> = paged.iter().flat_map(|page| ids(&page.documents)).collect();
            assert!(found == expected, "{sort:?} in pages of {limit}");
        }
        let streamed: Vec<String> = session.stream(&query).unwrap().value.map(Result::unwrap).collect();
        assert!(ids(&streamed) == expected, "{sort:?} as a stream");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn trap_16_random_documents_with_duplicates_are_paged_as_sorted(
        bodies in prop::collection::vec(strategies::object(3), 0..40),
        keys in prop::collection::vec((strategies::key(), any::<bool>()), 1..3),
        limit in 1usize..9,
    ) {
        let documents: Vec<Document> = bodies.iter().enumerate().map(|(n, body)| {
            let id = DocId::new(format!("{}{n}", ["a", "b", "é"][n % 3])).unwrap();
            let rest = &body[1..];
            let comma = if rest == "}" { "" } else { "," };
            Document::from_checked(id.clone(), format!("{{\"_id\":\"{id}\"{comma}{rest}"))
        }).collect();
        let store = Arc::new(ModelStore::new());
        fill(&*store, "c", &documents);
        let session = session_on(store, Limits::default());
        session.insert("c", br#"{"_id":"last"}"#).unwrap();
        session.delete("c", "last", None).unwrap();
        let sort: Vec<(&str, bool)> = keys.iter().map(|(key, down)| (key.as_str(), *down)).collect();
        let paged = pages(&session, &query(&sort), limit);
        let found: Vec<String> = paged.iter().flat_map(|page| ids(&page.documents)).collect();
        prop_assert_eq!(found, reference(&documents, &sort));
        let full = paged.iter().rev().skip(1).all(|page| page.documents.len() == limit);
        prop_assert!(full, "only the last page may be short");
    }
}

#[test]
fn trap_17_types_have_one_order() {
    let session = session();
    let values = [
        "null",
        "-1e400",
        "-1",
        "-0.5",
        "0",
        "1e0",
        "1.5",
        "1E400",
        "\"\"",
        "\"A\"",
        "\"a\"",
        "\"é\"",
        "{}",
        r#"{"a":1}"#,
        "[]",
        "[null]",
        "[1]",
        "[1,2]",
        "false",
        "true",
    ];
    let turned = (0..values.len()).map(|n| (n * 7) % values.len());
    for n in turned {
        let body = format!(r#"{{"_id":"{}","v":{}}}"#, values.len() - n, values[n]);
        session.insert("c", body.as_bytes()).unwrap();
    }
    session.insert("c", br#"{"_id":"missing"}"#).unwrap();
    let shown = |sort: &str| {
        let page = session.find(&find("c", "", sort, "v")).unwrap().value;
        let value = |text: &String| Json::new(text).get("v").map_or("", Json::text).to_owned();
        page.documents.iter().map(value).collect::<Vec<_>>()
    };
    let mut expected = vec![""];
    expected.extend(values);
    assert_eq!(shown("v"), expected);
    expected.reverse();
    assert_eq!(shown("-v"), expected);
}

#[test]
fn equal_numbers_tie_whatever_their_spelling() {
    let session = session();
    insert_all(&session, "c", &[r#"{"_id":"b","n":1.0}"#, r#"{"_id":"a","n":1e0}"#, r#"{"_id":"c","n":1}"#]);
    for sort in ["n", "-n"] {
        let paged = pages(&session, &find("c", "", sort, ""), 1);
        let found: Vec<String> = paged.iter().flat_map(|page| ids(&page.documents)).collect();
        assert_eq!(found, ["a", "b", "c"], "{sort}");
    }
}

#[test]
fn a_sort_on_missing_and_null_tells_them_apart() {
    let session = session();
    insert_all(&session, "c", &[r#"{"_id":"1","a":null}"#, r#"{"_id":"2"}"#, r#"{"_id":"3","a":0}"#]);
    let found = |sort| {
        let paged = pages(&session, &find("c", "", sort, ""), 1);
        paged.iter().flat_map(|page| ids(&page.documents)).collect::<Vec<_>>()
    };
    assert_eq!(found("a"), ["2", "1", "3"]);
    assert_eq!(found("-a"), ["3", "1", "2"]);
}
