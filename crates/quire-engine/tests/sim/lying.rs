//! The negative control: a disk whose sync does nothing.

use crate::support::*;
use quire_engine::{Disk, SimDisk, World};

#[test]
fn a_sync_says_yes_and_keeps_nothing() {
    let disk = SimDisk::new(World::Lying, 1);
    disk.create_folder(&path("")).unwrap();
    let file = create(&disk, "a", b"x");
    file.sync().unwrap();
    sync_names(&disk);
    assert_eq!(shown(&disk)["a"], b"x");
    assert!(disk.syncs() == 2 && disk.waiting() == 4);
    let states = states(&disk);
    assert!(states.contains(&Shown::new()));
    assert!(states.contains(&[("a".to_owned(), b"x".to_vec())].into()), "it may be there by luck");
    assert!(disk.crash().files().is_empty());
}
