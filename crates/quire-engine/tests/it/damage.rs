//! Bytes that are missing or wrong: a torn tail is dropped, damage stops the open with its place.

use crate::support::*;
use quire_engine::{EngineStore, SimDisk};
use quire_model::{Code, Expect, Store};

/// A database that lost power after eight commits, with what it showed after each.
fn crashed() -> (SimDisk, Vec<String>) {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    let mut shown = vec![String::new()];
    for n in 0..8 {
        let operations = vec![
            put("c", &n.to_string(), "\"text\"", Expect::Absent),
            put("d", "all", &n.to_string(), Expect::Any),
        ];
        commit(&store, operations).unwrap();
        shown.push(dump(&store).unwrap());
    }
    (disk.crash(), shown)
}

fn log_bytes(disk: &SimDisk) -> (std::path::PathBuf, Vec<u8>) {
    let path = files(disk, ".log").remove(0);
    let bytes = read_file(disk, &path);
    (path, bytes)
}

/// Where each commit's group ends: behind the last byte of its marker.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = 64;
    while bytes[at + 8] != 0 {
        let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        let kind = bytes[at + 8];
        at += 9 + length;
        if kind == 8 {
            ends.push(at);
        }
    }
    ends
}

#[test]
fn trap_9_the_log_cut_at_every_byte_opens_and_loses_only_what_was_cut() {
    let (disk, shown) = crashed();
    let (path, bytes) = log_bytes(&disk);
    let ends = ends(&bytes);
    assert_eq!(ends.len(), 8);
    for cut in 64..ends[7] + 20 {
        let (disk, _) = crashed();
        replace_file(&disk, &path, &bytes[..cut]);
        let whole = ends.iter().filter(|end| **end <= cut).count();
        let store = open(&disk, options()).unwrap_or_else(|e| panic!("cut at {cut}: {e}"));
        assert_eq!(dump(&store).unwrap(), shown[whole], "cut at {cut}");
        // Recovered, written to, crashed and recovered again: nothing hides behind the cut.
        commit(&store, vec![put("e", "after", "1", Expect::Absent)]).unwrap();
        let expected = dump(&store).unwrap();
        assert_eq!(dump(&open(&disk.crash(), options()).unwrap()).unwrap(), expected, "cut at {cut}, again");
    }
    for cut in 0..64 {
        let (disk, _) = crashed();
        replace_file(&disk, &path, &bytes[..cut]);
        assert_eq!(
            open(&disk, options()).err().unwrap().code(),
            Code::Corrupt,
            "a header is durable before its name"
        );
    }
}

#[test]
fn trap_9_a_flipped_byte_in_any_group_but_the_last_stops_the_open_with_its_place() {
    let (disk, shown) = crashed();
    let (path, bytes) = log_bytes(&disk);
    let ends = ends(&bytes);
    for at in 0..bytes.len().min(ends[7] + 50) {
        for mask in [0x01, 0x80] {
            let (disk, _) = crashed();
            let mut damaged = bytes.clone();
            damaged[at] ^= mask;
            replace_file(&disk, &path, &damaged);
            match open(&disk, options()) {
                Err(error) => {
                    assert!(at < ends[6], "byte {at} is in the last group: {error}");
                    assert!(matches!(error.code(), Code::Corrupt | Code::FormatUnsupported), "{error}");
                    assert!(error.detail().contains("wal-00000001.log"), "{error}");
                    if at >= 64 {
                        assert!(error.detail().contains("at byte "), "{error}");
                    }
                }
                Ok(store) => {
                    assert!(at >= ends[6], "byte {at} is damaged and nobody noticed");
                    let seen = dump(&store).unwrap();
                    assert!(seen == shown[7] || seen == shown[8], "byte {at}: {seen}");
                }
            }
        }
    }
}

#[test]
fn after_a_clean_stop_damage_is_found_in_the_last_group_too() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    for n in 0..3 {
        commit(&store, vec![put("c", &n.to_string(), "1", Expect::Absent)]).unwrap();
    }
    drop(store);
    let (path, bytes) = log_bytes(&disk);
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x04;
        replace_file(&disk, &path, &damaged);
        let error = open(&disk, options()).err().unwrap_or_else(|| panic!("byte {at}"));
        assert!(matches!(error.code(), Code::Corrupt | Code::FormatUnsupported), "{error}");
    }
    for cut in 0..bytes.len() {
        replace_file(&disk, &path, &bytes[..cut]);
        assert_eq!(open(&disk, options()).err().unwrap().code(), Code::Corrupt, "cut at {cut}");
    }
}

#[test]
fn a_missing_or_foreign_file_is_named() {
    let (disk, _) = crashed();
    let (path, _) = log_bytes(&disk);
    drop(open(&disk, options()).unwrap());
    quire_engine::Disk::remove(&disk, &path).unwrap();
    let error = open(&disk, options()).err().unwrap();
    assert_eq!(error.code(), Code::Corrupt);
    assert!(error.detail().contains("wal-00000001.log"), "{error}");

    let (disk, _) = crashed();
    let (other, _) = crashed();
    let foreign = {
        let store = EngineStore::open_on(
            std::sync::Arc::new(other.clone()),
            std::sync::Arc::new(quire_engine::SystemClock),
            std::path::Path::new("/elsewhere"),
            options(),
        )
        .unwrap();
        commit(&store, vec![put("c", "a", "1", Expect::Any)]).unwrap();
        drop(store);
        read_file(&other, std::path::Path::new("/elsewhere/databases/1/wal-00000001.log"))
    };
    replace_file(&disk, &path, &foreign);
    assert_eq!(open(&disk, options()).err().unwrap().code(), Code::Corrupt);
}

#[test]
fn trap_24b_a_damaged_block_is_reported_by_every_read_that_touches_it() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    for n in 0..10 {
        commit(&store, vec![put("c", &n.to_string(), "1", Expect::Absent)]).unwrap();
    }
    store.checkpoint(&main_db()).unwrap();
    let expected = dump(&store).unwrap();
    drop(store);
    let path = files(&disk, ".seg").remove(0);
    let bytes = read_file(&disk, &path);
    let rows = 64..64 + 48 + bytes[64 + 28] as usize;
    let mut found = 0;
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x20;
        replace_file(&disk, &path, &damaged);
        let store = open(&disk, options()).unwrap();
        let snapshot = store.snapshot(&main_db()).unwrap();
        let scanned = all(&*snapshot, "c").map(|_| ());
        let got = snapshot.get(&name("c"), &[id("3")]).map(|_| ());
        assert_eq!(scanned.is_err(), got.is_err(), "byte {at}");
        match dump(&store) {
            // Parity is not read, a filter can be done without, and what is stored twice is read from its second copy.
            Ok(seen) => assert_eq!(seen, expected, "byte {at}"),
            Err(error) => {
                assert!(matches!(error.code(), Code::Corrupt | Code::FormatUnsupported), "{error}");
                assert!(error.detail().contains("segment-00000001.seg"), "{error}");
                found += 1;
            }
        }
        assert!(scanned.is_err() || !rows.contains(&at), "byte {at} of a block");
    }
    assert!(found > 100, "{found}");
}

#[test]
fn drill_r13_documents_that_look_like_log_records_are_only_documents() {
    let (disk, _) = crashed();
    let (_, bytes) = log_bytes(&disk);
    let marker: String =
        bytes[ends(&bytes)[6]..ends(&bytes)[7]].iter().map(|b| format!("\\u{b:04x}")).collect();
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    for n in 0..5 {
        commit(&store, vec![put("c", &n.to_string(), &format!("\"{marker}\""), Expect::Absent)]).unwrap();
    }
    let expected = dump(&store).unwrap();
    assert_eq!(dump(&open(&disk.crash(), options()).unwrap()).unwrap(), expected);
}

#[test]
fn a_database_folder_that_is_lost_is_named_and_not_served_as_empty() {
    for lost in ["databases/1", "databases/2", "databases"] {
        let disk = SimDisk::default();
        let store = open(&disk, options()).unwrap();
        store.create_database(&name("shop")).unwrap();
        drop(store);
        quire_engine::Disk::remove_folder(&disk, &folder().join(lost)).unwrap();
        for create in [false, true] {
            let options = quire_engine::Options { create, ..options() };
            let error = open(&disk, options).err().unwrap();
            assert_eq!(error.code(), Code::Corrupt, "{error}");
            assert!(error.detail().contains("is missing"), "{error}");
        }
    }
}
