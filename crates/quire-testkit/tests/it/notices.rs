//! Whoever breaks the contract is found out: by the checked wrapper, by the mirror, and by the suite.

use crate::lying::{LIES, Lie, Lying};
use quire_model::{Expect, Filter, Scan, Store};
use quire_testkit::script::{golden, scripts_folder};
use quire_testkit::shorthand::*;
use quire_testkit::stepped::{Job, Program, Reading, every_order};
use quire_testkit::suite::{CASES, Case};
use quire_testkit::{Backend, Checked, Fixture, Mirror, ModelBackend, ModelStore, Shared};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a panic said; `None` where there was none.
fn complaint(work: impl FnOnce()) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(work)).err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.or_else(|| panic.downcast_ref::<&str>().map(|t| (*t).to_owned())).unwrap_or_default())
}

/// A little of everything, with no look at any answer.
fn exercise(store: &dyn Store) {
    let _ = store.create_database(&name("other"));
    let _ = store.databases();
    let early = store.snapshot(&main_db()).unwrap();
    let _ = early.collections();
    for n in 0..12 {
        let _ = commit(store, vec![put_value("c", &format!("a{}", n % 4), n, Expect::Any)]);
    }
    let snapshot = store.snapshot(&main_db()).unwrap();
    let _ = snapshot.get(&name("c"), &["a0", "a1", "none"].map(id));
    let filter = Filter::parse(r#"{"v":{"$lt":10}}"#).unwrap();
    for scan in [
        Scan::all(name("c")),
        Scan { filter, ..Scan::all(name("c")) },
        Scan { after: Some(id("a1")), ..Scan::all(name("c")) },
        Scan { limit: Some(2), ..Scan::all(name("c")) },
    ] {
        let _ = rows(&*snapshot, scan);
    }
    let refused = put_value("c", "a0", 1, Expect::Revision(1));
    let _ = commit(store, vec![put_value("c", "new", 1, Expect::Any), refused]);
    let _ = commit(store, vec![delete("c", "a0", Expect::Any)]);
    let _ = store.checkpoint(&main_db());
    let _ = store.statistics(&main_db());
    let _ = rows(&*snapshot, Scan::all(name("c")));
    let _ = early.collections();
}

#[test]
fn an_honest_store_is_not_complained_about() {
    assert_eq!(complaint(|| exercise(&Checked::new(Box::new(ModelStore::new())))), None);
    let both = Mirror::new(Box::new(ModelStore::new()), Box::new(ModelStore::new()));
    assert_eq!(complaint(|| exercise(&both)), None);
}

#[test]
fn a_long_honest_scan_is_not_complained_about() {
    let store = Checked::new(Box::new(ModelStore::new()));
    let document = |n: usize| put("c", &format!("{{\"_id\":\"{n:05}\"}}"), Expect::Any);
    for part in 0..3 {
        commit(&store, (part * 9000..(part + 1) * 9000).map(document).collect()).unwrap();
    }
    let snapshot = store.snapshot(&main_db()).unwrap();
    let filter = Filter::parse(r#"{"_rev":{"$gte":1}}"#).unwrap();
    for after in [None, Some("00010"), Some("19990"), Some("25000")] {
        let scan = Scan { filter: filter.clone(), after: after.map(id), ..Scan::all(name("c")) };
        let left = after.map_or(0, |after| after.parse::<usize>().unwrap() + 1);
        assert_eq!(rows(&*snapshot, scan).unwrap().len(), 27_000 - left);
    }
}

#[test]
fn the_checked_wrapper_finds_every_lie() {
    for lie in LIES {
        let said = complaint(|| exercise(&Checked::new(Box::new(Lying::new(lie)))));
        let said = said.unwrap_or_else(|| panic!("{lie:?} was not found"));
        assert!(said.starts_with("the store breaks its contract: "), "{lie:?}: {said}");
    }
}

#[test]
fn the_mirror_finds_every_lie_that_two_stores_can_differ_in() {
    for lie in LIES {
        let both = Mirror::new(Box::new(ModelStore::new()), Box::new(Lying::new(lie)));
        let said = complaint(|| exercise(&both));
        // Timelines are each store's own, so two stores cannot differ in them.
        let different = lie != Lie::TimelineMoves;
        assert_eq!(said.is_some(), different, "{lie:?}: {said:?}");
        let named = said.is_none_or(|said| said.starts_with("the mirror differs at "));
        assert!(named, "{lie:?}");
    }
}

struct Liar(Arc<Lying>);

impl Backend for Liar {
    fn open(&mut self) -> Box<dyn Store> {
        Box::new(Shared(self.0.clone()))
    }
}

#[test]
fn the_suite_alone_finds_every_lie() {
    for lie in LIES {
        // The cases that many threads or much data make slow add nothing here.
        let slow = ["thousand", "size", "update", "limit_is"];
        let quick = |case: &&Case| slow.iter().all(|word| !case.name.contains(word));
        let finds = |case: &Case| {
            complaint(|| (case.run)(&mut Fixture::new(Liar(Arc::new(Lying::new(lie)))))).is_some()
        };
        assert!(CASES.iter().filter(quick).any(finds), "{lie:?} passes the suite");
    }
}

/// An honest store that is empty when it is opened again.
struct Forgetful;

impl Backend for Forgetful {
    fn open(&mut self) -> Box<dyn Store> {
        Box::new(ModelStore::new())
    }
}

#[test]
fn the_suite_finds_a_store_that_forgets() {
    let failed = CASES.iter().filter(|case| case.name.contains("again") || case.name.contains("lives"));
    let failed = failed.filter(|case| complaint(|| (case.run)(&mut Fixture::new(Forgetful))).is_some());
    let names: Vec<&str> = failed.map(|case| case.name).collect();
    assert!(names.contains(&"everything_answered_is_there_again"), "{names:?}");
    assert!(names.contains(&"twenty_lives_each_add_something"), "{names:?}");
}

#[test]
fn a_stepped_run_finds_a_snapshot_that_moves_and_names_the_order() {
    let program = Program {
        before: Vec::new(),
        writer: vec![vec![put_value("c", "a", 1, Expect::Any)], vec![put_value("c", "a", 2, Expect::Any)]],
        reader: vec![Reading::Take],
        background: vec![Job::Checkpoint],
    };
    let honest = || Box::new(ModelBackend::default()) as Box<dyn Backend>;
    assert_eq!(every_order(&program, &honest), 12);
    let moving = || Box::new(Liar(Arc::new(Lying::new(Lie::SnapshotMoves)))) as Box<dyn Backend>;
    let said = complaint(|| assert_eq!(every_order(&program, &moving), 12)).unwrap();
    assert!(said.starts_with("in the order wr"), "{said}");
    let forgetful = || Box::new(Forgetful) as Box<dyn Backend>;
    let said = complaint(|| assert_eq!(every_order(&program, &forgetful), 12)).unwrap();
    assert!(said.contains("after a power cut"), "{said}");
}

#[test]
fn a_golden_script_names_the_first_line_that_differs() {
    let honest = || Box::new(ModelBackend::default()) as Box<dyn Backend>;
    let lying = || Box::new(Liar(Arc::new(Lying::new(Lie::PreviousForgotten)))) as Box<dyn Backend>;
    let script = scripts_folder().join("batches.txt");
    let said = complaint(|| golden(&script, &[("honest", &honest), ("lying", &lying)])).unwrap();
    assert!(said.contains("batches.txt:14: lying answers differently"), "{said}");
    assert!(said.contains("wanted: seq 2 previous 1 2 2 - - -"), "{said}");
}
