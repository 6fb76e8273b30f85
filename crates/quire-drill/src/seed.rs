//! One seed from its first lot to its last.
//!
//! 1. The seed picks the kind of drill: power cuts in one of the worlds (`life.rs`, `cut.rs`), damage at rest
//!    (`rot.rs`), or the disk that lies, on which a loss has to be found.
//! 2. A drill of power cuts is a few lives on one disk. Each is ended by the power, a kill, a failing call or a close.
//! 3. Whatever ended it, what the disk holds then is examined, and the next life begins on one of the states.

use crate::book::{Books, Outcome, first_books};
use crate::cut::examine_all;
use crate::life::Life;
use crate::rig::Rig;
use crate::rot;
use crate::tally::Tally;
use crate::work::Work;
use quire_engine::{Call, Fault, SimDisk, World};
use quire_testkit::Random;

/// What a run is asked for, besides its seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// Crash states for each power cut where there are too many for all.
    pub(crate) states: usize,
    /// Whether calls to the disk are noted.
    pub(crate) traced: bool,
}

/// What kind of drill a seed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    PowerCuts(World),
    Rot,
}

impl Kind {
    pub(crate) fn of(seed: u64) -> Kind {
        match seed % 25 {
            24 => Kind::PowerCuts(World::Lying),
            n if n % 5 == 3 => Kind::Rot,
            n if n % 5 == 1 => Kind::PowerCuts(World::Ordered),
            _ => Kind::PowerCuts(World::Strict),
        }
    }
}

/// How a seed went.
pub(crate) struct Run {
    pub(crate) tally: Tally,
    pub(crate) outcome: Outcome<()>,
    /// Of a run that failed and was traced: the calls to the disk that was opened last.
    pub(crate) trace: String,
}

/// Runs a seed.
pub(crate) fn run(seed: u64, wish: Wish) -> Run {
    let kind = Kind::of(seed);
    let mut random = Random::new(seed);
    let mut tally = Tally { seeds: 1, ..Tally::default() };
    let world = if let Kind::PowerCuts(world) = kind { world } else { World::Strict };
    let rig = Rig::new(world, &mut random, wish.traced);
    let mut outcome = match kind {
        Kind::PowerCuts(_) => lives(&rig, wish.states, &mut random, &mut tally),
        Kind::Rot => rot::run(&rig, &mut random, &mut tally),
    };
    let trace = if outcome.is_err() { rig.trace() } else { String::new() };
    if world == World::Lying && outcome.is_err() {
        tally.losses_on_lies += 1;
        outcome = Ok(());
    }
    Run { tally, outcome, trace }
}

/// How a life ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Power,
    Kill,
    Close,
}

fn lives(rig: &Rig, samples: usize, random: &mut Random, tally: &mut Tally) -> Outcome<()> {
    let mut books = first_books()?;
    let mut work = Work::new(random);
    let mut disk = SimDisk::new(rig.world, random.next_u64());
    for life in 0..random.below(3) + 2 {
        let end = random.pick(&[End::Power, End::Power, End::Kill, End::Close]);
        disk = one_life(rig, disk, end, &mut books, &work, random, tally)
            .map_err(|what| format!("life {life}: {what}"))?;
        work.like_records = log_as_text(&disk, random);
        if end != End::Kill {
            examine_all(rig, &disk, &books, samples, random, tally)
                .map_err(|what| format!("after life {life}: {what}"))?;
        }
        disk = match end {
            End::Power => disk.crash_any(random.next_u64()),
            End::Kill | End::Close => disk.restart(),
        };
    }
    // Whatever came last is looked at once more.
    examine_all(rig, &disk, &books, 1, random, tally).map_err(|what| format!("at the end: {what}"))
}

/// Lets a store live on a disk; answers the disk as it is afterwards, under no process.
fn one_life(
    rig: &Rig,
    disk: SimDisk,
    end: End,
    books: &mut Books,
    work: &Work,
    random: &mut Random,
    tally: &mut Tally,
) -> Outcome<SimDisk> {
    arm(&disk, end, random);
    let acts = random.pick(&[5, 20, 60, 150]);
    let mut life = Life::begin(rig, &disk, books, work, tally, random)?;
    if end != End::Close
        && let Some(life) = &mut life
    {
        life.make_mortal();
    }
    for _ in 0..acts {
        match &mut life {
            Some(life) if !disk.is_dead() => life.act(random)?,
            _ => break,
        }
    }
    disk.set_bytes_free(None);
    let after = match life {
        Some(life) if end == End::Close && !disk.is_dead() => {
            disk.heal();
            life.close()?;
            disk.restart()
        }
        life => {
            // From here on the store can change nothing, not even when it is dropped.
            let after = disk.restart();
            drop(life);
            after
        }
    };
    tally.faults += disk.faults_met();
    tally.kills += u64::from(end == End::Kill);
    Ok(after)
}

/// Every kind of call but the lock: a folder whose lock cannot be written is opened for reading only, and that is
/// another drill.
const ANY: &[Call] = &[
    Call::Create,
    Call::Open,
    Call::Rename,
    Call::Remove,
    Call::List,
    Call::CreateFolder,
    Call::RemoveFolder,
    Call::SyncFolder,
    Call::Read,
    Call::Write,
    Call::SetLen,
    Call::Length,
    Call::Sync,
];

/// Sets what will happen to the disk on the way.
fn arm(disk: &SimDisk, end: End, random: &mut Random) {
    let far = random.pick(&[12, 40, 150, 600]);
    if end != End::Close && random.below(5) > 0 {
        disk.die_at(random.below(far) as u64 + 1);
    }
    if random.below(3) == 0 {
        let calls: [&'static [Call]; 8] = [
            Call::SYNCS,
            &[Call::Sync],
            &[Call::Write],
            &[Call::Create, Call::Rename],
            &[Call::Remove, Call::RemoveFolder, Call::SetLen],
            &[Call::Read],
            &[Call::Open, Call::List, Call::Length],
            ANY,
        ];
        disk.inject(Fault {
            calls: random.pick(&calls),
            after: random.below(far) as u64,
            errno: random.pick(&[5, 5, 28, 122, 27, 30, 24]),
            bytes_done: random.below(2) * random.below(2000),
            forever: random.below(5) == 0,
        });
    }
}

/// What a log of this disk holds, as text: the bytes themselves where JSON allows them in a string, else others.
fn log_as_text(disk: &SimDisk, random: &mut Random) -> String {
    let logs: Vec<_> =
        disk.files().into_iter().filter(|path| path.to_string_lossy().ends_with(".log")).collect();
    let Some(bytes) = logs.get(random.below(logs.len())).and_then(|path| disk.bytes(path).ok()) else {
        return String::new();
    };
    let start = random.below(2) * 64;
    bytes.iter().skip(start).take(700).map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WISH: Wish = Wish { states: 4, traced: false };

    #[test]
    fn seeds_of_every_kind_go_well_and_examine_something() {
        let mut all = Tally::default();
        for seed in 0..9 {
            let run = run(seed, WISH);
            assert_eq!(run.outcome, Ok(()), "seed {seed}");
            all.add(&run.tally);
        }
        assert!(all.commits > 100 && all.states[0] > 10 && all.states[1] > 5, "{all}");
        assert!(all.kills > 0 && all.damaged > 50 && all.refused > 25 && all.died_again > 10, "{all}");
    }

    #[test]
    fn the_same_seed_does_the_same() {
        for seed in [2, 3, 6] {
            assert_eq!(run(seed, WISH).tally, run(seed, WISH).tally);
        }
    }

    #[test]
    fn on_a_disk_that_lies_a_loss_is_found() {
        let losses: u64 = [24, 49, 74].into_iter().map(|seed| run(seed, WISH).tally.losses_on_lies).sum();
        assert!(losses > 0);
    }
}
