//! The world of a journalling file system: names in order, growth that shows nothing foreign.

use crate::support::*;
use quire_engine::{Disk, World};

#[test]
fn names_survive_in_their_order() {
    let disk = disk(World::Ordered);
    for name in ["a", "b", "c"] {
        create(&disk, name, b"");
    }
    disk.rename(&path("a"), &path("z")).unwrap();
    let names: Vec<Vec<String>> =
        states(&disk).into_iter().map(|shown| shown.into_keys().collect()).collect();
    let expected: [&[&str]; 5] = [&[], &["a"], &["a", "b"], &["a", "b", "c"], &["b", "c", "z"]];
    assert_eq!(names.len(), expected.len(), "{names:?}");
    assert!(expected.iter().all(|state| names.iter().any(|found| found == state)), "{names:?}");
}

#[test]
fn a_sync_of_a_file_keeps_the_names_before_it_and_not_those_after() {
    let disk = disk(World::Ordered);
    create(&disk, "a", b"");
    let file = create(&disk, "b", b"x");
    file.sync().unwrap();
    create(&disk, "c", b"");
    let before = shown(&disk.crash_copy());
    assert_eq!(before.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(before["b"], b"x");
}

#[test]
fn a_sync_of_a_file_keeps_no_bytes_of_another() {
    let disk = disk(World::Ordered);
    let other = durable(&disk, "a", b"");
    other.write_at(b"x", 0).unwrap();
    durable(&disk, "b", b"y");
    assert_eq!(shown(&disk.crash_copy())["a"], b"");
}

#[test]
fn growth_shows_zeros_or_what_was_written_and_comes_in_its_order() {
    let disk = disk(World::Ordered);
    durable(&disk, "secret", &[9; 20_000]);
    let file = durable(&disk, "a", b"");
    for n in 1..=9_u8 {
        file.write_at(&[n; 1500], u64::from(n - 1) * 1500).unwrap();
    }
    let states = states_of(&disk, "a");
    for bytes in states.iter().flatten() {
        let part = |n: usize| &bytes[(n * 1500).min(bytes.len())..((n + 1) * 1500).min(bytes.len())];
        for (n, byte) in (0..9).flat_map(|n| part(n).iter().map(move |byte| (n, *byte))) {
            assert!(byte == 0 || usize::from(byte) == n + 1, "{byte} in write {n}");
        }
        let last = (0..9).rev().find(|n| part(*n).iter().any(|byte| *byte > 0)).unwrap_or(0);
        assert!((0..last).all(|n| part(n) == [n as u8 + 1; 1500]), "a write before the last is not whole");
    }
    let lengths: std::collections::BTreeSet<_> = states.iter().flatten().map(Vec::len).collect();
    assert!(lengths.len() > 5, "{lengths:?}");
}

#[test]
fn writes_inside_a_file_survive_in_any_order_and_tear_without_garbage() {
    let disk = disk(World::Ordered);
    let file = durable(&disk, "a", &[1; 16_384]);
    file.write_at(&[2; 8192], 0).unwrap();
    file.write_at(&[3; 8192], 8192).unwrap();
    let states = states_of(&disk, "a");
    let whole = |first, second| Some([[first; 8192], [second; 8192]].concat());
    for (first, second) in [(1, 1), (2, 1), (1, 3), (2, 3)] {
        assert!(states.contains(&whole(first, second)));
    }
    assert!(states.len() > 4, "some are torn");
    for bytes in states.iter().flatten() {
        for (n, sector) in bytes.chunks(512).enumerate() {
            let new = if n < 16 { 2 } else { 3 };
            assert!(sector.iter().all(|b| *b == 1) || sector.iter().all(|b| *b == new), "sector {n}");
        }
    }
}

#[test]
fn a_cut_is_journalled_with_the_names() {
    let disk = disk(World::Ordered);
    let file = durable(&disk, "a", b"long");
    file.set_len(1).unwrap();
    create(&disk, "b", b"");
    let lost = |shown: &Shown| shown.contains_key("b") && shown["a"] == b"long";
    assert!(!states(&disk).iter().any(lost));
    sync_names(&disk);
    assert_eq!(shown(&disk.crash())["a"], b"l");
}
