//! Scans and point reads: order, start, end.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{DocId, Expect, Filter, Scan, Store, Stored, Support};

/// Documents in several layers: written in three parts, with replaced and removed ones between.
pub(super) fn layered(store: &dyn Store, count: u64) {
    let part = |from: u64, step: usize, v: u64| {
        let each = (from..count).step_by(step);
        each.map(|n| put_value("c", &format!("{:04}", n * 2), v, Expect::Any)).collect::<Vec<_>>()
    };
    commit(store, part(0, 1, 1)).unwrap();
    store.checkpoint(&main_db()).unwrap();
    commit(store, part(0, 3, 2)).unwrap();
    let removed = (0..count).step_by(5).map(|n| delete("c", &format!("{:04}", n * 2), Expect::Any));
    commit(store, removed.collect()).unwrap();
    store.checkpoint(&main_db()).unwrap();
    commit(store, part(0, 10, 3)).unwrap();
    commit(store, part(1, 10, 4)).unwrap();
}

fn ids(rows: &[Stored]) -> Vec<&str> {
    rows.iter().map(|stored| stored.document.id().as_str()).collect()
}

pub(super) fn rows_come_in_order_of_id(fixture: &mut Fixture) {
    let store = fixture.store();
    let own = ["b", "a", "aa", "B", "é", "z", "日本", "🦀", "a\u{0}", "a!", "10", "9", "\u{ffff}", "~", " "];
    for (n, own) in own.iter().enumerate() {
        let mut text = Vec::new();
        quire_model::json::write_string(own, &mut text);
        let text = String::from_utf8(text).unwrap();
        commit(store, vec![put("c", &format!("{{\"_id\":{text}}}"), Expect::Absent)]).unwrap();
        if n % 4 == 3 {
            store.checkpoint(&main_db()).unwrap();
        }
    }
    let mut sorted = own;
    sorted.sort_unstable();
    let found = rows(&*store.snapshot(&main_db()).unwrap(), Scan::all(name("c"))).unwrap();
    assert_eq!(ids(&found), sorted);
}

pub(super) fn after_and_limit_cut_the_same_rows_everywhere(fixture: &mut Fixture) {
    let store = fixture.store();
    layered(store, 60);
    let snapshot = store.snapshot(&main_db()).unwrap();
    let whole = rows(&*snapshot, Scan::all(name("c"))).unwrap();
    assert_eq!(whole.len(), 54);
    // Ids that are there, that lie between two, before the first and behind the last.
    let starts = (0..=121).map(|n| Some(id(&format!("{n:04}")))).chain([None, Some(id("!")), Some(id("~"))]);
    for after in starts {
        let from = whole.iter().position(|s| after.as_ref().is_none_or(|after| s.document.id() > after));
        let rest = from.map_or(&[][..], |from| &whole[from..]);
        for limit in [None, Some(0), Some(1), Some(7), Some(53), Some(54), Some(55), Some(usize::MAX)] {
            let scan = Scan { after: after.clone(), limit, ..Scan::all(name("c")) };
            let mut found = rows(&*snapshot, scan).unwrap();
            if snapshot.support(&Filter::all()) != Support::Exact {
                found.truncate(limit.unwrap_or(usize::MAX));
            }
            let wanted = &rest[..limit.unwrap_or(usize::MAX).min(rest.len())];
            assert_eq!(ids(&found), ids(wanted), "after {after:?} limit {limit:?}");
            assert!(found == wanted, "after {after:?} limit {limit:?}: other rows of the same ids");
        }
    }
}

pub(super) fn a_long_scan_comes_in_batches(fixture: &mut Fixture) {
    let store = fixture.store();
    layered(store, 5000);
    let snapshot = store.snapshot(&main_db()).unwrap();
    let mut pull = snapshot.scan(Scan::all(name("c"))).unwrap();
    let (mut batches, mut found): (usize, Vec<DocId>) = (0, Vec::new());
    while let Some(batch) = pull.next_batch().unwrap() {
        batches += 1;
        found.extend(batch.iter().map(|stored| stored.document.id().clone()));
    }
    assert!(batches > 1, "{} rows in one batch", found.len());
    assert!(found.is_sorted_by(|a, b| a < b));
    let again: Vec<DocId> =
        (0..5000_u64).filter(|n| n % 5 != 0 || n % 10 == 0).map(|n| id(&format!("{:04}", n * 2))).collect();
    let sorted = {
        let mut all = again;
        all.sort_unstable();
        all
    };
    assert!(found == sorted, "{} rows, {} documents", found.len(), sorted.len());
}

pub(super) fn a_get_answers_in_the_order_asked(fixture: &mut Fixture) {
    let store = fixture.store();
    layered(store, 300);
    let snapshot = store.snapshot(&main_db()).unwrap();
    let whole = rows(&*snapshot, Scan::all(name("c"))).unwrap();
    let asked: Vec<DocId> = (0..700_u64).map(|n| id(&format!("{:04}", n * 7919 % 613))).collect();
    let found = snapshot.get(&name("c"), &asked).unwrap();
    assert_eq!(found.len(), asked.len());
    for (id, found) in asked.iter().zip(&found) {
        let wanted = whole.binary_search_by(|stored| stored.document.id().cmp(id)).ok().map(|n| &whole[n]);
        assert_eq!(found.as_ref(), wanted, "{id:?}");
    }
    assert!(snapshot.get(&name("c"), &[]).unwrap().is_empty());
    let twice = snapshot.get(&name("c"), &[id("0000"), id("none"), id("0000")]).unwrap();
    assert!(twice[0].is_some() && twice[0] == twice[2] && twice[1].is_none());
}
