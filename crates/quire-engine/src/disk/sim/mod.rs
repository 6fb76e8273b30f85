//! A disk in memory that forgets what was not synced, fails when told to, and dies at a chosen call.
//!
//! The life of a byte that is written:
//! 1. `calls.rs` takes the call, asks `fault.rs` whether it fails or is the last one, and notes it in the trace.
//! 2. `machine.rs` finds the file by its path (`names.rs`) and changes what is seen; the change itself waits in a list
//!    of its file (`file.rs`, over the shared blocks of `bytes.rs`). Names wait in a list of the disk.
//! 3. A sync makes the changes durable that its [`World`] says.
//! 4. A power cut takes what is durable and, of what waits, any part that the world allows (`crash.rs`): whole, lost or
//!    torn in the middle (`tear.rs`).
//!
//! Damage to bytes at rest is in `damage.rs`, the generator of every choice in `lots.rs`.

mod bytes;
mod calls;
mod crash;
mod damage;
mod fault;
mod file;
mod lots;
mod machine;
mod names;
mod tear;
mod trace;

pub use fault::{Call, Fault};

use crate::sync::lock;
use lots::Lots;
use machine::Machine;
use std::sync::{Arc, Mutex};

/// What a disk promises about what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum World {
    /// Nothing is ordered without a sync. Of the writes, the sizes and the names that wait, any survive, each alone;
    /// a write survives whole or torn at sectors, and where it is torn the sector has old bytes, zeros or garbage. A
    /// file that grew may show anything there. Only a sync of the folder keeps a name.
    #[default]
    Strict,
    /// As ext4 with `data=ordered`: names and cuts are journalled and survive in their order; any sync writes the
    /// journal. What a file grew by survives in its order and never shows bytes that were not written to it. Writes
    /// inside a file survive in any order, torn at sectors.
    Ordered,
    /// Nothing is ordered, and a sync says yes and does nothing: a disk on which nobody can keep a promise. A drill on
    /// it must find losses, or it finds nothing anywhere.
    Lying,
}

/// A simulated disk. Clones share the same disk.
#[derive(Debug, Clone, Default)]
pub struct SimDisk(Arc<Mutex<Machine>>);

impl SimDisk {
    /// An empty disk; the seed decides what a failed sync leaves.
    pub fn new(world: World, seed: u64) -> SimDisk {
        SimDisk::of(Machine { world, lots: Lots::new(seed), ..Machine::default() })
    }

    fn of(machine: Machine) -> SimDisk {
        SimDisk(Arc::new(Mutex::new(machine)))
    }

    /// The disk as a power cut now would leave it at the worst: only what was synced, under names whose folder was
    /// synced. The old disk answers every later call with an error, so that its user cannot go on.
    pub fn crash(&self) -> SimDisk {
        lock(&self.0).dead = true;
        self.crash_copy()
    }

    /// What [`SimDisk::crash`] would leave, for a look beside the disk that lives on.
    pub fn crash_copy(&self) -> SimDisk {
        SimDisk::of(crash::worst(&lock(&self.0)))
    }

    /// The disk as a power cut now may leave it; the seed picks one of the states that the world allows. The old disk
    /// answers every later call with an error.
    pub fn crash_any(&self, seed: u64) -> SimDisk {
        let mut machine = lock(&self.0);
        machine.dead = true;
        SimDisk::of(crash::sample(&machine, seed))
    }

    /// The states that a power cut now may leave. Where at most six changes wait these are all subsets of them, and
    /// some with torn writes; otherwise `samples` that the seed picks.
    pub fn crash_states(&self, seed: u64, samples: usize) -> Vec<SimDisk> {
        crash::states(&lock(&self.0), seed, samples).into_iter().map(SimDisk::of).collect()
    }

    /// The disk for the next process after this one was killed: what the system holds in its cache is still seen,
    /// and still not durable. Faults and locks are gone. The old disk answers every later call with an error.
    pub fn restart(&self) -> SimDisk {
        let mut machine = lock(&self.0);
        machine.dead = true;
        SimDisk::of(machine.restarted())
    }

    /// Changes that wait for a sync: writes, sizes and names.
    pub fn waiting(&self) -> usize {
        crash::units(&lock(&self.0)).len()
    }

    /// Calls that change something so far, the failed ones too.
    pub fn changes(&self) -> u64 {
        lock(&self.0).faults.changes
    }

    /// All calls so far.
    pub fn calls(&self) -> u64 {
        lock(&self.0).faults.calls
    }

    /// Syncs of files and folders so far.
    pub fn syncs(&self) -> u64 {
        lock(&self.0).faults.syncs
    }

    /// Bytes written to files so far.
    pub fn written_bytes(&self) -> u64 {
        lock(&self.0).written_bytes
    }

    /// Calls so far that failed because of a fault that was injected.
    pub fn faults_met(&self) -> u64 {
        lock(&self.0).faults.met
    }

    /// Whether the power is gone.
    pub fn is_dead(&self) -> bool {
        lock(&self.0).dead
    }

    /// Lets a call fail.
    pub fn inject(&self, fault: Fault) {
        lock(&self.0).faults.inject(fault);
    }

    /// Lets the sync with this number (the first is 1) fail once.
    pub fn fail_sync(&self, number: u64) {
        let faults = &mut lock(&self.0).faults;
        let after = number.saturating_sub(faults.syncs + 1);
        faults.inject(Fault { calls: Call::SYNCS, after, ..Fault::default() });
    }

    /// Takes every fault away, the end that [`SimDisk::die_at`] set too.
    pub fn heal(&self) {
        lock(&self.0).faults.heal();
    }

    /// The power goes in the middle of the `number`-th call from now that changes something (the next is 1): nobody
    /// hears how that call went, and every later one fails.
    pub fn die_at(&self, number: u64) {
        lock(&self.0).faults.die_in = Some(number);
    }

    /// Bytes that files may still grow by; `None` is no limit. What is cut or removed gives its bytes back.
    pub fn set_bytes_free(&self, bytes: Option<u64>) {
        lock(&self.0).bytes_free = bytes;
    }

    /// Begins to note every call with its sizes and its outcome.
    pub fn start_trace(&self) {
        lock(&self.0).trace.start();
    }

    /// The calls noted so far, one on each line.
    pub fn trace(&self) -> String {
        lock(&self.0).trace.text()
    }
}
