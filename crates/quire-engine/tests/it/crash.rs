//! Power cuts: everything that was acknowledged is there, and nothing is there in part.

use crate::support::*;
use quire_engine::{EngineStore, Options, SimDisk};
use quire_model::{Code, Expect, Store};

#[test]
fn trap_1_and_27_a_power_cut_after_any_commit_loses_nothing() {
    let mut disk = SimDisk::default();
    let mut expected = String::new();
    let small = Options { memtable_bytes_max: 64 << 10, ..options() };
    let body = format!("\"{}\"", "x".repeat(3000));
    for round in 0..60 {
        let store = open(&disk, small.clone()).unwrap();
        assert_eq!(dump(&store).unwrap(), expected, "round {round}");
        for n in 0..round % 5 + 1 {
            commit(
                &store,
                vec![
                    put("c", &format!("{round}-{n}"), &body, Expect::Absent),
                    put("d", "same", &round.to_string(), Expect::Any),
                ],
            )
            .unwrap();
        }
        if round % 7 == 3 {
            store.checkpoint(&main_db()).unwrap();
        }
        expected = dump(&store).unwrap();
        disk = disk.crash();
        // The crashed store can write nothing any more, not even while it is dropped.
        drop(store);
    }
}

/// Runs the same work on a disk whose n-th sync fails, for every n.
#[test]
fn trap_10_a_failed_sync_ends_writing_and_is_never_repeated() {
    let small = Options { memtable_bytes_max: 64 << 10, ..options() };
    let work = |store: &EngineStore, acknowledged: &mut Vec<String>| {
        for n in 0..60 {
            let body = format!("\"{}\"", "x".repeat(2000));
            match commit(store, vec![put("c", &format!("{n:02}"), &body, Expect::Absent)]) {
                Ok(_) => acknowledged.push(format!("{n:02}")),
                Err(error) => return Some(error.code()),
            }
        }
        None
    };
    let syncs = {
        let disk = SimDisk::default();
        let store = open(&disk, small.clone()).unwrap();
        assert_eq!(work(&store, &mut Vec::new()), None);
        disk.syncs()
    };
    let mut poisoned = 0;
    for failing in 1..=syncs {
        let disk = SimDisk::default();
        disk.fail_sync(failing);
        let mut acknowledged = Vec::new();
        if let Ok(store) = open(&disk, small.clone()) {
            let code = work(&store, &mut acknowledged);
            if code == Some(Code::OutcomeUnknown) {
                poisoned += 1;
                let again = commit(&store, vec![put("c", "later", "1", Expect::Any)]).unwrap_err();
                assert_eq!(again.code(), Code::ReadOnly);
                assert!(again.detail().contains("Input/output error"), "the cause is kept: {again}");
                assert!(store.statistics(&main_db()).unwrap().read_only.is_some());
                // Reads go on, and show nothing that was not acknowledged.
                assert_eq!(
                    all(&*store.snapshot(&main_db()).unwrap(), "c").map_or(0, |all| all.len()),
                    acknowledged.len()
                );
            }
        }
        let after = disk.crash();
        let store = open(&after, small.clone()).unwrap();
        let seen = dump(&store).unwrap();
        for id in &acknowledged {
            assert!(
                seen.contains(&format!("\"_id\":\"{id}\"")),
                "sync {failing}: {id} was acknowledged and is lost"
            );
        }
        let extra = seen.lines().count() - acknowledged.len();
        assert!(extra <= 1, "sync {failing}: {extra} documents that were never answered");
        commit(&store, vec![put("c", "next", "1", Expect::Absent)]).unwrap();
    }
    assert!(poisoned > 50, "{poisoned} of {syncs} failures met a commit");
}

#[test]
fn a_full_disk_refuses_cleanly_and_goes_on_when_space_returns() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    commit(&store, vec![put("c", "a", "1", Expect::Absent)]).unwrap();
    disk.set_bytes_free(Some(100));
    let body = format!("\"{}\"", "x".repeat(8000));
    for _ in 0..3 {
        let error = commit(&store, vec![put("c", "big", &body, Expect::Absent)]).unwrap_err();
        assert_eq!(error.code(), Code::DiskFull);
        assert!(error.retryable());
    }
    assert_eq!(dump(&store).unwrap().lines().count(), 1);
    disk.set_bytes_free(None);
    commit(&store, vec![put("c", "big", &body, Expect::Absent)]).unwrap();
    let before = dump(&store).unwrap();
    assert_eq!(dump(&open(&disk.crash(), options()).unwrap()).unwrap(), before);
}

#[test]
fn trap_5_a_checkpoint_that_dies_at_any_sync_loses_nothing() {
    let prepare = |disk: &SimDisk| {
        let store = open(disk, options()).unwrap();
        for n in 0..20 {
            commit(&store, vec![put("c", &n.to_string(), "1", Expect::Absent)]).unwrap();
        }
        store.checkpoint(&main_db()).unwrap();
        for n in 0..20 {
            commit(&store, vec![put("c", &n.to_string(), "2", Expect::Present)]).unwrap();
        }
        store
    };
    let (before, during) = {
        let disk = SimDisk::default();
        let store = prepare(&disk);
        let before = disk.syncs();
        store.checkpoint(&main_db()).unwrap();
        (before, disk.syncs())
    };
    assert!(during > before);
    for failing in before + 1..=during {
        let disk = SimDisk::default();
        let store = prepare(&disk);
        let expected = dump(&store).unwrap();
        disk.fail_sync(failing);
        // A merge that fails at the checkpoint's end is told and hinders nothing.
        let _ = store.checkpoint(&main_db());
        assert_eq!(dump(&store).unwrap(), expected, "after the failure");
        store.checkpoint(&main_db()).unwrap();
        let store = open(&disk.crash(), options()).unwrap();
        assert_eq!(dump(&store).unwrap(), expected, "after a restart");
    }
}
