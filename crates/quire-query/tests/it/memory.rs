//! What finds gather is held in the memory budget of the store, and given back.

use crate::support::{code, failure, find, session_on};
use quire_model::{Code, MEMORY_BYTES_MIN, Memory, MemoryUse};
use quire_query::{Find, Limits, Session};
use quire_testkit::ModelStore;
use std::sync::Arc;

/// The least budget, of which queries have 6 MiB, and a session over 4,000 documents of 2 KiB.
fn session() -> (Arc<Memory>, Session) {
    let memory = Memory::new(MEMORY_BYTES_MIN).unwrap();
    let store = Arc::new(ModelStore::new().with_memory(memory.clone()));
    let session = session_on(store, Limits::default());
    for n in 0..4_000 {
        let body =
            format!("{{\"_id\":\"{n:04}\",\"n\":{},\"t\":\"{}\"}}", n * 7919 % 4_000, "x".repeat(2_000));
        session.insert("c", body.as_bytes()).unwrap();
    }
    (memory, session)
}

#[test]
fn what_is_sorted_is_held_and_refused_beyond_the_budget() {
    let (memory, session) = session();
    let held = || memory.reserved(MemoryUse::Query);
    let sorted = find("c", "", "n", "");
    let error = failure(session.stream(&sorted));
    assert_eq!((error.code(), error.retryable()), (Code::MemoryLimit, true));
    assert!(error.detail().contains("raise memory_bytes_max"), "{error}");
    assert_eq!(code(session.find(&Find { limit: Some(4_000), ..Find::all("c") })), Code::MemoryLimit);
    assert_eq!(code(session.find(&Find { limit: Some(4_000), ..sorted.clone() })), Code::MemoryLimit);
    assert_eq!(held(), 0);
    // Only the first ones are held, however many are looked at.
    assert_eq!(session.find(&Find { limit: Some(1_000), ..sorted }).unwrap().value.documents.len(), 1_000);
    assert_eq!(held(), 0);
}

#[test]
fn a_page_is_held_until_it_is_dropped_and_a_stream_while_it_lasts() {
    let (memory, session) = session();
    let held = || memory.reserved(MemoryUse::Query);
    let page = session.find(&Find { limit: Some(1_000), ..Find::all("c") }).unwrap().value;
    assert!((2_000_000..3_000_000).contains(&held()), "{}", held());
    let copy = page.clone();
    drop(page);
    assert!(held() > 0 && copy.documents.len() == 1_000);
    drop(copy);
    assert_eq!(held(), 0);
    let few = r#"{"n":{"$lt":1000}}"#;
    let mut stream = session.stream(&find("c", few, "n", "")).unwrap().value;
    let first = held();
    assert!((2_000_000..3_000_000).contains(&first), "{first}");
    assert_eq!(stream.by_ref().take(500).filter(Result::is_ok).count(), 500);
    assert!(held() < first / 2 + 10_000, "{} of {first}", held());
    drop(stream);
    assert_eq!(held(), 0);
    // By id nothing is gathered.
    let mut stream = session.stream(&Find::all("c")).unwrap().value;
    stream.next().unwrap().unwrap();
    assert_eq!(held(), 0);
    assert_eq!(stream.map(Result::unwrap).count(), 3_999);
}

#[test]
fn fresh_documents_leave_less_for_queries_and_the_figures_show_both() {
    let (memory, session) = session();
    let fresh = memory.reservation(MemoryUse::Fresh);
    fresh.grow(7 << 20).unwrap();
    let page = |limit| session.find(&Find { limit: Some(limit), ..Find::all("c") });
    assert_eq!(code(page(1_000)), Code::MemoryLimit);
    let kept = page(100).unwrap();
    let figures = session.memory_statistics().unwrap();
    assert_eq!((figures.bytes_max, figures.fresh_bytes), (MEMORY_BYTES_MIN, 7 << 20));
    assert!((200_000..300_000).contains(&figures.query_bytes), "{figures:?}");
    drop((kept, fresh));
    assert_eq!(page(1_000).unwrap().value.documents.len(), 1_000);
    // Who gathers an answer elsewhere holds it in the same budget.
    let mut held = session.hold(1_000);
    held.grow(900).unwrap();
    assert_eq!(held.grow(101).unwrap_err().code(), Code::MemoryLimit);
    assert_eq!(memory.reserved(MemoryUse::Query), 900);
    held.shrink(400);
    assert_eq!(memory.reserved(MemoryUse::Query), 500);
    drop(held);
    assert_eq!(session.hold(usize::MAX).grow(64 << 20).unwrap_err().code(), Code::MemoryLimit);
    assert_eq!(memory.reserved(MemoryUse::Query), 0);
}
