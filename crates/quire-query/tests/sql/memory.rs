//! What SQL queries hold is held in the memory budget of the store, and given back.

use crate::setup::{answer, block_on, error, fill, rows};
use futures::StreamExt;
use quire_model::{Code, MEMORY_BYTES_MIN, Memory, MemoryUse, Name, Store};
use quire_query::{Find, Limits, Session};
use quire_testkit::ModelStore;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is remembered of collections is shared by all stores, and gives way when any of them is short.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The least budget, of which queries have 6 MiB, and a session under it.
fn session(collections: &[(&str, &[&str])]) -> (Arc<Memory>, Session) {
    let memory = Memory::new(MEMORY_BYTES_MIN).unwrap();
    let store = Arc::new(ModelStore::new().with_memory(memory.clone()));
    let main = Name::new("main").unwrap();
    fill(store.as_ref(), &main, collections);
    (memory, Session::new(store as Arc<dyn Store>, main, Limits::default()))
}

/// Waits until so much is held: a thread that reads for a query may see a little later that it is over.
fn wait_for(memory: &Memory, bytes: u64) {
    let begun = Instant::now();
    while memory.reserved(MemoryUse::Query) != bytes {
        assert!(begun.elapsed() < Duration::from_secs(20), "{memory:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_operators_hold_is_refused_beyond_the_budget_and_given_back() {
    let _alone = alone();
    let texts: Vec<String> =
        (0..5_000).map(|n| format!("{{\"n\":{n},\"t\":\"{n:05}{}\"}}", "x".repeat(2_000))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (memory, session) = session(&[("c", &texts)]);
    for sql in [
        "SELECT t, n FROM c ORDER BY t, n DESC",
        "SELECT n % 10, array_agg(t) FROM c GROUP BY 1",
        "SELECT t, count(*) FROM c GROUP BY t",
        "SELECT a.n FROM c AS a JOIN c AS b ON a.t = b.t ORDER BY b.t",
        "SELECT array_agg(value) FROM generate_series(1, 10000000)",
        "SELECT repeat('x', 100000000)",
    ] {
        let error = error(&session, sql);
        assert_eq!((error.code(), error.retryable()), (Code::MemoryLimit, true), "{sql}: {error}");
        assert!(error.detail().contains("raise"), "{sql}: {error}");
        wait_for(&memory, 0);
    }
    assert_eq!(rows(&session, "SELECT count(t), max(n), min(t) < 'a' FROM c"), ["[5000,4999,true]"]);
    assert_eq!(rows(&session, "SELECT n FROM c ORDER BY n DESC LIMIT 1"), ["[4999]"]);
    assert_eq!(rows(&session, "SELECT t FROM c").len(), 5_000);
    wait_for(&memory, 0);
    // What others hold is not there for a query.
    let fresh = memory.reservation(MemoryUse::Fresh);
    fresh.grow(8 << 20).unwrap();
    assert_eq!(error(&session, "SELECT n FROM c ORDER BY t").code(), Code::MemoryLimit);
    drop(fresh);
    wait_for(&memory, 0);
}

#[test]
fn rows_that_wait_are_held_until_they_are_taken_or_nobody_wants_them() {
    let _alone = alone();
    let text = format!("{{\"t\":\"{}\"}}", "x".repeat(2_000));
    let (memory, session) = session(&[("c", &[text.as_str(); 4_000])]);
    let mut rows = answer(&session, "SELECT t FROM c").rows;
    assert!(!block_on(rows.next()).unwrap().unwrap().is_empty());
    let begun = Instant::now();
    while memory.reserved(MemoryUse::Query) < 300_000 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{memory:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(rows);
    wait_for(&memory, 0);
}

#[test]
fn what_is_remembered_of_a_wide_collection_is_held_and_gives_way() {
    let _alone = alone();
    let wide: Vec<String> = (0..5_000).map(|n| format!("{{\"field{n}\":1}}")).collect();
    let wide: Vec<&str> = wide.iter().map(String::as_str).collect();
    let long = format!("{{\"t\":\"{}\"}}", "x".repeat(5_000));
    let (memory, session) = session(&[("wide", &wide), ("long", &[long.as_str(); 1_100])]);
    assert_eq!(rows(&session, "SELECT count(field7) FROM wide"), ["[1]"]);
    // Each field, and `_id`.
    let fields_bytes = 5_001 * 256;
    wait_for(&memory, fields_bytes);
    assert_eq!(rows(&session, "SELECT count(field8) FROM wide"), ["[1]"]);
    wait_for(&memory, fields_bytes);
    let page = session.find(&Find { limit: Some(1_100), ..Find::all("long") }).unwrap();
    assert_eq!(page.value.documents.len(), 1_100);
    let held = memory.reserved(MemoryUse::Query);
    assert!(held > (6 << 20) - fields_bytes && held < 6 << 20, "{held}");
    // While the page is there, there is no room to look at the fields.
    assert_eq!(error(&session, "SELECT count(field7) FROM wide").code(), Code::MemoryLimit);
    drop(page);
    wait_for(&memory, 0);
    assert_eq!(rows(&session, "SELECT count(field7) FROM wide"), ["[1]"]);
}
