//! Flushes, merges and memory under bad luck: what fails in one place must not spread, leak or stop the rest.

use crate::hooked::{Hook, eio, open_hooked};
use crate::support::*;
use quire_engine::{Options, SimDisk};
use quire_model::{Expect, MemoryUse, Operation, Store, WriteBatch};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

fn text(kib: usize) -> String {
    // Does not shrink much.
    let mut x = 88172645463325252u64;
    let s: String = (0..kib * 1024)
        .map(|_| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            char::from(b'a' + (x % 26) as u8)
        })
        .collect();
    format!("\"{s}\"")
}
fn drop_op(c: &str) -> Operation {
    Operation::DropCollection { collection: name(c) }
}
fn create_op(c: &str) -> Operation {
    Operation::CreateCollection { collection: name(c) }
}
fn count(disk: &SimDisk, suffix: &str) -> usize {
    files(disk, suffix).len()
}
fn commit_to(store: &dyn Store, db: &str, ops: Vec<Operation>) -> quire_model::Result<u64> {
    store.commit(&name(db), WriteBatch { operations: ops }).map(|c| c.seq)
}

fn damage(disk: &SimDisk, path: &Path, at: usize) {
    let mut bytes = read_file(disk, path);
    bytes[at] ^= 0x40;
    replace_file(disk, path, &bytes);
}

fn relieved(failing: bool) -> Option<quire_model::Error> {
    let disk = SimDisk::default();
    let hook: Hook = Box::new(move |op, path| {
        if failing && op == "create" && path.to_string_lossy().contains("databases/2/segment-") {
            Err(eio())
        } else {
            Ok(())
        }
    });
    let store = open_hooked(
        Arc::new(disk.clone()),
        &folder(),
        Options { background: true, memory_bytes_max: 16 << 20, ..options() },
        hook,
    )
    .unwrap();
    store.create_database(&name("bad")).unwrap();
    let t = text(500);
    for m in 0..3 {
        commit_to(&store, "bad", vec![put("c", &m.to_string(), &t, Expect::Any)]).unwrap();
    }
    let mut last = None;
    for n in 0..20 {
        store.create_database(&name(&format!("d{n}"))).unwrap();
        last = commit_to(&store, &format!("d{n}"), vec![put("c", "a", &t, Expect::Any)]).err();
        if last.is_some() {
            for _ in 0..4 {
                last = commit_to(&store, &format!("d{n}"), vec![put("c", "a", &t, Expect::Any)]).err();
            }
            break;
        }
    }
    last
}

#[test]
fn a_dropped_collection_that_a_merge_met_hinders_no_later_open() {
    let disk = SimDisk::default();
    let store = open(&disk, Options { memtable_bytes_max: 1 << 20, ..options() }).unwrap();
    for round in 0..4 {
        let mut ops: Vec<Operation> =
            (0..8).map(|a| put(&format!("a{a}"), &format!("{round}"), &text(150), Expect::Any)).collect();
        ops.push(put("z", &format!("{round}"), "1", Expect::Any));
        commit(&store, ops).unwrap();
    }
    commit(&store, vec![put("z", "0", &text(100), Expect::Any)]).unwrap();
    commit(&store, vec![drop_op("z")]).unwrap();
    while store.step().unwrap() {}
    let expected = dump(&store).unwrap();
    let again = open(&disk.crash(), Options { memtable_bytes_max: 64 << 10, ..options() });
    let again = again.unwrap_or_else(|e| panic!("does not open: {e}"));
    assert_eq!(dump(&again).unwrap(), expected);
}

#[test]
fn without_a_thread_a_commit_never_waits_for_a_flush_that_nobody_does() {
    let disk = SimDisk::default();
    let first = AtomicBool::new(true);
    let hook: Hook = Box::new(move |op, path| {
        if op == "create" && path.to_string_lossy().contains("wal-") && first.swap(false, Ordering::SeqCst) {
            std::thread::sleep(Duration::from_secs(1));
        }
        Ok(())
    });
    let store = Arc::new(
        open_hooked(
            Arc::new(disk.clone()),
            &folder(),
            Options { memtable_bytes_max: 64 << 10, ..options() },
            hook,
        )
        .unwrap(),
    );
    let barrier = Arc::new(Barrier::new(8));
    let t = text(5 << 10);
    let threads: Vec<_> = (0..8)
        .map(|n| {
            let (store, barrier, t) = (store.clone(), barrier.clone(), t.clone());
            std::thread::spawn(move || {
                barrier.wait();
                commit(&*store, vec![put("c", &n.to_string(), &t, Expect::Any)]).unwrap();
            })
        })
        .collect();
    threads.into_iter().for_each(|t| t.join().unwrap());
    let (tell, told) = mpsc::channel();
    let s = store.clone();
    std::thread::spawn(move || {
        let _ = tell.send(commit(&*s, vec![put("c", "x", "1", Expect::Any)]));
    });
    let r = told.recv_timeout(Duration::from_secs(20));
    assert!(r.is_ok(), "the commit hangs");
}

#[test]
fn a_flush_that_fails_at_its_end_leaves_no_file() {
    let disk = SimDisk::default();
    let hook: Hook = Box::new(|op, path| {
        if op == "rename" && path.to_string_lossy().contains("segment-") { Err(eio()) } else { Ok(()) }
    });
    let store = open_hooked(Arc::new(disk.clone()), &folder(), options(), hook).unwrap();
    commit(
        &store,
        vec![put("small", "a", &text(300), Expect::Any), put("big", "a", &text(1100), Expect::Any)],
    )
    .unwrap();
    for _ in 0..5 {
        store.checkpoint(&main_db()).unwrap_err();
    }
    assert_eq!(count(&disk, ".tmp"), 0, "{:?}", files(&disk, ".tmp"));
}

#[test]
fn segments_of_a_change_that_failed_go_with_the_next_that_succeeds() {
    let disk = SimDisk::default();
    let fails = Arc::new(AtomicBool::new(false));
    let f = fails.clone();
    let hook: Hook = Box::new(move |op, path| {
        if op == "create" && path.to_string_lossy().contains("manifest-") && f.load(Ordering::SeqCst) {
            Err(eio())
        } else {
            Ok(())
        }
    });
    let store = open_hooked(Arc::new(disk.clone()), &folder(), options(), hook).unwrap();
    commit(&store, vec![put("c", "a", &text(1100), Expect::Any)]).unwrap();
    fails.store(true, Ordering::SeqCst);
    for _ in 0..5 {
        store.checkpoint(&main_db()).unwrap_err();
    }
    fails.store(false, Ordering::SeqCst);
    store.checkpoint(&main_db()).unwrap();
    assert_eq!(count(&disk, ".seg"), 1, "{:?}", files(&disk, ".seg"));
}

#[test]
fn one_damaged_collection_does_not_stop_the_merges_of_the_others() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    let t = text(600);
    let write = |c: &str, n: usize| {
        commit(
            &store,
            vec![
                put(c, &format!("{n}a"), &t, Expect::Any),
                put(c, &format!("{n}b"), &t, Expect::Any),
                put(c, &format!("{n}c"), &t, Expect::Any),
            ],
        )
        .unwrap();
    };
    write("a", 0);
    store.checkpoint(&main_db()).unwrap();
    write("b", 0);
    store.checkpoint(&main_db()).unwrap();
    let first = files(&disk, ".seg").remove(0);
    for n in 1..3 {
        write("a", n);
        store.checkpoint(&main_db()).unwrap();
    }
    drop(store);
    damage(&disk, &first, 700_000);
    let store = open(&disk, options()).unwrap();
    let write = |c: &str, n: usize| {
        commit(
            &store,
            vec![
                put(c, &format!("{n}a"), &t, Expect::Any),
                put(c, &format!("{n}b"), &t, Expect::Any),
                put(c, &format!("{n}c"), &t, Expect::Any),
            ],
        )
        .unwrap();
    };
    write("a", 3);
    for n in 1..20 {
        write("b", n);
        let _ = store.checkpoint(&main_db());
    }
    let files = store.statistics(&main_db()).unwrap().data_files;
    assert!(files <= 4 + 5, "{files} files at rest");
}

#[test]
fn damage_that_only_a_merge_meets_hinders_no_open() {
    let disk = SimDisk::default();
    let o = || Options { memtable_bytes_max: 64 << 10, ..options() };
    let store = open(&disk, o()).unwrap();
    for n in 0..3 {
        commit(&store, vec![put("c", &n.to_string(), &text(20), Expect::Any)]).unwrap();
        store.checkpoint(&main_db()).unwrap();
    }
    commit(&store, vec![put("c", "9", &text(20), Expect::Any)]).unwrap();
    commit(&store, vec![put("c", "8", &text(60), Expect::Any)]).unwrap();
    let disk = disk.crash();
    let first = files(&disk, ".seg").remove(0);
    damage(&disk, &first, 5000);
    let again = open(&disk, o());
    assert!(again.is_ok(), "{}", again.err().unwrap());
}

#[test]
fn commits_without_documents_come_to_a_checkpoint_too() {
    let disk = SimDisk::default();
    let store =
        open(&disk, Options { memtable_bytes_max: 64 << 10, changes_retain_bytes: 0, ..options() }).unwrap();
    for _ in 0..20_000 {
        commit(&store, vec![create_op("temporary")]).unwrap();
        commit(&store, vec![drop_op("temporary")]).unwrap();
    }
    while store.step().unwrap() {}
    let s = store.statistics(&main_db()).unwrap();
    assert!(s.checkpoint_seq > s.seq / 2, "checkpoint at {} of {}", s.checkpoint_seq, s.seq);
}

#[test]
fn without_a_thread_many_databases_make_room_for_one_another() {
    let disk = SimDisk::default();
    let store = open(&disk, Options { memory_bytes_max: 16 << 20, ..options() }).unwrap();
    let t = text(500);
    let mut refused = None;
    for n in 0..40 {
        store.create_database(&name(&format!("d{n}"))).unwrap();
        let r = commit_to(&store, &format!("d{n}"), vec![put("c", "a", &t, Expect::Any)]);
        if r.is_err() {
            refused = Some(n);
            break;
        }
    }
    if let Some(n) = refused {
        let again: Vec<_> = (0..5)
            .map(|_| {
                commit_to(&store, &format!("d{n}"), vec![put("c", "a", &t, Expect::Any)])
                    .err()
                    .map(|e| e.code())
            })
            .collect();
        panic!("database {n}: {again:?}; reserved {}", store.memory().unwrap().reserved(MemoryUse::Fresh));
    }
}

#[test]
fn a_database_that_cannot_flush_does_not_stop_the_relief_of_the_others() {
    assert!(relieved(false).is_none());
    let r = relieved(true);
    assert!(r.is_none(), "{}", r.unwrap());
}

#[test]
fn dropped_collections_in_a_shared_file_give_their_space_back() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    let t = text(400);
    commit(&store, (0..40).map(|c| put(&format!("c{c}"), "a", &t, Expect::Any)).collect()).unwrap();
    store.checkpoint(&main_db()).unwrap();
    commit(&store, (1..40).map(|c| drop_op(&format!("c{c}"))).collect()).unwrap();
    store.checkpoint(&main_db()).unwrap();
    while store.step().unwrap() {}
    let bytes = store.statistics(&main_db()).unwrap().data_bytes;
    assert!(bytes < 1 << 20, "{bytes} bytes for one document of 400 KiB");
}

#[test]
fn deletes_that_hide_nothing_go() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    commit(
        &store,
        (0..20000).map(|c| put("c", &format!("{}-{c}", "i".repeat(100)), "1", Expect::Any)).collect(),
    )
    .unwrap();
    store.checkpoint(&main_db()).unwrap();
    commit(
        &store,
        (0..20000).map(|c| delete("c", &format!("{}-{c}", "i".repeat(100)), Expect::Any)).collect(),
    )
    .unwrap();
    store.checkpoint(&main_db()).unwrap();
    while store.step().unwrap() {}
    let s = store.statistics(&main_db()).unwrap();
    assert!(s.data_files == 0, "{} bytes in {} files for no document", s.data_bytes, s.data_files);
}

#[test]
fn files_of_a_released_snapshot_go_while_idle() {
    let disk = SimDisk::default();
    let store = open(&disk, Options { background: true, ..options() }).unwrap();
    commit(&store, vec![put("c", "a", &text(100), Expect::Any)]).unwrap();
    store.checkpoint(&main_db()).unwrap();
    let snapshot = store.snapshot(&main_db()).unwrap();
    commit(&store, vec![delete("c", "a", Expect::Any)]).unwrap();
    store.checkpoint(&main_db()).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let before = files(&disk, ".seg");
    drop(snapshot);
    std::thread::sleep(Duration::from_secs(4));
    assert!(files(&disk, ".seg").len() < before.len(), "{before:?}");
}

#[test]
fn a_full_disk_with_a_log_larger_than_a_memtable_opens() {
    let disk = SimDisk::default();
    let hook = || -> Hook {
        Box::new(|op, path| {
            if op == "create" && path.to_string_lossy().contains("segment-") {
                Err(std::io::Error::from_raw_os_error(28))
            } else {
                Ok(())
            }
        })
    };
    let o = || Options { memtable_bytes_max: 64 << 10, background: true, ..options() };
    let store = open_hooked(Arc::new(disk.clone()), &folder(), o(), hook()).unwrap();
    let mut n = 0;
    while n < 10 && commit(&store, vec![put("c", &n.to_string(), &text(70), Expect::Any)]).is_ok() {
        n += 1;
    }
    let disk = disk.crash();
    let again = open_hooked(Arc::new(disk.clone()), &folder(), o(), hook());
    assert!(again.is_ok(), "{}", again.err().unwrap());
}

#[test]
fn a_merge_that_cannot_begin_is_given_up_and_fails_no_commit() {
    let disk = SimDisk::default();
    let o = || Options { memtable_bytes_max: 64 << 10, ..options() };
    let store = open(&disk, o()).unwrap();
    for n in 0..3 {
        commit(&store, vec![put("c", &format!("a{n}"), &text(20), Expect::Any)]).unwrap();
        store.checkpoint(&main_db()).unwrap();
    }
    drop(store);
    damage(&disk, &files(&disk, ".seg")[0], 5000);
    let store = open(&disk, o()).unwrap();
    let mut failed = Vec::new();
    for n in 0..10 {
        if let Err(e) = commit(&store, vec![put("other", &format!("{n}"), &text(70), Expect::Any)]) {
            failed.push((n, e.code()));
        }
    }
    assert!(failed.is_empty(), "commits to another collection: {failed:?}");
}
