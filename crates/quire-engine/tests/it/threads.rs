//! Many threads on one store: no update is lost, no batch is torn, counts stay right.

use crate::support::*;
use quire_engine::{EngineStore, Options, SimDisk};
use quire_model::{Code, Expect, Operation, Store, Stored, WriteBatch};

const THREADS: u64 = 6;
const ROUNDS: u64 = 1500;
const KEYS: u64 = 5;

/// The counter in a document, 0 where there is none.
fn counter(stored: &Option<Stored>) -> u64 {
    let number = |s: &Stored| s.document.json().get("v")?.get("n")?.as_number()?.to_i64();
    stored.as_ref().and_then(number).map_or(0, |n| n as u64)
}

/// Adds one to a pair of counters that are always equal, if nobody did so meanwhile; answers whether it did.
fn add_one(store: &EngineStore, key: u64) -> bool {
    let ids = [format!("a{key}"), format!("b{key}")];
    let snapshot = store.snapshot(&main_db()).unwrap();
    let found =
        snapshot.get(&name("k"), &ids.each_ref().map(|text| id(text))).unwrap_or_else(|_| vec![None, None]);
    let revisions: Vec<_> = found.iter().map(|f| f.as_ref().map(|s| s.rev)).collect();
    assert_eq!(revisions[0], revisions[1], "half of a batch");
    let expect = revisions[0].map_or(Expect::Absent, Expect::Revision);
    let body = format!("{{\"n\":{},\"filling\":\"{}\"}}", counter(&found[0]) + 1, "x".repeat(1500));
    let operations = ids.iter().map(|id| put("k", id, &body, expect)).collect();
    match store.commit(&main_db(), WriteBatch { operations }) {
        Ok(committed) => {
            assert_eq!(committed.previous, revisions);
            true
        }
        Err(error) => {
            assert!(matches!(error.code(), Code::RevisionMismatch | Code::DocumentExists), "{error}");
            false
        }
    }
}

fn other_work(store: &EngineStore, lot: u64) {
    match lot % 64 {
        0 => {
            store.checkpoint(&main_db()).unwrap();
        }
        1 => {
            // Two threads may drop it at once; one of them then finds nothing to drop.
            let operations =
                vec![Operation::DropCollection { collection: name("z") }, put("z", "q", "1", Expect::Absent)];
            let _ = commit(store, operations);
        }
        2 => {
            commit(store, vec![put("z", &lot.to_string(), "1", Expect::Any), delete("z", "q", Expect::Any)])
                .unwrap();
        }
        _ => {}
    }
}

fn sum(store: &EngineStore) -> u64 {
    let snapshot = store.snapshot(&main_db()).unwrap();
    for collection in store.statistics(&main_db()).unwrap().collections {
        let counted = all(&*snapshot, collection.name.as_str()).unwrap().len() as u64;
        assert_eq!(collection.documents, counted, "count of {}", collection.name);
    }
    (0..KEYS).map(|key| counter(&snapshot.get(&name("k"), &[id(&format!("a{key}"))]).unwrap()[0])).sum()
}

#[test]
fn counters_written_by_many_threads_add_up_before_and_after_a_power_cut() {
    for background in [false, true] {
        let disk = SimDisk::default();
        let options =
            Options { memtable_bytes_max: 64 << 10, log_bytes_max: 64 << 10, background, ..options() };
        let store = open(&disk, options.clone()).unwrap();
        let acknowledged: u64 = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let store = &store;
                    scope.spawn(move || {
                        let mut lot = thread + 1;
                        let mut done = 0;
                        for _ in 0..ROUNDS {
                            lot = lot
                                .wrapping_mul(6_364_136_223_846_793_005)
                                .wrapping_add(1_442_695_040_888_963_407);
                            done += u64::from(add_one(store, (lot >> 33) % KEYS));
                            other_work(store, lot >> 40);
                        }
                        done
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(sum(&store), acknowledged);
        let expected = dump(&store).unwrap();
        let after = disk.crash();
        drop(store);
        let store = open(&after, options).unwrap();
        assert_eq!(dump(&store).unwrap(), expected);
        assert_eq!(sum(&store), acknowledged);
    }
}
