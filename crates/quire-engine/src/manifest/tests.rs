//! Manifests written, read back and damaged.

use super::*;
use crate::bitmap::Bitmap;
use crate::clock::ManualClock;
use crate::disk::{Disk, SimDisk};
use crate::facts::{Part, SegmentRow};
use crate::log::Lsn;
use quire_model::{Code, Name};
use std::path::Path;
use std::sync::Arc;

fn manifest() -> Manifest {
    let mut manifest = Manifest::blank(9).unwrap();
    manifest.database = 1;
    manifest.name = Name::new("main").unwrap();
    manifest.checkpoint_lsn = Lsn::new(2, 64);
    manifest.durable_lsn = Lsn::new(2, 99);
    manifest
}

fn with_segment(mut manifest: Manifest, number: u64, hidden: &[u32]) -> Manifest {
    let parts = vec![Part { rows: 100, ..Part::new(4) }];
    let row = Arc::new(SegmentRow { number, salt: [7; 16], bytes: 1000, top: 500, parts });
    let mut bitmap =
        manifest.segments.get(&number).map_or_else(Bitmap::default, |e| Bitmap::clone(&e.hidden));
    hidden.iter().for_each(|row| {
        bitmap.insert(*row);
    });
    manifest.segments.insert(number, SegmentEntry { row, hidden: Arc::new(bitmap) });
    manifest.next_segment = number + 1;
    let name = Name::new("c").unwrap();
    manifest.collections.insert(4, CollectionRow { number: 4, name, documents: number as i64 });
    manifest
}

/// A folder with a manifest of several edits, and the state that they make.
fn written() -> (SimDisk, &'static Path, Manifest) {
    let (disk, folder, clock) = (SimDisk::default(), Path::new("/d"), ManualClock::default());
    disk.create_folder(folder).unwrap();
    let mut state = manifest();
    let mut log = ManifestLog::create(&disk, &clock, folder, &state).unwrap();
    for (number, hidden) in [(1, &[][..]), (2, &[3, 5]), (1, &[1]), (3, &[])] {
        let next = with_segment(state.clone(), number, hidden);
        log.publish(&disk, &clock, folder, &state, &next).unwrap();
        state = next;
    }
    let mut next = state.clone();
    next.segments.remove(&2);
    next.collections.remove(&4);
    log.publish(&disk, &clock, folder, &state, &next).unwrap();
    (disk, folder, next)
}

#[test]
fn edits_add_up_to_the_state() {
    let (disk, folder, state) = written();
    assert_eq!(read(&disk, folder).unwrap().0, state);
    assert_eq!(state.segments.keys().copied().collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn a_flipped_byte_is_found_unless_it_is_in_the_last_edit() {
    let (disk, folder, _) = written();
    let file = disk.open(&folder.join(file_name(1))).unwrap();
    let length = file.length().unwrap();
    let mut dropped = 0;
    for at in 0..length {
        let mut byte = [0];
        file.read_at(&mut byte, at).unwrap();
        file.write_at(&[byte[0] ^ 0x10], at).unwrap();
        match read(&disk, folder) {
            // The last edit looks like one that a crash cut off.
            Ok((read, _)) => {
                assert!(read.segments.contains_key(&2));
                dropped += 1;
            }
            Err(error) => {
                assert!(matches!(error.code(), Code::Corrupt | Code::FormatUnsupported), "byte {at}: {error}")
            }
        }
        file.write_at(&byte, at).unwrap();
    }
    assert!(dropped < length / 3, "{dropped} of {length} bytes");
}

#[test]
fn a_torn_edit_is_dropped_and_a_file_that_was_found_is_never_appended_to() {
    let (disk, folder, state) = written();
    let clock = ManualClock::default();
    let file = disk.open(&folder.join(file_name(1))).unwrap();
    file.set_len(file.length().unwrap() - 1).unwrap();
    let (before, mut log) = read(&disk, folder).unwrap();
    assert!(before.segments.contains_key(&2));
    log.publish(&disk, &clock, folder, &before, &state).unwrap();
    assert_eq!(log.number(), 2);
    assert_eq!(read(&disk, folder).unwrap().0, state);
    assert_eq!(disk.list(folder).unwrap(), [POINTER, &file_name(2)]);
}

#[test]
fn many_edits_begin_a_new_file_and_a_failed_one_too() {
    let (disk, folder, mut state) = written();
    let clock = ManualClock::default();
    let (_, mut log) = read(&disk, folder).unwrap();
    for n in 0..2000 {
        let next = with_segment(state.clone(), n % 5, &[n as u32 % 90]);
        log.publish(&disk, &clock, folder, &state, &next).unwrap();
        state = next;
    }
    assert!((3..100).contains(&log.number()));
    assert_eq!(read(&disk, folder).unwrap().0, state);
    let number = log.number();
    disk.fail_sync(disk.syncs() + 1);
    let next = with_segment(state.clone(), 77, &[]);
    log.publish(&disk, &clock, folder, &state, &next).unwrap_err();
    log.publish(&disk, &clock, folder, &state, &next).unwrap();
    assert_eq!((log.number(), read(&disk, folder).unwrap().0), (number + 1, next));
}
