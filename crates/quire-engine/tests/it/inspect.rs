//! What one file shows of itself, whole and damaged.

use crate::check::{flip, furnish, keeping, kept};
use crate::support::*;
use quire_engine::{Disk, Entry, FileKind, SimDisk, Value, file_kind, inspect_on};
use quire_model::{Expect, Store};
use std::ops::ControlFlow;
use std::path::Path;

fn inspect(disk: &SimDisk, path: &Path, kind: FileKind, documents: bool) -> (Vec<Entry>, bool) {
    let mut entries = Vec::new();
    let whole = inspect_on(disk, path, kind, documents, &mut |entry| {
        entries.push(entry.clone());
        ControlFlow::Continue(())
    });
    (entries, whole.unwrap())
}

fn field<'a>(entry: &'a Entry, name: &str) -> &'a Value {
    &entry.fields.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name} of {entry:?}")).1
}

/// Entries that take bytes stand side by side from the first byte to the last.
fn tiles(entries: &[Entry], length: usize) -> bool {
    let mut at = 0;
    entries.iter().filter(|entry| entry.bytes > 0).all(|entry| {
        let here = entry.offset == at;
        at = entry.offset + entry.bytes;
        here
    }) && at == length as u64
}

#[test]
fn every_kind_of_file_is_known_and_every_byte_belongs_to_an_entry() {
    let disk = SimDisk::default();
    furnish(&disk, keeping());
    let mut kinds = Vec::new();
    for path in kept(&disk) {
        let kind = file_kind(&disk, &path).unwrap().unwrap();
        let (entries, whole) = inspect(&disk, &path, kind, true);
        assert!(whole, "{entries:#?}");
        assert!(tiles(&entries, disk.bytes(&path).unwrap().len()), "{}: {entries:#?}", path.display());
        assert_eq!(entries[0].kind, "header");
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

#[test]
fn a_log_shows_each_record_with_the_commit_it_belongs_to() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    commit(&store, vec![put("c", "a", "1", Expect::Absent)]).unwrap();
    commit(&store, vec![put("c", "a", "2", Expect::Present), delete("c", "a", Expect::Any)]).unwrap();
    let disk = disk.crash();
    drop(store);
    let path = files(&disk, ".log").remove(0);
    let (entries, whole) = inspect(&disk, &path, FileKind::Wal, false);
    assert!(whole);
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["header", "create", "put", "commit", "put", "delete", "commit", "zeros"]);
    let seqs: Vec<&Value> = entries[1..7].iter().map(|entry| field(entry, "seq")).collect();
    assert_eq!(seqs, [1, 1, 1, 2, 2, 2].map(Value::Number).iter().collect::<Vec<_>>());
    assert_eq!(field(&entries[4], "previous"), &Value::Number(1));
    assert_eq!(field(&entries[6], "operations"), &Value::Number(2));
    let (entries, _) = inspect(&disk, &path, FileKind::Wal, true);
    assert_eq!(field(&entries[2], "document"), &Value::Json("{\"_id\":\"a\",\"v\":1}".to_owned()));

    // A flipped bit is shown where it is, and what is behind it too.
    disk.flip_bit(&path, (entries[2].offset + 20) * 8).unwrap();
    let (entries, whole) = inspect(&disk, &path, FileKind::Wal, false);
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind).collect();
    assert!(!whole);
    assert_eq!(kinds, ["header", "create", "unreadable", "commit", "zeros"]);
    assert!(entries[2].damage[1].contains(&format!("byte {}", entries[2].offset + 20)), "{entries:#?}");

    // A tail that is cut off is shown as what it is: no damage.
    let (path, bytes) = (path.clone(), disk.bytes(&path).unwrap());
    disk.flip_bit(&path, (entries[2].offset + 20) * 8).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    disk.damage(&path, |bytes| bytes[end - 30..].fill(0)).unwrap();
    let (entries, whole) = inspect(&disk, &path, FileKind::Wal, false);
    assert!(whole, "{entries:#?}");
    assert_eq!(entries.last().unwrap().kind, "torn tail");
    assert!(entries[4].kind == "put" && !entries[4].fields.iter().any(|(name, _)| *name == "seq"));
}

#[test]
fn a_segment_shows_its_blocks_and_where_asked_its_rows() {
    let disk = SimDisk::default();
    let store = open(&disk, options()).unwrap();
    for n in 0..50 {
        commit(&store, vec![put("c", &format!("{n:02}"), "1", Expect::Absent)]).unwrap();
    }
    store.checkpoint(&main_db()).unwrap();
    drop(store);
    let path = files(&disk, ".seg").remove(0);
    let (entries, whole) = inspect(&disk, &path, FileKind::Segment, false);
    let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind).collect();
    let expected = "header block parity index filter index copy top part footer top part footer";
    assert!(whole);
    assert_eq!(kinds.join(" "), expected);
    assert_eq!(field(&entries[1], "rows"), &Value::Number(50));
    assert_eq!(field(&entries[1], "first_id"), &Value::Text("00".to_owned()));
    let (entries, _) = inspect(&disk, &path, FileKind::Segment, true);
    let rows: Vec<&Entry> = entries.iter().filter(|entry| entry.kind == "row").collect();
    assert_eq!(rows.len(), 50);
    assert_eq!(field(rows[7], "document"), &Value::Json("{\"_id\":\"07\",\"v\":1}".to_owned()));
    assert_eq!(field(rows[7], "seq"), &Value::Number(8));

    // The last footer and the last top gone: the first ones say the same.
    let length = disk.bytes(&path).unwrap().len();
    disk.damage(&path, |bytes| bytes[length - 60..].fill(7)).unwrap();
    let (entries, whole) = inspect(&disk, &path, FileKind::Segment, true);
    assert!(!whole);
    assert_eq!(entries.iter().filter(|entry| entry.kind == "row").count(), 50);
}

#[test]
fn every_flipped_byte_is_shown_and_nothing_panics() {
    let disk = SimDisk::default();
    furnish(&disk, keeping());
    for path in kept(&disk) {
        let kind = file_kind(&disk, &path).unwrap().unwrap();
        let length = disk.bytes(&path).unwrap().len();
        for at in 0..length {
            flip(&disk, &path, at);
            let named = file_kind(&disk, &path).unwrap();
            assert!(named.is_none_or(|named| named == kind));
            let (entries, whole) = inspect(&disk, &path, kind, at % 16 == 0);
            // In room that was made ahead any byte could be a torn write, to one who sees only this file.
            let torn = entries.iter().any(|entry| entry.kind == "torn tail");
            assert!(!whole || torn, "byte {at} of {}: {entries:#?}", path.display());
            flip(&disk, &path, at);
        }
    }
}

#[test]
fn files_of_noise_and_of_every_length_are_shown_without_a_panic() {
    let disk = SimDisk::default();
    furnish(&disk, keeping());
    let kinds = [FileKind::Wal, FileKind::Segment, FileKind::Manifest, FileKind::Current, FileKind::Registry];
    let mut random = quire_testkit::Random::new(5);
    for path in kept(&disk) {
        let bytes = disk.bytes(&path).unwrap();
        for n in 0..60 {
            let cut = bytes.len() * n / 60;
            disk.damage(&path, |bytes| bytes.truncate(cut)).unwrap();
            kinds.iter().for_each(|kind| drop(inspect(&disk, &path, *kind, true)));
            let _ = crate::check::check(&disk);
            disk.damage(&path, |now| *now = bytes.clone()).unwrap();
            disk.damage(&path, |bytes| {
                let at = random.below(bytes.len());
                let end = (at + random.below(600)).min(bytes.len());
                bytes[at..end].iter_mut().for_each(|byte| *byte = random.below(256) as u8);
            })
            .unwrap();
            kinds.iter().for_each(|kind| drop(inspect(&disk, &path, *kind, true)));
            let _ = crate::check::check(&disk);
            disk.damage(&path, |now| *now = bytes.clone()).unwrap();
        }
    }
    assert!(disk.list(&folder()).is_ok());
}
