//! Calls that fail, a disk that fills up, the power that goes, the process that is killed, damage at rest.

use crate::support::*;
use quire_engine::{Call, Disk, Fault, SimDisk, World};
use std::io;
use std::path::Path;

/// One call of each kind, in the order of [`Call::ALL`].
fn calls(disk: &SimDisk, n: usize) -> Vec<io::Result<()>> {
    let name = |what: &str| path(&format!("{what}{n}"));
    let file = durable(disk, &format!("file{n}"), b"bytes");
    durable(disk, &format!("old{n}"), b"");
    durable(disk, &format!("gone{n}"), b"");
    let mut results = vec![
        disk.create(&name("made")).map(drop),
        disk.open(&name("file")).map(drop),
        disk.rename(&name("old"), &name("new")),
        disk.remove(&name("gone")),
        disk.list(Path::new("/d")).map(drop),
        disk.create_folder(&name("folder")),
        disk.remove_folder(&name("folder")),
        disk.sync_folder(Path::new("/d")),
        disk.lock(&name("lock")).map(drop),
        file.read_at(&mut [0], 0),
        file.write_at(b"x", 0),
        file.set_len(3),
        file.length().map(drop),
    ];
    results.push(file.sync());
    results
}

#[test]
fn every_kind_of_call_fails_when_told_once_or_for_ever() {
    for forever in [false, true] {
        for (kind, call) in Call::ALL.iter().enumerate() {
            let disk = disk(World::Strict);
            let dry = {
                let counting = disk.calls();
                let results = calls(&disk, 0);
                assert_eq!(results.len(), Call::ALL.len());
                assert!(results.iter().all(Result::is_ok), "{results:?}");
                disk.calls() - counting
            };
            assert!(dry > 14 && disk.faults_met() == 0);
            // The files that the calls work on are made first, by calls of the same kinds.
            let made = match call {
                Call::Create => 3,
                Call::Write => 1,
                Call::Sync | Call::SyncFolder => 3,
                // A folder that was not made cannot be removed.
                _ => 0,
            };
            let calls_of = std::slice::from_ref(call);
            disk.inject(Fault { calls: calls_of, after: made, errno: 28, forever, ..Fault::default() });
            let results = calls(&disk, 1);
            let failed: Vec<usize> = (0..results.len()).filter(|n| results[*n].is_err()).collect();
            assert!(failed.contains(&kind) && disk.faults_met() > 0, "{call:?}: {failed:?}");
            assert_eq!(results[kind].as_ref().unwrap_err().raw_os_error(), Some(28));
            if forever {
                assert!(disk.list(Path::new("/d")).is_err() || *call != Call::List);
                disk.heal();
            }
            assert!(calls(&disk, 2).iter().all(Result::is_ok), "{call:?}");
        }
    }
}

#[test]
fn a_write_that_fails_leaves_its_first_bytes() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", b"------");
    disk.inject(Fault { calls: &[Call::Write], bytes_done: 2, ..Fault::default() });
    assert_eq!(file.write_at(b"++++", 1).unwrap_err().raw_os_error(), Some(5));
    assert_eq!(shown(&disk)["a"], b"-++---");
}

#[test]
fn a_sync_that_failed_cannot_be_made_good_by_another() {
    let mut outcomes = std::collections::BTreeSet::new();
    for seed in 0..40 {
        let disk = SimDisk::new(World::Strict, seed);
        disk.create_folder(Path::new("/d")).unwrap();
        disk.sync_folder(Path::new("/")).unwrap();
        let file = durable(&disk, "a", b"old");
        file.write_at(b"new", 0).unwrap();
        disk.fail_sync(disk.syncs() + 1);
        file.sync().unwrap_err();
        file.sync().unwrap();
        assert_eq!(shown(&disk)["a"], b"new", "the cache shows it");
        outcomes.insert(shown(&disk.crash_copy())["a"].clone());
        // Written once more, it is durable.
        file.write_at(b"new", 0).unwrap();
        file.sync().unwrap();
        assert_eq!(shown(&disk.crash())["a"], b"new");
    }
    assert_eq!(outcomes, [b"old".to_vec(), b"new".to_vec()].into());
}

#[test]
fn a_full_disk_takes_what_fits_and_gets_back_what_is_freed() {
    let disk = disk(World::Strict);
    disk.set_bytes_free(Some(4));
    let file = create(&disk, "a", b"abc");
    assert_eq!(file.write_at(b"1234", 2).unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(shown(&disk)["a"], b"ab12");
    file.write_at(b"zz", 0).unwrap();
    assert_eq!(file.set_len(5).unwrap_err().kind(), io::ErrorKind::StorageFull);
    file.set_len(3).unwrap();
    file.write_at(b"x", 3).unwrap();
    disk.remove(&path("a")).unwrap();
    create(&disk, "b", b"1234");
    disk.set_bytes_free(None);
    create(&disk, "c", &[1; 10_000]);
}

#[test]
fn the_power_goes_in_the_middle_of_a_call() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", b"1");
    disk.die_at(3);
    file.write_at(b"2", 0).unwrap();
    file.read_at(&mut [0], 0).unwrap();
    file.write_at(b"3", 0).unwrap();
    file.write_at(b"4", 0).unwrap_err();
    file.write_at(b"5", 0).unwrap_err();
    assert!(disk.is_dead());
    disk.list(Path::new("/d")).unwrap_err();
    file.read_at(&mut [0], 0).unwrap_err();
    let states = states_of(&disk, "a");
    for expected in [b"1", b"2", b"3", b"4"] {
        assert!(states.contains(&Some(expected.to_vec())), "the call in flight may be done or not");
    }
    assert!(!states.contains(&Some(b"5".to_vec())), "there is no call after the end");
}

#[test]
fn a_sync_in_which_the_power_goes_may_not_have_happened() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", b"1");
    file.write_at(b"2", 0).unwrap();
    disk.die_at(1);
    file.sync().unwrap_err();
    assert_eq!(states_of(&disk, "a").len(), 2);
}

#[test]
fn a_killed_process_leaves_the_cache_and_its_locks_end() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", b"1");
    let _held = disk.lock(&path("LOCK")).unwrap();
    assert_eq!(disk.lock(&path("LOCK")).err().unwrap().kind(), io::ErrorKind::WouldBlock);
    file.write_at(b"2", 0).unwrap();
    let next = disk.restart();
    file.write_at(b"3", 0).unwrap_err();
    next.lock(&path("LOCK")).unwrap();
    assert_eq!(shown(&next)["a"], b"2");
    assert_eq!(shown(&next.crash_copy())["a"], b"1");
    next.open(&path("a")).unwrap().sync().unwrap();
    assert_eq!(shown(&next.crash())["a"], b"2");
}

#[test]
fn damage_at_rest_is_seen_and_stays() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", b"abc");
    disk.flip_bit(&path("a"), 8).unwrap();
    assert_eq!(disk.flip_bit(&path("a"), 24).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    let mut seen = [0; 3];
    file.read_at(&mut seen, 0).unwrap();
    assert_eq!((&seen, shown(&disk.crash())["a"].as_slice()), (b"acc", &b"acc"[..]));
}
