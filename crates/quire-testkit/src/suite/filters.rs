//! Filters: what a store says of its support is true, and nothing that matches is left out.

use crate::shorthand::*;
use crate::{Fixture, documents};
use quire_model::{Expect, Filter, Operation, Row, Scan, Snapshot, Store, Stored, Support};

const FILTERS: [&str; 30] = [
    "{}",
    r#"{"group":2}"#,
    r#"{"group":2.0}"#,
    r#"{"group":{"$ne":2}}"#,
    r#"{"group":{"$gte":1,"$lt":4}}"#,
    r#"{"group":{"$in":[0,3,"x",null]}}"#,
    r#"{"group":{"$nin":[0,3]}}"#,
    r#"{"group":null}"#,
    r#"{"group":{"$exists":false}}"#,
    r#"{"a":{"$exists":true}}"#,
    r#"{"a":{"$type":"number"}}"#,
    r#"{"a":{"$type":["string","null"]}}"#,
    r#"{"a":{"$gt":"m"}}"#,
    r#"{"a":{"$lte":10}}"#,
    r#"{"a":{"$regex":"^r|n$","$options":"i"}}"#,
    r#"{"a":{"$size":2}}"#,
    r#"{"tags":"red"}"#,
    r#"{"tags":{"$all":["red"]}}"#,
    r#"{"tags":{"$elemMatch":{"$gt":1,"$lt":10}}}"#,
    r#"{"items":{"$elemMatch":{"a":{"$exists":true}}}}"#,
    r#"{"a.b":{"$exists":true}}"#,
    r#"{"items.0":1}"#,
    r#"{"n":9007199254740993}"#,
    r#"{"n":{"$gt":9007199254740992,"$lt":9007199254740994}}"#,
    r#"{"price":{"$not":{"$gt":1}}}"#,
    r#"{"$or":[{"group":1},{"a":null}]}"#,
    r#"{"$nor":[{"group":1},{"group":2}]}"#,
    r#"{"$and":[{"group":{"$gt":0}},{"name":{"$exists":true}}]}"#,
    r#"{"_id":{"$gte":"00000100"}}"#,
    r#"{"_rev":{"$lte":4}}"#,
];

/// Irregular documents over several layers, some replaced and some removed.
fn fill(store: &dyn Store) {
    let put = |document| Operation::Put { collection: name("c"), document, expect: Expect::Any };
    let made = documents(11, 400);
    for part in made.chunks(50) {
        commit(store, part.iter().cloned().map(put).collect()).unwrap();
    }
    store.checkpoint(&main_db()).unwrap();
    // The ids of another seed differ in their endings only, so that some are replaced and some come between.
    for part in documents(12, 300).chunks(70) {
        commit(store, part.iter().cloned().map(put).collect()).unwrap();
    }
    store.checkpoint(&main_db()).unwrap();
    let removed = made.iter().step_by(4).map(|document| {
        let (collection, id) = (name("c"), document.id().clone());
        Operation::Delete { collection, id, expect: Expect::Any }
    });
    commit(store, removed.collect()).unwrap();
}

/// What matches of what a scan with this filter gives: all that it says it gives, and cut to the limit.
fn matching(snapshot: &dyn Snapshot, scan: &Scan) -> Vec<Stored> {
    let found = rows(snapshot, scan.clone()).unwrap();
    let kept = found.iter().filter(|stored| scan.filter.matches(Row::from(*stored)));
    let kept: Vec<Stored> = kept.take(scan.limit.unwrap_or(usize::MAX)).cloned().collect();
    if snapshot.support(&scan.filter) == Support::Exact {
        assert!(kept.len() == found.len(), "said to be exact: {:?}", scan.filter);
    }
    kept
}

pub(super) fn a_filter_finds_what_the_evaluator_finds(fixture: &mut Fixture) {
    fill(fixture.store());
    let snapshot = fixture.store().snapshot(&main_db()).unwrap();
    let whole = rows(&*snapshot, Scan::all(name("c"))).unwrap();
    let mut some = 0;
    for text in FILTERS {
        let filter = Filter::parse(text).unwrap();
        let wanted: Vec<&Stored> = whole.iter().filter(|stored| filter.matches(Row::from(*stored))).collect();
        let found = matching(&*snapshot, &Scan { filter, ..Scan::all(name("c")) });
        assert!(
            found.iter().eq(wanted.iter().copied()),
            "{text}: {} found, {} match",
            found.len(),
            wanted.len()
        );
        some += usize::from(!wanted.is_empty() && wanted.len() < whole.len());
    }
    assert!(some > 20, "only {some} of the filters divide the documents");
}

pub(super) fn a_filtered_scan_keeps_to_after_and_limit(fixture: &mut Fixture) {
    fill(fixture.store());
    let snapshot = fixture.store().snapshot(&main_db()).unwrap();
    for (n, text) in FILTERS.into_iter().enumerate() {
        let filter = Filter::parse(text).unwrap();
        let whole = matching(&*snapshot, &Scan { filter: filter.clone(), ..Scan::all(name("c")) });
        // One by one is a way of many steps: not for every filter.
        let limits: &[usize] = if n % 10 == 3 { &[0, 1, 16, 17, 100] } else { &[0, 16, 17, 100] };
        for &limit in limits {
            // Page by page, each after the last row of the one before.
            let mut paged: Vec<Stored> = Vec::new();
            while limit > 0 || paged.is_empty() {
                let after = paged.last().map(|stored| stored.document.id().clone());
                let scan = Scan { filter: filter.clone(), after, limit: Some(limit), ..Scan::all(name("c")) };
                let page = matching(&*snapshot, &scan);
                assert!(page.len() <= limit);
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            let wanted = if limit == 0 { 0 } else { whole.len() };
            assert!(paged == whole[..wanted], "{text} by {limit}: {} and {wanted} rows", paged.len());
        }
    }
}
