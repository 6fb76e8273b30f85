//! What was done, in numbers.

use quire_engine::World;
use std::fmt;
use std::time::Duration;

/// Counts of one seed, or of many together.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) seeds: u64,
    /// Operations of batches that were tried, and the commits that were acknowledged.
    pub(crate) operations: u64,
    pub(crate) commits: u64,
    /// Power cuts, kills, faults that were met.
    pub(crate) cuts: u64,
    pub(crate) kills: u64,
    pub(crate) faults: u64,
    /// States after a power cut that were opened and compared, by world: strict, ordered, lying.
    pub(crate) states: [u64; 3],
    /// Recoveries that died on the way.
    pub(crate) died_again: u64,
    pub(crate) opens: u64,
    /// Damaged copies, and those of them that an open or a read refused.
    pub(crate) damaged: u64,
    pub(crate) refused: u64,
    /// Losses on the disk that lies: at least one proves that the drill sees losses.
    pub(crate) losses_on_lies: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Tally) {
        self.seeds += other.seeds;
        self.operations += other.operations;
        self.commits += other.commits;
        self.cuts += other.cuts;
        self.kills += other.kills;
        self.faults += other.faults;
        for (mine, theirs) in self.states.iter_mut().zip(other.states) {
            *mine += theirs;
        }
        self.died_again += other.died_again;
        self.opens += other.opens;
        self.damaged += other.damaged;
        self.refused += other.refused;
        self.losses_on_lies += other.losses_on_lies;
    }

    pub(crate) fn count_state(&mut self, world: World) {
        self.states[world as usize] += 1;
    }

    pub(crate) fn all_states(&self) -> u64 {
        self.states.iter().sum()
    }

    /// The report: one figure on each line, and how fast it went.
    pub(crate) fn report(&self, took: Duration) -> String {
        let seconds = took.as_secs_f64().max(0.001);
        format!("{self}in {seconds:.1} s: {:.0} crash states a second", self.all_states() as f64 / seconds)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [strict, ordered, lying] = self.states;
        writeln!(f, "{} seeds, {} operations, {} commits", self.seeds, self.operations, self.commits)?;
        writeln!(f, "{} power cuts, {} kills, {} failed calls", self.cuts, self.kills, self.faults)?;
        writeln!(f, "{} crash states: {strict} strict, {ordered} ordered, {lying} lying", self.all_states())?;
        writeln!(f, "{} opens, {} recoveries that died on the way", self.opens, self.died_again)?;
        writeln!(f, "{} damaged copies, {} refused, the others answered right", self.damaged, self.refused)?;
        writeln!(f, "{} losses found on the disk that lies", self.losses_on_lies)
    }
}
