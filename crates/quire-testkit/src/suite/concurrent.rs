//! Many callers at once: one order of commits, nothing lost, nothing torn.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{Code, Committed, Expect, Result, Seq, Store, Stored};
use std::sync::atomic::{AtomicBool, Ordering};

const THREADS: usize = 6;

fn counter(stored: Option<&Stored>) -> i64 {
    let number = |stored: &Stored| stored.document.json().get("v")?.as_number()?.to_i64();
    stored.and_then(number).unwrap_or(0)
}

/// Runs one function on many threads, and gathers what they answer.
fn together<T: Send>(work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|n| {
                scope.spawn({
                    let work = &work;
                    move || work(n)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Adds one to a counter as long as it takes. Answers how the commit went.
fn add_one(store: &dyn Store, own: &str) -> Committed {
    loop {
        let snapshot = store.snapshot(&main_db()).unwrap();
        let found = snapshot.get(&name("c"), &[id(own)]).unwrap().remove(0);
        let revision = found.as_ref().map(|stored| stored.rev);
        let expect = revision.map_or(Expect::Absent, Expect::Revision);
        match commit(store, vec![put_value("c", own, counter(found.as_ref()) + 1, expect)]) {
            Ok(committed) => {
                assert_eq!(committed.previous, [revision], "committed on another revision than expected");
                return committed;
            }
            Err(error) => {
                assert!(matches!(error.code(), Code::RevisionMismatch | Code::DocumentExists), "{error}");
            }
        }
    }
}

pub(super) fn no_update_is_lost(fixture: &mut Fixture) {
    const EACH: usize = 60;
    let store = fixture.store();
    commit(store, vec![create("c")]).unwrap();
    let seqs = together(|thread| {
        let own = |n: usize| format!("{}", (thread + n) % 3);
        (0..EACH).map(|n| add_one(store, &own(n)).seq).collect::<Vec<Seq>>()
    });
    for of_one in &seqs {
        assert!(
            of_one.is_sorted_by(|a, b| a < b),
            "numbers of one caller's commits, in the order of its commits"
        );
    }
    let mut all: Vec<Seq> = seqs.into_iter().flatten().collect();
    all.sort_unstable();
    let count = (THREADS * EACH) as u64;
    assert!(all.iter().copied().eq(2..count + 2), "every number once");
    let sum = |fixture: &Fixture| {
        let snapshot = fixture.store().snapshot(&main_db()).unwrap();
        let found = snapshot.get(&name("c"), &["0", "1", "2"].map(id)).unwrap();
        (snapshot.seq(), found.iter().map(|stored| counter(stored.as_ref())).sum::<i64>())
    };
    assert_eq!(sum(fixture), (count + 1, count as i64));
    fixture.crash();
    assert_eq!(sum(fixture), (count + 1, count as i64));
}

pub(super) fn one_of_many_inserts_wins(fixture: &mut Fixture) {
    const ROUNDS: usize = 40;
    let store = fixture.store();
    let results: Vec<Vec<Result<Committed>>> = together(|thread| {
        let insert = |n: usize| vec![put_value("c", &format!("{n:02}"), thread, Expect::Absent)];
        (0..ROUNDS).map(|n| commit(store, insert(n))).collect()
    });
    let snapshot = store.snapshot(&main_db()).unwrap();
    assert_eq!(snapshot.seq(), ROUNDS as u64);
    for round in 0..ROUNDS {
        let answers: Vec<&Result<Committed>> = results.iter().map(|of_one| &of_one[round]).collect();
        let won: Vec<usize> = (0..THREADS).filter(|thread| answers[*thread].is_ok()).collect();
        assert_eq!(won.len(), 1, "round {round}: threads {won:?} inserted the same document");
        let found = snapshot.get(&name("c"), &[id(&format!("{round:02}"))]).unwrap().remove(0).unwrap();
        assert_eq!(counter(Some(&found)), won[0] as i64);
        assert_eq!(answers[won[0]].as_ref().unwrap().seq, found.rev);
        let mut lost = answers.iter().filter_map(|answer| answer.as_ref().err());
        assert!(lost.clone().all(|error| error.code() == Code::DocumentExists), "{:?}", lost.next_back());
    }
}

pub(super) fn a_reader_never_sees_half_a_batch(fixture: &mut Fixture) {
    const ROUNDS: usize = 60;
    let store = fixture.store();
    let done = AtomicBool::new(false);
    // The documents of a batch are spread over collections and removed together now and then.
    let write = |n: usize| {
        let each = |c: &'static str| ["x", "y", "z"].map(|own| (c, own));
        let all = ["c", "d"].into_iter().flat_map(each);
        let operations = if n % 7 == 6 {
            all.map(|(c, own)| delete(c, own, Expect::Any)).collect()
        } else {
            all.map(|(c, own)| put_value(c, own, n, Expect::Any)).collect()
        };
        commit(store, operations).unwrap();
    };
    write(0);
    let read = || {
        let mut newest = 0;
        let mut looks = 0;
        while !done.load(Ordering::Relaxed) || looks == 0 {
            let snapshot = store.snapshot(&main_db()).unwrap();
            assert!(snapshot.seq() >= newest, "a later snapshot is older");
            newest = snapshot.seq();
            let mut seen = Vec::new();
            for collection in ["c", "d"] {
                seen.extend(snapshot.get(&name(collection), &["x", "y", "z"].map(id)).unwrap());
            }
            let revision = seen[0].as_ref().map(|stored| stored.rev);
            let same = seen.iter().all(|stored| stored.as_ref().map(|stored| stored.rev) == revision);
            assert!(same, "half a batch at {newest}: {seen:?}");
            looks += 1;
        }
    };
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2).map(|_| scope.spawn(read)).collect();
        let writers: Vec<_> = (0..3).map(|_| scope.spawn(|| (0..ROUNDS).for_each(write))).collect();
        let written: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        done.store(true, Ordering::Relaxed);
        assert!(written.iter().all(|w| w.is_ok()) && readers.into_iter().all(|reader| reader.join().is_ok()));
    });
}
