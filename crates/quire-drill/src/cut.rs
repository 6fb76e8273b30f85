//! A power cut: every state that it may leave, or a sample of them, is opened, compared, written to and opened again.

use crate::book::{self, Books, Outcome};
use crate::check;
use crate::life::settle_all;
use crate::rig::Rig;
use crate::tally::Tally;
use quire_engine::{EngineStore, SimDisk};
use quire_model::{DocId, Document, Expect, Name, Operation, Store, WriteBatch};
use quire_testkit::Random;
use std::sync::Arc;

/// Examines what a power cut now may leave of `disk`; the disk itself lives on.
pub(crate) fn examine_all(
    rig: &Rig,
    disk: &SimDisk,
    books: &Books,
    samples: usize,
    random: &mut Random,
    tally: &mut Tally,
) -> Outcome<()> {
    tally.cuts += 1;
    for (n, state) in disk.crash_states(random.next_u64(), samples).into_iter().enumerate() {
        tally.count_state(rig.world);
        examine(rig, state, books, random, tally).map_err(|what| format!("crash state {n}: {what}"))?;
    }
    Ok(())
}

/// Examines one state.
fn examine(rig: &Rig, state: SimDisk, books: &Books, random: &mut Random, tally: &mut Tally) -> Outcome<()> {
    let mut mine = book::fork(books)?;
    let (mut disk, mut store) = recover(rig, state, random, tally)?;
    settle_all(&store, &mut mine, random).map_err(|trouble| trouble.text())?;
    for round in 0..2 {
        go_on(&store, &mut mine, round, random).map_err(|what| format!("written after the open: {what}"))?;
        disk = match random.below(3) {
            0 => disk.crash_any(random.next_u64()),
            1 => disk.restart(),
            _ => {
                store.close().map_err(|e| format!("a close failed: {e}"))?;
                disk
            }
        };
        drop(store);
        store = open(rig, &disk, tally)?;
        settle_all(&store, &mut mine, random)
            .map_err(|trouble| format!("opened again: {}", trouble.text()))?;
    }
    Ok(())
}

fn open(rig: &Rig, disk: &SimDisk, tally: &mut Tally) -> Outcome<EngineStore> {
    tally.opens += 1;
    rig.open(disk).map_err(|e| format!("the open failed with {}: {e}", e.code()))
}

/// Opens the state; on the way the power may go or the process be killed, up to twice.
fn recover(
    rig: &Rig,
    state: SimDisk,
    random: &mut Random,
    tally: &mut Tally,
) -> Outcome<(SimDisk, EngineStore)> {
    let mut disk = state;
    for _ in 0..random.below(3) {
        disk.die_at(random.below(14) as u64 + 1);
        tally.opens += 1;
        let opened = rig.open(&disk);
        if !disk.is_dead() {
            disk.heal();
            let store = opened.map_err(|e| format!("the open failed with {}: {e}", e.code()))?;
            return Ok((disk, store));
        }
        tally.died_again += 1;
        let next = if random.below(2) == 0 { disk.crash_any(random.next_u64()) } else { disk.restart() };
        drop(opened);
        disk = next;
    }
    let store = open(rig, &disk, tally)?;
    Ok((disk, store))
}

/// Writes a little to every database, so that what an open left behind is met by the next one.
fn go_on(store: &EngineStore, books: &mut Books, round: u64, random: &mut Random) -> Outcome<()> {
    let names: Vec<Name> = books.keys().cloned().collect();
    for name in names {
        let Some(book) = books.get_mut(&name) else { continue };
        for part in 0..random.below(3) + 1 {
            let batch = Arc::new(probe(round, part, random)?);
            let answer = store.commit(&name, WriteBatch::clone(&batch));
            let expected = book.commit(&batch)?;
            match (answer, expected) {
                (Ok(answer), Ok(expected)) if answer == expected => {}
                (answer, expected) => return Err(format!("a commit answered {answer:?}, not {expected:?}")),
            }
        }
        if random.below(4) == 0 {
            store.checkpoint(&name).map_err(|e| format!("a checkpoint failed: {e}"))?;
        }
        if random.below(3) == 0 {
            store.step().map_err(|e| format!("a step of the background failed: {e}"))?;
        }
        if random.below(3) == 0 {
            check::database(store, &name, &book.shown()?, random).map_err(|trouble| trouble.text())?;
        }
    }
    Ok(())
}

fn probe(round: u64, part: usize, random: &mut Random) -> Outcome<WriteBatch> {
    let failed = |e: quire_model::Error| e.to_string();
    let id = DocId::new(format!("{round}-{part}")).map_err(failed)?;
    let filling = "p".repeat(random.pick(&[3, 300, 3000]));
    let text = format!("{{\"_id\":\"{round}-{part}\",\"v\":\"{filling}\"}}");
    let document = Document::from_checked(id, text);
    let collection = Name::new("probe").map_err(failed)?;
    Ok(WriteBatch::of(Operation::Put { collection, document, expect: Expect::Any }))
}
