//! The strict world: what was synced stays, anything else may or may not be there, each change for itself.

use crate::support::*;
use quire_engine::{Disk, World};
use std::path::Path;

#[test]
fn a_write_that_was_not_synced_may_be_lost_or_kept() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", b"old");
    file.write_at(b"new", 0).unwrap();
    let states = states_of(&disk, "a");
    assert!(states.contains(&Some(b"old".to_vec())) && states.contains(&Some(b"new".to_vec())));
    file.sync().unwrap();
    assert_eq!(states_of(&disk, "a").len(), 1);
    assert_eq!(shown(&disk.crash())["a"], b"new");
}

#[test]
fn writes_survive_in_any_order_and_in_every_combination() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", &[0; 6]);
    for n in 0..6 {
        file.write_at(&[1], n).unwrap();
    }
    assert_eq!(disk.waiting(), 6);
    let states = states_of(&disk, "a");
    for mask in 0..64_u8 {
        let bytes: Vec<u8> = (0..6).map(|n| mask >> n & 1).collect();
        assert!(states.contains(&Some(bytes)), "{mask:06b}");
    }
}

#[test]
fn a_write_is_torn_at_both_sizes_of_sectors_and_leaves_old_bytes_zeros_or_garbage() {
    let disk = disk(World::Strict);
    durable(&disk, "other", &[3; 40_000]);
    let file = durable(&disk, "a", &[1; 40_000]);
    file.write_at(&[2; 20_000], 10_000).unwrap();
    let (mut fine, mut old, mut zeros, mut foreign, mut noise) = (false, false, false, false, false);
    for state in states_of(&disk, "a").into_iter().flatten() {
        assert_eq!(state.len(), 40_000);
        assert!(state[..10_000].iter().chain(&state[30_000..]).all(|byte| *byte == 1), "beside the write");
        for sector in state[10_240..29_696].chunks(512) {
            match sector[0] {
                0 => zeros = true,
                1 => old = true,
                2 => {}
                3 => foreign = true,
                _ => noise = true,
            }
            let first = sector[0];
            let plain = first < 4 && sector.iter().all(|byte| *byte == first);
            assert!(plain || sector.iter().any(|byte| *byte > 3), "a border inside a sector");
        }
        let blocks = state[12_288..28_672].chunks(4096);
        fine |= blocks.into_iter().any(|block| block.contains(&1) && block.contains(&2));
    }
    assert!(fine && old && zeros && foreign && noise, "{fine} {old} {zeros} {foreign} {noise}");
}

#[test]
fn bytes_that_a_write_does_not_change_are_not_torn() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", &[1; 9000]);
    file.write_at(&[1; 9000], 0).unwrap();
    assert_eq!(states_of(&disk, "a").len(), 1);
}

#[test]
fn growth_may_be_lost_and_may_survive_without_its_bytes() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", b"one");
    file.write_at(b"two", 3).unwrap();
    let states = states_of(&disk, "a");
    for expected in ["one", "onetwo", "one\0\0\0"] {
        assert!(states.contains(&Some(expected.into())), "{expected:?}");
    }
    file.sync().unwrap();
    file.set_len(2000).unwrap();
    let lengths: Vec<usize> = states_of(&disk, "a").into_iter().flatten().map(|bytes| bytes.len()).collect();
    assert!(lengths.contains(&6) && lengths.contains(&2000));
}

#[test]
fn what_a_file_grew_by_may_show_what_other_files_held() {
    let disk = disk(World::Strict);
    durable(&disk, "secret", &[9; 8000]);
    let file = durable(&disk, "a", b"");
    for n in 0..4 {
        file.write_at(&[1; 2000], n * 2000).unwrap();
    }
    let exposed = |bytes: &Vec<u8>| bytes.chunks(512).any(|sector| sector.iter().all(|byte| *byte == 9));
    assert!(states_of(&disk, "a").iter().flatten().any(exposed));
}

#[test]
fn a_cut_may_be_lost() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", b"long");
    file.set_len(1).unwrap();
    let states = states_of(&disk, "a");
    assert!(states.contains(&Some(b"long".to_vec())) && states.contains(&Some(b"l".to_vec())));
    file.sync().unwrap();
    assert_eq!(shown(&disk.crash())["a"], b"l");
}

#[test]
fn a_file_is_found_only_if_its_folder_was_synced() {
    let disk = disk(World::Strict);
    let file = create(&disk, "a", b"x");
    file.sync().unwrap();
    assert!(states_of(&disk, "a").contains(&None));
    // A sync of another folder is not for this name.
    disk.sync_folder(Path::new("/")).unwrap();
    assert!(!shown(&disk.crash_copy()).contains_key("a"));
    sync_names(&disk);
    assert_eq!(states_of(&disk, "a"), [Some(b"x".to_vec())].into());
}

#[test]
fn a_synced_name_says_nothing_about_the_bytes() {
    let disk = disk(World::Strict);
    create(&disk, "a", b"x");
    sync_names(&disk);
    assert_eq!(shown(&disk.crash_copy())["a"], b"");
}

#[test]
fn a_rename_is_there_or_not_and_never_by_half() {
    let disk = disk(World::Strict);
    durable(&disk, "a", b"old");
    durable(&disk, "a.tmp", b"new");
    disk.rename(&path("a.tmp"), &path("a")).unwrap();
    let [before, after] = [&[("a", "old"), ("a.tmp", "new")][..], &[("a", "new")]];
    let state = |names: &[(&str, &str)]| names.iter().map(|(n, t)| ((*n).into(), (*t).into())).collect();
    assert_eq!(states(&disk), [state(before), state(after)].into());
    sync_names(&disk);
    assert_eq!(states(&disk), [state(after)].into());
}

#[test]
fn a_rename_may_survive_before_the_bytes_of_its_file() {
    let disk = disk(World::Strict);
    durable(&disk, "a", b"old");
    create(&disk, "a.tmp", b"new");
    disk.rename(&path("a.tmp"), &path("a")).unwrap();
    assert!(states(&disk).contains(&[("a".to_owned(), Vec::new())].into()));
}

#[test]
fn a_removed_file_may_come_back_and_a_folder_by_parts() {
    let disk = disk(World::Strict);
    durable(&disk, "a", b"x");
    disk.remove(&path("a")).unwrap();
    assert_eq!(states_of(&disk, "a"), [None, Some(b"x".to_vec())].into());
    sync_names(&disk);
    assert_eq!(states_of(&disk, "a"), [None].into());

    disk.create_folder(&path("sub")).unwrap();
    for name in ["sub/b", "sub/c"] {
        create(&disk, name, b"").sync().unwrap();
    }
    disk.sync_folder(&path("sub")).unwrap();
    sync_names(&disk);
    disk.remove_folder(&path("sub")).unwrap();
    let left: Vec<_> = disk.crash_states(1, 9).iter().map(|state| state.list(&path("sub")).ok()).collect();
    assert!(left.contains(&Some(vec!["c".to_owned()])) && left.contains(&None), "{left:?}");
}

#[test]
fn a_folder_that_was_renamed_takes_along_what_was_synced_below_it() {
    let disk = disk(World::Strict);
    disk.create_folder(&path("n.new")).unwrap();
    create(&disk, "n.new/f", b"x").sync().unwrap();
    disk.sync_folder(&path("n.new")).unwrap();
    disk.rename(&path("n.new"), &path("n")).unwrap();
    assert!(disk.crash_copy().list(&path("n")).is_err(), "neither name is durable");
    sync_names(&disk);
    assert_eq!(disk.crash_copy().bytes(&path("n/f")).unwrap(), b"x");
}

#[test]
fn what_was_synced_stays_whatever_happens_beside_it() {
    let disk = disk(World::Strict);
    let file = durable(&disk, "a", &[5; 5000]);
    for round in 0..50_u64 {
        file.write_at(&[round as u8; 300], 5000 + round * 250).unwrap();
        if round % 3 == 0 {
            file.sync().unwrap();
        }
        let synced = 5000 + (round - round % 3) * 250;
        let expected = disk.bytes(&path("a")).unwrap();
        for state in disk.crash_states(round, 30) {
            let bytes = state.bytes(&path("a")).unwrap();
            assert!(bytes[..synced as usize] == expected[..synced as usize], "round {round}");
        }
    }
}
