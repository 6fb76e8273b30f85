//! The check of a folder: quiet about what is whole, and loud about every byte that is not.

use crate::support::*;
use quire_engine::{CheckProgress, Disk, Options, Report, Severity, SimDisk, check_on};
use quire_model::{Code, Expect, Operation, Store, WriteBatch};
use quire_testkit::Random;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) fn check(disk: &SimDisk) -> Report {
    check_on(Arc::new(disk.clone()), &folder(), &CheckProgress::default()).unwrap()
}

/// Log files are kept below the checkpoint.
pub(crate) fn keeping() -> Options {
    Options { changes_retain_ms: u64::MAX, ..options() }
}

/// A store with much of what a folder can have: replaced and deleted rows, collections that share a segment, one that
/// is dropped, several log files, two databases. Answers its commits.
pub(crate) fn furnish(disk: &SimDisk, options: Options) -> u64 {
    let store = open(disk, options).unwrap();
    store.create_database(&name("shop")).unwrap();
    let write = |operations| assert!(commit(&store, operations).is_ok());
    for n in 0..40 {
        let text = format!("\"{}\"", "some words ".repeat(n % 7));
        write(vec![put("c", &format!("id{n:03}"), &text, Expect::Absent), put("d", "one", "1", Expect::Any)]);
    }
    write(vec![put("gone", "a", "1", Expect::Absent)]);
    store.checkpoint(&main_db()).unwrap();
    for n in (0..40).step_by(3) {
        write(vec![put("c", &format!("id{n:03}"), "2", Expect::Present)]);
        write(vec![delete("c", &format!("id{:03}", n + 1), Expect::Any)]);
    }
    store.checkpoint(&main_db()).unwrap();
    for n in (0..40).step_by(9) {
        write(vec![put("c", &format!("id{:03}", n + 1), "3", Expect::Any)]);
    }
    write(vec![Operation::DropCollection { collection: name("gone") }]);
    store.checkpoint(&main_db()).unwrap();
    write(vec![put("c", "id000", "4", Expect::Present), delete("d", "one", Expect::Present)]);
    let operations = vec![put("goods", "lamp", "1", Expect::Absent)];
    store.commit(&name("shop"), WriteBatch { operations }).unwrap();
    let commits = |database| store.statistics(&database).unwrap().commits;
    commits(main_db()) + commits(name("shop"))
}

/// The bytes of every file.
fn bytes(disk: &SimDisk) -> BTreeMap<PathBuf, Vec<u8>> {
    disk.files().into_iter().map(|path| (path.clone(), disk.bytes(&path).unwrap())).collect()
}

/// Files that hold something.
pub(crate) fn kept(disk: &SimDisk) -> Vec<PathBuf> {
    disk.files().into_iter().filter(|path| !path.ends_with("LOCK")).collect()
}

pub(crate) fn flip(disk: &SimDisk, path: &Path, at: usize) {
    disk.flip_bit(path, at as u64 * 8 + at as u64 % 8).unwrap();
}

#[test]
fn a_whole_folder_is_healthy_with_its_figures_and_stays_as_it_is() {
    let disk = SimDisk::default();
    let commits = furnish(&disk, keeping());
    let before = bytes(&disk);
    let report = check(&disk);
    assert!(report.is_healthy() && report.findings.is_empty(), "{report:#?}");
    assert!(bytes(&disk) == before, "the check changed something");
    let totals = report.totals;
    // LOCK holds nothing and is not read.
    let files: Vec<&Vec<u8>> =
        before.iter().filter(|(path, _)| !path.ends_with("LOCK")).map(|(_, b)| b).collect();
    assert_eq!(
        (totals.files, totals.bytes),
        (files.len() as u64, files.iter().map(|b| b.len() as u64).sum())
    );
    assert_eq!((totals.databases, totals.commits), (2, commits));
    // After a checkpoint of everything the segments hold every document.
    let store = open(&disk, keeping()).unwrap();
    store.checkpoint(&main_db()).unwrap();
    let collections = store.statistics(&main_db()).unwrap().collections;
    drop(store);
    let report = check(&disk);
    assert!(report.is_healthy(), "{report:#?}");
    assert_eq!(report.totals.documents, collections.iter().map(|c| c.documents).sum::<u64>());
    assert!(report.totals.rows >= report.totals.documents && report.totals.blocks >= report.totals.segments);
}

#[test]
fn every_flipped_byte_of_a_closed_folder_is_found_in_its_file() {
    let disk = SimDisk::default();
    furnish(&disk, keeping());
    for path in kept(&disk) {
        let name = path.display().to_string();
        for at in 0..disk.bytes(&path).unwrap().len() {
            flip(&disk, &path, at);
            let report = check(&disk);
            let found = report.findings.iter().any(|finding| {
                finding.severity == Severity::Damage
                    && finding.file == name
                    && finding.offset.is_some_and(|offset| offset <= at as u64)
            });
            assert!(found, "byte {at} of {name}: {:#?}", report.findings);
            flip(&disk, &path, at);
        }
    }
    assert!(check(&disk).is_healthy());
}

#[test]
fn after_a_power_cut_every_flipped_byte_is_found_but_in_the_room_that_no_commit_reached() {
    let disk = SimDisk::default();
    let store = open(&disk, keeping()).unwrap();
    for n in 0..12 {
        commit(&store, vec![put("c", &n.to_string(), "1", Expect::Absent)]).unwrap();
    }
    let disk = disk.crash();
    drop(store);
    assert!(check(&disk).findings.is_empty());
    for path in files(&disk, ".log") {
        let bytes = disk.bytes(&path).unwrap();
        let room = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        for at in 0..bytes.len() {
            flip(&disk, &path, at);
            let report = check(&disk);
            // The marker's own last bytes may be zeros.
            match at < room {
                true => assert!(!report.is_healthy(), "byte {at} of {room}"),
                false => assert!(!report.findings.is_empty(), "byte {at} behind {room}"),
            }
            flip(&disk, &path, at);
        }
    }
}

#[test]
fn no_power_cut_leaves_what_looks_like_damage() {
    let mut states = 0;
    let mut look = |disk: &SimDisk, seed: u64| {
        for state in disk.crash_states(seed, 12) {
            let known = state.list(&folder().join("databases")).is_ok();
            if known {
                let report = check(&state);
                assert!(report.is_healthy(), "seed {seed}: {:#?}", report.findings);
                states += 1;
            }
        }
    };
    for seed in 0..6u64 {
        let disk = SimDisk::new(quire_engine::World::Strict, seed);
        // The power goes in the middle of a later and later call.
        for call in (1..400).step_by(7) {
            let disk = SimDisk::new(quire_engine::World::Strict, seed * 1000 + call);
            disk.die_at(call);
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| furnish_some(&disk)));
            look(&disk, call);
        }
        let _ = furnish_some(&disk);
        look(&disk, seed);
    }
    assert!(states > 500, "{states}");
}

/// Merges, drops, several flushes between two cuts: whatever the engine did, its folder proves it.
#[test]
fn a_long_random_life_is_healthy_after_every_cut() {
    let small = Options { memtable_bytes_max: 64 << 10, log_bytes_max: 64 << 10, ..keeping() };
    let mut rows = 0;
    for seed in 0..8 {
        let mut random = Random::new(seed);
        let mut disk = SimDisk::new(quire_engine::World::Strict, seed);
        for _ in 0..12 {
            let store = open(&disk, small.clone()).unwrap();
            for _ in 0..random.below(120) {
                let collection = random.pick(&["a", "b", "c", "d"]);
                let operations = (0..1 + random.below(8)).map(|_| {
                    let id = random.below(300).to_string();
                    let text = format!("\"{}\"", "x".repeat(random.below(3000)));
                    match random.below(4) {
                        0 => delete(collection, &id, Expect::Any),
                        _ => put(collection, &id, &text, Expect::Any),
                    }
                });
                let mut operations: Vec<Operation> = operations.collect();
                if random.below(60) == 0 {
                    operations = vec![Operation::DropCollection { collection: name(collection) }];
                }
                match commit(&store, operations) {
                    Err(error) if error.code() == Code::CollectionNotFound => {}
                    done => assert!(done.is_ok(), "{done:?}"),
                }
                if random.below(40) == 0 {
                    store.checkpoint(&main_db()).unwrap();
                }
            }
            let cut = disk.crash_any(random.next_u64());
            drop(store);
            disk = cut;
            let report = check(&disk);
            assert!(report.is_healthy(), "seed {seed}: {:#?}", report.findings);
            rows += report.totals.rows;
        }
    }
    assert!(rows > 10_000, "{rows}");
}

/// As much of a life as the disk allows.
fn furnish_some(disk: &SimDisk) -> quire_model::Result<()> {
    let store = open(disk, keeping())?;
    for n in 0..30 {
        let id = (n % 11).to_string();
        let operation =
            if n % 5 == 4 { delete("c", &id, Expect::Any) } else { put("c", &id, "1", Expect::Any) };
        commit(&store, vec![operation])?;
        if n % 7 == 6 {
            store.checkpoint(&main_db())?;
        }
        if n == 20 {
            store.create_database(&name("shop"))?;
        }
    }
    store.close()
}

#[test]
fn a_missing_file_is_damage_and_one_that_nobody_names_is_a_note() {
    let disk = SimDisk::default();
    furnish(&disk, options());
    for path in kept(&disk) {
        let disk = disk.crash_copy();
        Disk::remove(&disk, &path).unwrap();
        let report = check(&disk);
        let name = path.display().to_string();
        let found = report.findings.iter().find(|f| f.file == name && f.severity == Severity::Damage);
        assert!(found.is_some_and(|f| f.what == "the file is missing"), "{name}: {:#?}", report.findings);
    }
    for name in
        ["databases/1/segment-00009999.seg", "databases/1/x.tmp", "databases/1/manifest-00000099", "y"]
    {
        let disk = disk.crash_copy();
        Disk::create(&disk, &folder().join(name)).unwrap();
        let report = check(&disk);
        assert!(report.is_healthy(), "{:#?}", report.findings);
        assert!(report.findings.iter().any(|f| f.file.ends_with(name) && f.severity == Severity::Note));
    }
    let lost = disk.crash_copy();
    Disk::remove_folder(&lost, &folder().join("databases/2")).unwrap();
    assert!(check(&lost).findings[0].what.contains("the folder of database shop is missing"));
}

#[test]
fn what_parity_or_a_second_copy_can_mend_says_so() {
    let disk = SimDisk::default();
    furnish(&disk, options());
    let path = files(&disk, ".seg").remove(0);
    let bytes = disk.bytes(&path).unwrap();
    let repairs = |at: usize| {
        flip(&disk, &path, at);
        let report = check(&disk);
        flip(&disk, &path, at);
        assert_eq!(report.damages, 1, "{:#?}", report.findings);
        report.findings[0].repairable_by.map(|repair| repair.as_str())
    };
    assert_eq!(repairs(10), Some("rebuild"), "the header");
    assert_eq!(repairs(64 + 60), Some("parity"), "the first block");
    assert_eq!(repairs(bytes.len() - 50), Some("second copy"), "the last top");
    let manifest =
        files(&disk, "").into_iter().find(|path| path.to_string_lossy().contains("manifest-")).unwrap();
    flip(&disk, &manifest, 80);
    let report = check(&disk);
    assert_eq!(report.findings.iter().find(|f| f.severity == Severity::Damage).unwrap().repairable_by, None);
}

#[test]
fn an_open_folder_is_locked_and_no_folder_is_none() {
    let disk = SimDisk::default();
    let progress = CheckProgress::default();
    let failed =
        |disk: &SimDisk| check_on(Arc::new(disk.clone()), &folder(), &progress).err().unwrap().code();
    assert_eq!(failed(&disk), Code::Unavailable);
    let store = open(&disk, options()).unwrap();
    assert_eq!(failed(&disk), Code::Locked);
    drop(store);
    assert!(check(&disk).is_healthy());
}

#[test]
fn many_damaged_places_are_counted_and_not_all_kept() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    // Each document fills a block of its own.
    let long = "long ".repeat(2000);
    let operations = (0..1200).map(|n| put("c", &format!("{n:06}"), &format!("\"{long}\""), Expect::Absent));
    commit(&store, operations.collect()).unwrap();
    store.checkpoint(&main_db()).unwrap();
    drop(store);
    let path = files(&disk, ".seg").remove(0);
    let blocks = |bytes: &[u8]| -> Vec<usize> {
        // The parity of an odd number of blocks begins as a block does.
        let own = |at: usize| bytes[..at].get(at - 24..at - 20) != Some(&b"QPAR"[..]);
        let marks = bytes.windows(4).enumerate().filter(|(at, four)| four == b"QBLK" && own(*at));
        marks.map(|(at, _)| at).collect()
    };
    disk.damage(&path, |bytes| blocks(bytes).into_iter().for_each(|at| bytes[at + 60] ^= 1)).unwrap();
    let report = check(&disk);
    assert_eq!((report.damages, report.totals.blocks, report.totals.rows), (1200, 1200, 0));
    assert_eq!(report.findings.iter().filter(|f| f.severity == Severity::Damage).count(), 1000);
    assert_eq!(report.left_out(), report.damages + report.notes - report.findings.len() as u64);
}
