//! A writer, a reader and the background in every order: each snapshot shows what the model showed at its number.

use crate::backends::{OnSimDisk, small};
use quire_model::{Expect, Operation};
use quire_testkit::Backend;
use quire_testkit::shorthand::*;
use quire_testkit::stepped::Reading::{self, Release, Take};
use quire_testkit::stepped::{Job, Program, every_order};

fn engine() -> Box<dyn Backend> {
    Box::new(OnSimDisk::new(small()))
}

/// Writes one of three documents.
fn write(own: &str, value: u64) -> Operation {
    put_value("c", own, value, Expect::Any)
}

/// As [`write`], with so much text that the memory for fresh documents is full at once and is frozen.
fn write_large(own: &str, value: u64) -> Operation {
    let text = format!("\"{value}{}\"", "x".repeat(66 << 10));
    put_value("c", own, text, Expect::Any)
}

fn remove(own: &str) -> Operation {
    delete("c", own, Expect::Any)
}

/// What a writer can do to three documents in four commits, from the plainest to the oddest.
fn writers(write: fn(&str, u64) -> Operation) -> Vec<Vec<Vec<Operation>>> {
    vec![
        vec![vec![write("a", 1)], vec![write("b", 1)], vec![write("c", 1)], vec![write("a", 2)]],
        vec![vec![write("a", 1)], vec![write("a", 2)], vec![write("a", 3)], vec![write("a", 4)]],
        vec![vec![write("a", 1)], vec![remove("a")], vec![write("a", 2)], vec![remove("a")]],
        vec![
            vec![write("a", 1), write("b", 1), write("c", 1)],
            vec![remove("b")],
            vec![write("b", 2), remove("a")],
            vec![remove("c")],
        ],
        vec![
            vec![write("a", 1), write("b", 1)],
            vec![drop_collection("c")],
            vec![write("a", 2)],
            vec![drop_collection("c"), write("b", 3)],
        ],
        vec![
            vec![create("c")],
            vec![write("b", 1)],
            vec![drop_collection("c"), create("c")],
            vec![write("b", 2)],
        ],
    ]
}

fn count(writers: Vec<Vec<Vec<Operation>>>, reader: &[Reading], background: &[Job]) -> usize {
    count_after(&[], writers, reader, background)
}

fn count_after(
    before: &[Vec<Operation>],
    writers: Vec<Vec<Vec<Operation>>>,
    reader: &[Reading],
    background: &[Job],
) -> usize {
    let program = |writer| Program {
        before: before.to_vec(),
        writer,
        reader: reader.to_vec(),
        background: background.to_vec(),
    };
    writers.into_iter().map(|writer| every_order(&program(writer), &engine)).sum()
}

#[test]
fn checkpoints_between_commits_and_snapshots_in_every_order() {
    // Four commits, two snapshots, three checkpoints: 9! / (4! 2! 3!) orders for each of six writers.
    let orders = count(writers(write), &[Take, Take], &[Job::Checkpoint; 3]);
    assert_eq!(orders, 6 * 1260);
}

#[test]
fn a_snapshot_that_goes_takes_nothing_from_the_others_in_any_order() {
    let orders = count(writers(write), &[Take, Take, Release], &[Job::Checkpoint, Job::Checkpoint]);
    assert_eq!(orders, 6 * 1260);
}

#[test]
fn flushes_step_by_step_between_commits_and_snapshots_in_every_order() {
    // Every commit of a large document freezes what is fresh, so that there is a flush to step.
    let background = [Job::Step, Job::Step, Job::Checkpoint];
    let orders = count(writers(write_large).into_iter().take(4).collect(), &[Take, Take], &background);
    assert_eq!(orders, 4 * 1260);
}

#[test]
fn merges_of_small_files_over_a_large_one_in_every_order() {
    // One large old file with all three documents, and three small new ones: the next flush makes four to merge, and
    // what they remove must stay removed from the old one.
    let mut old: Vec<Operation> = (0..40).map(|n| write(&format!("old{n}"), n)).collect();
    old.extend(["a", "b", "c"].map(|own| write(own, 0)));
    let before = [old, vec![remove("b")], vec![write("other", 1)], vec![write("other", 2)]];
    let writers = writers(write).into_iter().skip(2).take(2).collect();
    let orders = count_after(&before, writers, &[Take, Take], &[Job::Checkpoint, Job::Step]);
    assert_eq!(orders, 2 * 420);
}
