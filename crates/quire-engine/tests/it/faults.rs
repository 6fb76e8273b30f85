//! Faults in the middle of rare operations: a merge, a recovery, a close, making and dropping a database.

use crate::hooked::{Hook, eio, open_hooked};
use crate::support::*;
use quire_engine::{Disk, EngineStore, ManualClock, Options, SimDisk};
use quire_model::{Code, Expect, Store, WriteBatch};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;

#[test]
fn a_checkpoint_or_merge_that_fails_at_any_sync_leaves_nothing_that_a_later_one_could_mix_up() {
    // Four flushes and a merge: 5 times the segment, its folder and the manifest, which is begun anew once.
    for failing in 1..30 {
        let disk = SimDisk::default();
        let store = open(&disk, options()).unwrap();
        let begun = disk.syncs();
        let mut failed = 0;
        disk.fail_sync(begun + failing);
        for n in 0..4 {
            let written = commit(&store, vec![put("c", &format!("old{n}"), "1", Expect::Absent)]);
            failed += u32::from(written.is_err() || store.checkpoint(&main_db()).is_err());
        }
        assert!(failed <= 4);
        disk.heal();
        if store.statistics(&main_db()).unwrap().read_only.is_none() {
            commit(&store, vec![put("c", "new", "1", Expect::Absent)]).unwrap();
            commit(&store, vec![put("c", "old0", "2", Expect::Any)]).unwrap();
        }
        let expected = dump(&store).unwrap();
        disk.fail_sync(disk.syncs() + 3);
        let _ = store.checkpoint(&main_db());
        assert_eq!(dump(&store).unwrap(), expected, "{failing}");
        let again = open(&disk.crash(), options()).unwrap();
        let seen = dump(&again).unwrap();
        let lost: Vec<&str> = expected.lines().filter(|line| !seen.contains(line)).collect();
        assert!(lost.is_empty(), "{failing}: {lost:?}");
        assert!(seen.lines().count() <= expected.lines().count() + 1, "{failing}");
        again.checkpoint(&main_db()).unwrap();
        assert_eq!(dump(&open(&disk.crash(), options()).unwrap()).unwrap(), seen);
    }
}

#[test]
fn a_recovery_that_dies_between_two_removals_leaves_no_gap() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    commit(&store, vec![put("c", "a", "1", Expect::Absent)]).unwrap();
    while store.step().unwrap() {}
    let body = format!("\"{}\"", "x".repeat(5000));
    commit(&store, vec![put("c", "b", &body, Expect::Absent)]).unwrap();
    while store.step().unwrap() {}
    let after = disk.crash();
    let logs = files(&after, ".log");
    assert_eq!(logs.len(), 3);
    // The power went before the group in file 2 was durable, and after file 3 was made ahead.
    let mut second = read_file(&after, &logs[1]);
    second[64..].fill(0);
    replace_file(&after, &logs[1], &second);
    for survived in 0..3 {
        let removals = AtomicU32::new(0);
        let hook: Hook = Box::new(move |operation, path| {
            let removes_log = operation == "remove" && path.extension().is_some_and(|e| e == "log");
            if removes_log && removals.fetch_add(1, Ordering::SeqCst) >= survived {
                Err(eio())
            } else {
                Ok(())
            }
        });
        let dying = after.crash_copy();
        let _ = open_hooked(Arc::new(dying.clone()), &folder(), options(), hook);
        let store = open(&dying.crash(), options()).unwrap();
        assert_eq!(dump(&store).unwrap().lines().count(), 1, "{survived} removals");
    }
}

#[test]
fn what_recovery_serves_is_durable_from_then_on() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    // It fills its log file to the last byte, so that nothing has to be cut.
    let body = format!("\"{}\"", "x".repeat(9000));
    disk.fail_sync(disk.syncs() + 3);
    let error = commit(&store, vec![put("c", "a", &body, Expect::Absent)]).unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown);
    drop(store);
    let store = open(&disk, options()).unwrap();
    let seen = dump(&store).unwrap();
    assert_eq!(seen.lines().count(), 1, "the bytes are still in the cache");
    assert_eq!(dump(&open(&disk.crash(), options()).unwrap()).unwrap(), seen);
}

#[test]
fn a_commit_that_waits_for_room_hears_of_the_close() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let held = gate.clone();
    let hook: Hook = Box::new(move |operation, path| {
        let background = std::thread::current().name() == Some("quire-background");
        if operation == "create" && background && path.to_string_lossy().contains("wal-") {
            let mut open = held.0.lock().unwrap();
            while !*open {
                open = held.1.wait(open).unwrap();
            }
        }
        Ok(())
    });
    let small = Options { memtable_bytes_max: 64 << 10, ..Options::default() };
    let store = Arc::new(open_hooked(Arc::new(SimDisk::default()), &folder(), small, hook).unwrap());
    let (told, answers) = mpsc::channel();
    let writer = store.clone();
    std::thread::spawn(move || {
        let body = format!("\"{}\"", "x".repeat(70_000));
        for n in 0..9 {
            let answer = commit(&*writer, vec![put("c", &n.to_string(), &body, Expect::Absent)]);
            if told.send(answer.map_err(|e| e.code())).is_err() {
                return;
            }
        }
    });
    while answers.recv_timeout(Duration::from_millis(300)).is_ok() {}
    let closing = store.clone();
    let closed = std::thread::spawn(move || closing.close());
    std::thread::sleep(Duration::from_millis(100));
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    closed.join().unwrap().unwrap();
    let answer = answers.recv_timeout(Duration::from_secs(60)).expect("the commit sleeps for ever");
    assert!(matches!(answer, Ok(_) | Err(Code::ReadOnly)), "{answer:?}");
}

#[test]
fn a_closed_store_is_freed() {
    for background in [false, true] {
        let clock = Arc::new(ManualClock::default());
        let options = Options { background, ..options() };
        let disk = Arc::new(SimDisk::default());
        let store = EngineStore::open_on(disk.clone(), clock.clone(), &folder(), options).unwrap();
        commit(&store, vec![put("c", "a", "1", Expect::Absent)]).unwrap();
        drop(store);
        assert_eq!((Arc::strong_count(&clock), Arc::strong_count(&disk)), (1, 1));
    }
}

/// A store whose disk fails once, at the next `operation` on a path that ends with `name`, when armed.
fn failing_once(
    disk: &SimDisk,
    operation: &'static str,
    name: &'static str,
) -> (EngineStore, Arc<AtomicBool>) {
    let armed = Arc::new(AtomicBool::new(false));
    let watch = armed.clone();
    let hook: Hook = Box::new(move |op, path| {
        let hit = op == operation && path.ends_with(name) && watch.swap(false, Ordering::SeqCst);
        if hit { Err(io::Error::from_raw_os_error(24)) } else { Ok(()) }
    });
    (open_hooked(Arc::new(disk.clone()), &folder(), options(), hook).unwrap(), armed)
}

#[test]
fn a_database_that_could_not_be_made_is_in_nobodys_way() {
    for (operation, path) in
        [("sync_folder", "databases"), ("create", "manifest-00000001.tmp"), ("rename", "2.new")]
    {
        let disk = SimDisk::default();
        let (store, armed) = failing_once(&disk, operation, path);
        armed.store(true, Ordering::SeqCst);
        store.create_database(&name("x")).unwrap_err();
        for n in 0..9 {
            store.create_database(&name(&format!("d{n}"))).unwrap();
        }
        store.create_database(&name("x")).unwrap();
        store.commit(&name("x"), WriteBatch::of(put("c", "a", "1", Expect::Absent))).unwrap();
        let store = open(&disk.crash(), options()).unwrap();
        assert_eq!(store.snapshot(&name("x")).unwrap().seq(), 1, "{operation}");
        assert_eq!(store.databases().unwrap().len(), 11, "{operation}");
    }
}

#[test]
fn a_database_can_be_dropped_on_a_full_disk() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    store.create_database(&name("x")).unwrap();
    store.commit(&name("x"), WriteBatch::of(put("c", "a", "1", Expect::Absent))).unwrap();
    disk.set_bytes_free(Some(0));
    store.drop_database(&name("x")).unwrap();
    assert_eq!(store.databases().unwrap(), [main_db()]);
}

#[test]
fn a_drop_that_failed_half_way_is_decided_by_the_restart() {
    let disk = SimDisk::default();
    let (store, armed) = failing_once(&disk, "sync_folder", "databases");
    store.create_database(&name("x")).unwrap();
    armed.store(true, Ordering::SeqCst);
    assert_eq!(store.drop_database(&name("x")).unwrap_err().code(), Code::OutcomeUnknown);
    assert_eq!(store.drop_database(&name("x")).unwrap_err().code(), Code::OutcomeUnknown);
    assert_eq!(store.create_database(&name("x")).unwrap_err().code(), Code::OutcomeUnknown);
    store.create_database(&name("y")).unwrap();
    drop(store);
    let store = open(&disk, options()).unwrap();
    store.create_database(&name("x")).unwrap();
}

#[test]
fn a_folder_whose_path_is_no_utf_8_opens_after_a_crash() {
    use std::os::unix::ffi::OsStrExt;
    let disk = SimDisk::default();
    let folder = std::path::Path::new(std::ffi::OsStr::from_bytes(b"/d\xff"));
    let open = |disk: &SimDisk| {
        EngineStore::open_on(Arc::new(disk.clone()), Arc::new(ManualClock::default()), folder, options())
    };
    let store = open(&disk).unwrap();
    commit(&store, vec![put("c", "a", "1", Expect::Absent)]).unwrap();
    while store.step().unwrap() {}
    assert_eq!(dump(&open(&disk.crash()).unwrap()).unwrap().lines().count(), 1);
}

#[test]
fn a_full_disk_can_be_opened_and_read() {
    let disk = SimDisk::default();
    for n in 0..17 {
        let store = open(&disk, options()).unwrap();
        commit(&store, vec![put("c", &n.to_string(), "1", Expect::Absent)]).unwrap();
    }
    let crashed = disk.crash();
    crashed.set_bytes_free(Some(0));
    let store = open(&crashed, options()).unwrap();
    assert_eq!(dump(&store).unwrap().lines().count(), 17);
    assert_eq!(commit(&store, vec![put("c", "x", "1", Expect::Absent)]).unwrap_err().code(), Code::DiskFull);
}

#[test]
fn a_closed_store_makes_and_drops_nothing() {
    let store = open(&SimDisk::default(), options()).unwrap();
    store.create_database(&name("x")).unwrap();
    store.close().unwrap();
    assert_eq!(store.create_database(&name("y")).unwrap_err().code(), Code::ReadOnly);
    assert_eq!(store.drop_database(&name("x")).unwrap_err().code(), Code::ReadOnly);
    assert_eq!(commit(&store, vec![put("c", "a", "1", Expect::Any)]).unwrap_err().code(), Code::ReadOnly);
}

#[test]
fn a_missing_manifest_is_damage() {
    let disk = SimDisk::default();
    drop(open(&disk, options()).unwrap());
    disk.remove(&folder().join("databases/1/manifest-00000001")).unwrap();
    assert_eq!(open(&disk, options()).err().unwrap().code(), Code::Corrupt);
}
