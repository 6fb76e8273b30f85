//! Writes with a key: once, however often they are asked for.

use crate::support::{code, delete, failure, insert, name, patch, replace, session, session_on, text};
use quire_model::{Code, Expect, Result, Scan, Store};
use quire_query::{Change, Find, Limits, Session, Written};
use quire_testkit::ModelStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

fn once(session: &Session, key: &str) -> Session {
    session.once(key).unwrap()
}

/// The same answer, but for the mark that it was given before.
#[track_caller]
fn assert_replayed(first: &Written, again: &Written) {
    assert!(!first.replayed);
    assert_eq!(*again, Written { replayed: true, ..first.clone() });
}

/// How many records are kept, swept or not.
fn records(store: &dyn Store) -> usize {
    let snapshot = store.snapshot(&name("main")).unwrap();
    let mut rows = snapshot.scan(Scan::all(name("_idempotency"))).unwrap();
    let mut count = 0;
    while let Some(batch) = rows.next_batch().unwrap() {
        count += batch.len();
    }
    count
}

fn documents(session: &Session, collection: &str) -> u64 {
    session.count(collection, None).unwrap().value
}

#[test]
fn every_write_is_made_once_and_answered_again() {
    let session = session();
    let twice = |key: &str, write: &dyn Fn(&Session) -> Result<Written>| {
        let first = write(&once(&session, key)).unwrap();
        let seq = session.newest().unwrap();
        assert_eq!(first.rev, seq);
        assert_replayed(&first, &write(&once(&session, key)).unwrap());
        assert_eq!(session.newest().unwrap(), seq);
        first
    };
    let made = twice("a", &|s| s.insert("c", br#"{"n":1}"#));
    assert!(made.created);
    let id = made.id.as_str();
    assert!(twice("b", &|s| s.replace("c", "x", b"{}", Expect::Any)).created);
    assert!(!twice("c", &|s| s.replace("c", "x", br#"{"n":2}"#, Expect::Any)).created);
    assert!(twice("d", &|s| s.replace("c", "y", b"{}", Expect::Absent)).created);
    let rev = twice("e", &|s| s.patch("c", id, br#"{"m":1}"#, None)).rev;
    assert!(!twice("f", &|s| s.patch("c", id, br#"{"m":2}"#, Some(rev))).created);
    twice("g", &|s| s.delete("c", id, None));
    assert_eq!(documents(&session, "c"), 2);

    let created = once(&session, "h").create_collection("d").unwrap();
    let again = once(&session, "h").create_collection("d").unwrap();
    assert_eq!((again.seq, created.replayed, again.replayed), (created.seq, false, true));
    let dropped = once(&session, "i").drop_collection("d").unwrap();
    session.create_collection("d").unwrap();
    let again = once(&session, "i").drop_collection("d").unwrap();
    assert_eq!((again.seq, dropped.replayed, again.replayed), (dropped.seq, false, true));
    assert_eq!(documents(&session, "d"), 0);
}

#[test]
fn a_batch_is_made_once() {
    let session = session();
    session.insert("c", br#"{"_id":"x","n":1}"#).unwrap();
    let changes = || {
        vec![
            insert("c", r#"{"n":2}"#),
            replace("c", "x", r#"{"n":3}"#),
            replace("c", "new", "{}"),
            patch("c", "new", r#"{"a":1}"#),
            replace("c", "new", r#"{"a":2}"#),
            insert("d", r#"{"_id":"gone"}"#),
            delete("d", "gone"),
        ]
    };
    let first = once(&session, "k").batch(changes()).unwrap();
    let created: Vec<bool> = first.written.iter().map(|written| written.created).collect();
    assert_eq!(created, [true, false, true, false, false, true, false]);
    let again = once(&session, "k").batch(changes()).unwrap();
    assert_eq!((again.seq, first.replayed, again.replayed), (first.seq, false, true));
    first.written.iter().zip(&again.written).for_each(|(first, again)| assert_replayed(first, again));
    assert_eq!((session.newest().unwrap(), documents(&session, "c")), (2, 3));
    // One without changes takes its key, too.
    let nothing = once(&session, "n").batch(Vec::new()).unwrap();
    assert_eq!((nothing.seq, nothing.replayed), (3, false));
    assert!(once(&session, "n").batch(Vec::new()).unwrap().replayed);
    assert_eq!(code(once(&session, "n").batch(changes())), Code::IdempotencyMismatch);
}

#[test]
fn a_key_stands_for_one_request() {
    let session = session();
    once(&session, "k").replace("c", "x", br#"{"n":1}"#, Expect::Any).unwrap();
    let other = |write: &dyn Fn(&Session) -> Result<Written>| {
        assert_eq!(code(write(&once(&session, "k"))), Code::IdempotencyMismatch);
    };
    other(&|s| s.replace("c", "x", br#"{"n":2}"#, Expect::Any));
    other(&|s| s.replace("c", "y", br#"{"n":1}"#, Expect::Any));
    other(&|s| s.replace("d", "x", br#"{"n":1}"#, Expect::Any));
    other(&|s| s.replace("c", "x", br#"{"n":1}"#, Expect::Present));
    other(&|s| s.replace("c", "x", br#"{"n":1}"#, Expect::Revision(1)));
    other(&|s| s.patch("c", "x", br#"{"n":1}"#, None));
    other(&|s| s.insert("c", br#"{"n":1}"#));
    other(&|s| s.delete("c", "x", None));
    // Even one that could never be done: the key is what is wrong about it.
    other(&|s| s.insert("c", b"{"));
    assert_eq!(code(once(&session, "k").create_collection("k")), Code::IdempotencyMismatch);
    assert_eq!(code(once(&session, "k").begin_bulk("c")), Code::IdempotencyMismatch);
    assert_eq!(session.newest().unwrap(), 1);
    assert_eq!(text(&session, "c", "x"), r#"{"_id":"x","n":1}"#);
    // Another database knows nothing of it.
    session.create_database("other").unwrap();
    let elsewhere = session.with_database(name("other"));
    assert!(!once(&elsewhere, "k").insert("c", b"{}").unwrap().replayed);
}

#[test]
fn a_request_that_is_refused_leaves_its_key_free() {
    let session = session();
    let keyed = once(&session, "k");
    assert_eq!(code(keyed.patch("c", "x", b"{}", None)), Code::CollectionNotFound);
    assert_eq!(code(keyed.insert("c", b"{")), Code::InvalidJson);
    session.insert("c", br#"{"_id":"x"}"#).unwrap();
    assert_eq!(code(keyed.insert("c", br#"{"_id":"x"}"#)), Code::DocumentExists);
    assert_eq!(code(keyed.delete("c", "y", None)), Code::DocumentNotFound);
    assert_eq!(code(keyed.replace("c", "x", b"{}", Expect::Revision(7))), Code::RevisionMismatch);
    let error = failure(keyed.batch(vec![insert("c", "{}"), insert("c", r#"{"_id":"x"}"#)]));
    assert_eq!((error.code(), error.parts()[0].pointer.as_str()), (Code::DocumentExists, "/operations/1"));
    assert_eq!(session.newest().unwrap(), 1);
    assert!(!keyed.delete("c", "x", None).unwrap().replayed);
}

#[test]
fn of_many_at_once_one_writes() {
    for _ in 0..20 {
        let session = session();
        let answers: Vec<Written> = std::thread::scope(|scope| {
            let ask = || once(&session, "k").insert("c", br#"{"n":1}"#).unwrap();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|written| !written.replayed).count(), 1);
        assert!(answers.iter().all(|written| (&written.id, written.rev) == (&answers[0].id, 1)));
        assert_eq!(documents(&session, "c"), 1);
    }
}

#[test]
fn a_list_is_sent_again_from_its_beginning_and_goes_on() {
    let store = Arc::new(ModelStore::new());
    let session = session_on(store.clone(), Limits::default());
    session.insert("c", br#"{"_id":"taken"}"#).unwrap();
    let changes = |count: usize| -> Vec<Change> {
        let change = |n: usize| match n {
            3 => insert("c", r#"{"_id":"taken"}"#),
            5 => insert("c", "{"),
            6 => patch("c", "taken", r#"{"m":6}"#),
            8 => patch("c", "taken", r#"{"m":8}"#),
            9 => replace("c", "taken", r#"{"m":9}"#),
            _ => insert("c", &format!("{{\"n\":{n}}}")),
        };
        (1..=count).map(change).collect()
    };
    let keyed = once(&session, "k");
    assert!(!keyed.begin_bulk("c").unwrap().value);
    let first = keyed.apply_each(changes(7));
    let failed: Vec<_> = (1..).zip(&first).filter(|(_, answer)| answer.is_err()).map(|(n, _)| n).collect();
    assert_eq!(failed, [3, 5]);
    // What was refused is tried again.
    session.delete("c", "taken", None).unwrap();
    assert!(keyed.begin_bulk("c").unwrap().value);
    let again = keyed.apply_each(changes(2_500));
    for (n, (first, again)) in (1..).zip(first.iter().zip(&again)) {
        match (first, again) {
            (Ok(first), Ok(again)) => assert_replayed(first, again),
            (Err(_), Ok(again)) => assert!(n == 3 && !again.replayed, "{n}"),
            (_, Err(error)) => assert!(n == 5 && error.code() == Code::InvalidJson, "{n}"),
        }
    }
    assert_eq!(again.iter().filter(|answer| answer.as_ref().is_ok_and(|w| w.replayed)).count(), 5);
    assert_eq!(documents(&session, "c"), 2_500 - 4 + 1 - 1);
    assert_eq!(text(&session, "c", "taken"), r#"{"_id":"taken","m":9}"#);
    let third = keyed.apply_each(changes(2_500));
    assert_eq!(third.iter().filter(|answer| answer.as_ref().is_ok_and(|w| w.replayed)).count(), 2_499);
    assert_eq!(records(&*store), 2_500);
    // A line that says something else is not that line.
    let other = keyed.apply_each(vec![insert("c", r#"{"n":"other"}"#), insert("c", r#"{"n":2}"#)]);
    assert_eq!(other[0].as_ref().unwrap_err().code(), Code::IdempotencyMismatch);
    assert!(other[1].as_ref().unwrap().replayed);
    assert_eq!(code(once(&session, "k").begin_bulk("d")), Code::IdempotencyMismatch);
    assert_eq!(code(once(&session, "k").insert("c", b"{}")), Code::IdempotencyMismatch);
}

#[test]
fn two_lists_with_one_key_at_once_make_every_change_once() {
    let session = session();
    let count = 500;
    let answers: Vec<Vec<Result<Written>>> = std::thread::scope(|scope| {
        let send = || {
            let changes = (0..count).map(|n| insert("c", &format!("{{\"n\":{n}}}"))).collect();
            once(&session, "k").apply_each(changes)
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(documents(&session, "c"), count);
    for line in 0..count as usize {
        let answers: Vec<&Written> = answers.iter().map(|list| list[line].as_ref().unwrap()).collect();
        assert!(answers.iter().all(|answer| (&answer.id, answer.rev) == (&answers[0].id, answers[0].rev)));
        assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    }
}

/// A session whose clock the test sets.
fn clocked(limits: Limits) -> (Session, Arc<ModelStore>, Arc<AtomicU64>) {
    let (store, clock) = (Arc::new(ModelStore::new()), Arc::new(AtomicU64::new(1_000_000)));
    let now = clock.clone();
    let session = session_on(store.clone(), limits).with_clock(Arc::new(move || now.load(Ordering::SeqCst)));
    (session, store, clock)
}

fn an_hour() -> Limits {
    Limits { idempotency_lifetime: Duration::from_secs(3_600), ..Limits::default() }
}

#[test]
fn a_key_is_remembered_for_its_time_and_no_longer() {
    let (session, store, clock) = clocked(an_hour());
    let first = once(&session, "k").insert("c", b"{}").unwrap();
    clock.fetch_add(3_600_000 - 1, Ordering::SeqCst);
    assert_replayed(&first, &once(&session, "k").insert("c", b"{}").unwrap());
    clock.fetch_add(1, Ordering::SeqCst);
    let second = once(&session, "k").insert("c", b"{}").unwrap();
    assert!(!second.replayed && second.rev > first.rev);
    assert_replayed(&second, &once(&session, "k").insert("c", b"{}").unwrap());
    // It may even be another request then.
    clock.fetch_add(3_600_000, Ordering::SeqCst);
    assert!(!once(&session, "k").delete("c", first.id.as_str(), None).unwrap().replayed);
    assert_eq!(records(&*store), 1);
    // A clock that was set back forgets nothing.
    clock.fetch_sub(5_000_000, Ordering::SeqCst);
    assert!(once(&session, "k").delete("c", first.id.as_str(), None).unwrap().replayed);
}

#[test]
fn what_has_expired_is_swept_in_small_steps() {
    let (session, store, clock) = clocked(an_hour());
    let fill = |prefix: &str, count: usize| {
        for n in 0..count {
            once(&session, &format!("{prefix}{n}")).insert("c", b"{}").unwrap();
        }
    };
    fill("a", 1_000);
    assert_eq!(records(&*store), 1_000);
    clock.fetch_add(3_600_000, Ordering::SeqCst);
    let (mut before, mut largest) = (1_000, 0);
    for round in 0..20 {
        fill(&format!("b{round}-"), 16);
        let now = records(&*store);
        largest = largest.max(before + 16 - now);
        before = now;
    }
    // In sixteen commits there is one sweep, of a bounded number of records, and it came to all of them.
    assert!(largest <= 128, "{largest}");
    assert_eq!(before, 20 * 16);
    let fresh = once(&session, "b0-0").insert("c", b"{}").unwrap();
    assert!(fresh.replayed);
}

#[test]
fn the_number_of_keys_is_bounded() {
    let (session, store, clock) = clocked(Limits { idempotency_records_max: 3, ..an_hour() });
    for key in ["a", "b", "c"] {
        once(&session, key).insert("c", b"{}").unwrap();
    }
    let error = failure(once(&session, "d").insert("c", b"{}"));
    assert_eq!(error.code(), Code::QuotaExceeded);
    assert!(error.detail().contains("at most 3 ") && error.detail().contains("3600000 ms"), "{error}");
    assert_eq!(code(once(&session, "d").create_collection("d")), Code::QuotaExceeded);
    let refused = once(&session, "d").apply_each(vec![insert("c", "{}"), insert("c", "{}")]);
    assert!(refused.into_iter().all(|answer| code(answer) == Code::QuotaExceeded));
    assert_eq!((documents(&session, "c"), records(&*store)), (3, 3));
    // What is known stays known, and a write without a key needs no room.
    assert!(once(&session, "a").insert("c", b"{}").unwrap().replayed);
    session.insert("c", b"{}").unwrap();
    // Room comes with time, and at once.
    clock.fetch_add(3_600_000, Ordering::SeqCst);
    assert!(!once(&session, "d").insert("c", b"{}").unwrap().replayed);
    assert_eq!(records(&*store), 1);
}

#[test]
fn what_the_system_keeps_is_hidden() {
    let store = Arc::new(ModelStore::new());
    let session = session_on(store.clone(), Limits::default());
    once(&session, "k").insert("c", b"{}").unwrap();
    assert_eq!(records(&*store), 1);
    let hidden = "_idempotency";
    assert_eq!(session.collections().unwrap().value, [name("c")]);
    assert_eq!(code(session.get(hidden, "k")), Code::CollectionNotFound);
    assert_eq!(code(session.count(hidden, None)), Code::CollectionNotFound);
    assert_eq!(code(session.find(&Find::all(hidden))), Code::CollectionNotFound);
    assert_eq!(code(session.stream(&Find::all(hidden))), Code::CollectionNotFound);
    assert!(!failure(session.count("idempotency", None)).detail().contains(hidden));
    assert_eq!(code(session.insert(hidden, b"{}")), Code::InvalidName);
    assert_eq!(code(session.patch(hidden, "k", b"{}", None)), Code::InvalidName);
    assert_eq!(code(session.delete(hidden, "k", None)), Code::InvalidName);
    assert_eq!(code(session.drop_collection(hidden)), Code::InvalidName);
    assert_eq!(code(session.create_collection(hidden)), Code::InvalidName);
    let figures = session.statistics().unwrap();
    assert_eq!(figures[0].collections.len(), 1);
    assert_eq!(session.database_statistics().unwrap(), figures[0]);
}

#[test]
fn a_key_that_is_none_is_refused() {
    let session = session();
    for bad in ["", "a b", "é", "\n", &"x".repeat(256)] {
        assert_eq!(code(session.once(bad)), Code::InvalidRequest, "{bad:?}");
    }
    once(&session, &"x".repeat(255)).insert("c", b"{}").unwrap();
    // What is no commit takes none.
    assert_eq!(code(once(&session, "k").create_database("d")), Code::InvalidRequest);
    session.create_database("d").unwrap();
    assert_eq!(code(once(&session, "k").drop_database("d")), Code::InvalidRequest);
    let elsewhere = once(&session, "k").with_database(name("d"));
    elsewhere.insert("c", b"{}").unwrap();
    assert!(elsewhere.insert("c", b"{}").unwrap().replayed);
}
