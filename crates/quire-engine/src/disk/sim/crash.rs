//! What a power cut leaves: what is durable, and any part that the world allows of what waits.

use super::World;
use super::bytes::Bytes;
use super::file::{File, Kind};
use super::lots::Lots;
use super::machine::Machine;
use super::names::Node;
use super::tear::{Fate, Rest, apply};
use std::collections::BTreeMap;

/// So many waiting changes are tried in every combination.
const EXHAUSTIVE_MAX: usize = 6;

/// So many states with torn writes come beside all combinations of whole ones.
const TORN_SAMPLES: usize = 8;

/// A change that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unit {
    order: u64,
    place: Place,
    /// Changes of one chain survive in their order: one that does not takes all later ones along.
    chain: Option<Chain>,
    tears: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// In the list of names, by its index.
    Name(usize),
    /// In the list of a file, by its index.
    Content(Node, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Chain {
    Journal,
    /// What a file grows by.
    Growth(Node),
}

/// Everything that waits, oldest first.
pub(super) fn units(machine: &Machine) -> Vec<Unit> {
    let ordered = machine.world == World::Ordered;
    let names = machine.names.waiting.iter().enumerate();
    let mut units: Vec<Unit> = names
        .map(|(n, (order, _))| Unit {
            order: *order,
            place: Place::Name(n),
            chain: ordered.then_some(Chain::Journal),
            tears: false,
        })
        .collect();
    for (node, file) in &machine.files {
        let durable = file.durable.len();
        for (n, change) in file.waiting.iter().enumerate() {
            let (chain, tears) = match &change.kind {
                Kind::Length { by_write: false, .. } => (Some(Chain::Journal), false),
                Kind::Length { .. } => (Some(Chain::Growth(*node)), false),
                Kind::Bytes { offset, bytes } if offset + bytes.len() > durable => {
                    (Some(Chain::Growth(*node)), true)
                }
                Kind::Bytes { .. } => (None, true),
            };
            let chain = chain.filter(|_| ordered);
            units.push(Unit { order: change.order, place: Place::Content(*node, n), chain, tears });
        }
    }
    units.sort_unstable();
    units
}

/// Only what is durable.
pub(super) fn worst(machine: &Machine) -> Machine {
    let units = units(machine);
    let fates = vec![Fate::Lost; units.len()];
    build(machine, &units, &fates, &Rest::plain(512), &mut Lots::default())
}

/// One state that the seed picks.
pub(super) fn sample(machine: &Machine, seed: u64) -> Machine {
    sampled(machine, &units(machine), &mut Lots::new(seed))
}

/// All states where there are few, or some.
pub(super) fn states(machine: &Machine, seed: u64, samples: usize) -> Vec<Machine> {
    let units = units(machine);
    let mut lots = Lots::new(seed);
    if units.len() > EXHAUSTIVE_MAX {
        return (0..samples).map(|_| sampled(machine, &units, &mut lots)).collect();
    }
    let mut states = Vec::new();
    for mask in 0..1_u32 << units.len() {
        let kept = |n: usize| if mask >> n & 1 == 1 { Fate::Kept } else { Fate::Lost };
        let fates: Vec<Fate> = (0..units.len()).map(kept).collect();
        if allowed(&units, &fates) {
            states.push(build(machine, &units, &fates, &Rest::plain(512), &mut lots));
        }
    }
    if units.iter().any(|unit| unit.tears) {
        let torn = TORN_SAMPLES.min(samples);
        states.extend((0..torn).map(|_| sampled(machine, &units, &mut lots)));
    }
    states
}

/// Whether every chain survives up to one point and no further.
fn allowed(units: &[Unit], fates: &[Fate]) -> bool {
    let mut broken: Vec<Chain> = Vec::new();
    units.iter().zip(fates).all(|(unit, fate)| {
        let Some(chain) = unit.chain else { return true };
        if *fate == Fate::Lost {
            broken.push(chain);
            return true;
        }
        !broken.contains(&chain)
    })
}

fn sampled(machine: &Machine, units: &[Unit], lots: &mut Lots) -> Machine {
    let fates = choose(units, lots);
    let sector = [512, 4096][lots.below(2)];
    let rest = match machine.world {
        World::Strict => {
            let others = machine.files.values().map(|file| file.durable.clone());
            Rest::garbage(sector, others.filter(|bytes| bytes.len() > 0).collect())
        }
        World::Ordered | World::Lying => Rest::plain(sector),
    };
    build(machine, units, &fates, &rest, lots)
}

/// Fates for each change, in one of several moods: the states at the edges are met as often as those in the middle.
fn choose(units: &[Unit], lots: &mut Lots) -> Vec<Fate> {
    let mood = lots.below(6);
    let chosen = lots.below(units.len());
    // Where each chain breaks: before this change of all.
    let mut breaks: BTreeMap<Chain, usize> = BTreeMap::new();
    for chain in units.iter().filter_map(|unit| unit.chain) {
        let end = match mood {
            0 => 0,
            1 => units.len(),
            2 | 3 => chosen + usize::from(mood == 3),
            _ => lots.below(units.len() + 1),
        };
        breaks.entry(chain).or_insert(end);
    }
    let mut fates = Vec::with_capacity(units.len());
    for (n, unit) in units.iter().enumerate() {
        let survives = match unit.chain {
            Some(chain) => n < breaks.get(&chain).copied().unwrap_or(0),
            None => match mood {
                0 => false,
                1 => true,
                // All but one, and only one.
                2 => n != chosen,
                3 => n == chosen,
                _ => lots.chance(5),
            },
        };
        let torn = survives && unit.tears && mood > 0 && lots.chance(if mood == 5 { 7 } else { 2 });
        fates.push(match (survives, torn) {
            (false, _) => Fate::Lost,
            (true, false) => Fate::Kept,
            (true, true) => Fate::Torn,
        });
        // What stands behind a torn part of a chain did not get there.
        if torn && let Some(end) = unit.chain.and_then(|chain| breaks.get_mut(&chain)) {
            *end = n;
        }
    }
    fates
}

/// The disk with these of its changes.
fn build(machine: &Machine, units: &[Unit], fates: &[Fate], rest: &Rest, lots: &mut Lots) -> Machine {
    let mut names = machine.names.clone();
    let mut contents: BTreeMap<Node, Bytes> =
        machine.files.iter().map(|(node, file)| (*node, file.durable.clone())).collect();
    for (unit, fate) in units.iter().zip(fates).filter(|(_, fate)| **fate != Fate::Lost) {
        match unit.place {
            Place::Name(n) => names.survive(&machine.names.waiting[n].1),
            Place::Content(node, n) => {
                if let (Some(to), Some(file)) = (contents.get_mut(&node), machine.files.get(&node)) {
                    apply(to, &file.waiting[n].kind, *fate, rest, lots);
                }
            }
        }
    }
    names.settle();
    let reached = names.reached();
    contents.retain(|node, _| reached.contains(node));
    let files = contents.into_iter().map(|(node, bytes)| (node, File::at_rest(bytes))).collect();
    Machine {
        world: machine.world,
        names,
        files,
        lots: lots.clone(),
        last_node: machine.last_node,
        ..Machine::default()
    }
}
