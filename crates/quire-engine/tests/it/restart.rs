//! What stays the same over restarts, and what a second process sees.

use crate::support::*;
use quire_engine::{EngineStore, Options, SimDisk};
use quire_model::{Code, Expect, Store};

fn sizes(disk: &SimDisk) -> (usize, usize) {
    let bytes = |suffix| files(disk, suffix).iter().map(|path| read_file(disk, path).len()).sum();
    (bytes(".log"), bytes(".seg"))
}

#[test]
fn trap_7_twenty_restarts_leave_the_sizes_constant() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    for n in 0..50 {
        commit(&store, vec![put("c", &n.to_string(), "1", Expect::Any)]).unwrap();
    }
    store.checkpoint(&main_db()).unwrap();
    commit(&store, vec![put("c", "last", "1", Expect::Any)]).unwrap();
    let before = dump(&store).unwrap();
    drop(store);
    let first = sizes(&disk);
    for _ in 0..20 {
        let store = open(&disk, options()).unwrap();
        assert_eq!(dump(&store).unwrap(), before);
        drop(store);
        assert_eq!(sizes(&disk), first);
    }
}

#[test]
fn trap_7_twenty_crashes_leave_the_sizes_constant() {
    let mut disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    commit(&store, vec![put("c", "a", "1", Expect::Any)]).unwrap();
    let before = dump(&store).unwrap();
    let mut seen = Vec::new();
    for _ in 0..20 {
        disk = disk.crash();
        let store = open(&disk, options()).unwrap();
        assert_eq!(dump(&store).unwrap(), before);
        seen.push(sizes(&disk));
        std::mem::forget(store);
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[test]
fn trap_6_many_short_lives_do_not_pile_up_log_files() {
    let disk = SimDisk::default();
    for n in 0..100 {
        let store = open(&disk, options()).unwrap();
        commit(&store, vec![put("c", &n.to_string(), "1", Expect::Absent)]).unwrap();
    }
    assert!(files(&disk, ".log").len() < 20);
    assert!(files(&disk, ".seg").len() < 8);
    let store = open(&disk, options()).unwrap();
    assert_eq!(store.statistics(&main_db()).unwrap().collections[0].documents, 100);
    assert_eq!(dump(&store).unwrap().lines().count(), 100);
}

#[test]
fn trap_8_a_log_larger_than_memory_opens() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    let body = format!("\"{}\"", "x".repeat(1000));
    for n in 0..1000 {
        commit(&store, vec![put("c", &format!("{n:04}"), &body, Expect::Any)]).unwrap();
    }
    let before = dump(&store).unwrap();
    assert!(files(&disk, ".seg").is_empty());
    let small = Options { memtable_bytes_max: 64 << 10, ..options() };
    let store = open(&disk.crash(), small).unwrap();
    assert!(store.statistics(&main_db()).unwrap().data_files > 0, "replay flushed as it went");
    assert_eq!(dump(&store).unwrap(), before);
}

#[test]
fn trap_6_the_log_and_the_runs_stay_bounded_when_the_same_keys_are_written_again() {
    let disk = SimDisk::default();
    let small = Options { memtable_bytes_max: 64 << 10, log_bytes_max: 64 << 10, ..options() };
    let store = open(&disk, small).unwrap();
    let body = format!("\"{}\"", "x".repeat(1000));
    let mut most = 0;
    for round in 0..40 {
        for n in 0..50 {
            commit(&store, vec![put("c", &n.to_string(), &body, Expect::Any)]).unwrap();
        }
        if round == 10 {
            most = sizes(&disk).0 + sizes(&disk).1;
        }
    }
    let last = sizes(&disk).0 + sizes(&disk).1;
    assert!(last < 3 * most, "{last} bytes after forty rounds, {most} after ten");
}

#[test]
fn a_folder_has_one_process_at_a_time() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    assert_eq!(open(&disk, options()).err().unwrap().code(), Code::Locked);
    drop(store);
    open(&disk, options()).unwrap();
}

#[test]
fn an_absent_folder_is_made_only_where_that_is_wanted() {
    let error = open(&SimDisk::default(), Options { create: false, ..options() }).err().unwrap();
    assert_eq!(error.code(), Code::Unavailable);
}

#[test]
fn settings_are_checked_on_both_sides() {
    let with = |bytes| Options { log_bytes_max: bytes, ..options() };
    for (bytes, good) in [(64 << 10, true), ((64 << 10) - 1, false), (1 << 30, true), ((1 << 30) + 1, false)]
    {
        assert_eq!(open(&SimDisk::default(), with(bytes)).is_ok(), good, "{bytes}");
    }
}

#[test]
fn the_machines_own_disk_does_the_same() {
    let folder = std::env::temp_dir().join(format!("quire-engine-{}", std::process::id()));
    let options = Options { memtable_bytes_max: 64 << 10, log_bytes_first: 4 << 10, ..Options::default() };
    let body = format!("\"{}\"", "x".repeat(200));
    let mut before = String::new();
    for life in 0..3 {
        let store = EngineStore::open(&folder, options.clone()).unwrap();
        assert_eq!(dump(&store).unwrap(), before);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (store, body) = (&store, &body);
                scope.spawn(move || {
                    for n in 0..200 {
                        commit(store, vec![put("c", &format!("{thread}-{n}"), body, Expect::Any)]).unwrap();
                    }
                });
            }
        });
        before = dump(&store).unwrap();
        assert_eq!(before.lines().count(), 1600, "life {life}");
        let statistics = store.statistics(&main_db()).unwrap();
        assert_eq!(statistics.commits, 1600);
        assert!(statistics.log_syncs <= statistics.commits);
        store.close().unwrap();
    }
    std::fs::remove_dir_all(folder).unwrap();
}
