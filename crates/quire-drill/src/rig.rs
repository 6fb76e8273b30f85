//! What a seed is run on: settings, a clock, and the simulated disk's store.

use quire_engine::{Clock, EngineStore, Options, SimDisk, World};
use quire_model::Result;
use quire_testkit::Random;
use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The data folder on the simulated disk.
const FOLDER: &str = "/data";

/// Opens before a failure whose calls are shown.
const TRACES: usize = 40;

/// Settings and clock of one seed.
pub(crate) struct Rig {
    pub(crate) world: World,
    pub(crate) options: Options,
    clock: Arc<DrawnClock>,
    /// Whether the calls to the disk are noted, and the disks that were opened last.
    traced: bool,
    last: RefCell<Vec<SimDisk>>,
}

/// Time and lots that come from the seed, and go on over restarts as they do in the world.
#[derive(Debug)]
struct DrawnClock(Mutex<Drawn>);

#[derive(Debug)]
struct Drawn {
    now_ms: u64,
    state: u64,
}

impl DrawnClock {
    fn next(&self) -> (u64, u64) {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lot = Random::new(drawn.state).next_u64();
        drawn.state = drawn.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        // It goes back now and then.
        drawn.now_ms =
            (drawn.now_ms + lot % 50).saturating_sub(if lot.is_multiple_of(97) { 10_000 } else { 0 });
        (lot, drawn.now_ms)
    }
}

impl Clock for DrawnClock {
    fn now_ms(&self) -> u64 {
        self.next().1
    }

    fn random(&self) -> io::Result<[u8; 16]> {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().0.to_le_bytes());
        bytes[8..].copy_from_slice(&self.next().0.to_le_bytes());
        Ok(bytes)
    }
}

impl Rig {
    /// The rig of a seed. Limits are small, so that logs rotate, memtables are flushed and files merged often.
    pub(crate) fn new(world: World, random: &mut Random, traced: bool) -> Rig {
        let options = Options {
            log_bytes_first: random.pick(&[4 << 10, 16 << 10]),
            log_bytes_max: random.pick(&[64 << 10, 128 << 10]),
            memtable_bytes_max: 64 << 10,
            changes_retain_ms: random.pick(&[0, 0, 5000, 24 * 60 * 60 * 1000]),
            background: false,
            ..Options::default()
        };
        let drawn = Drawn { now_ms: 1_700_000_000_000, state: random.next_u64() };
        let clock = Arc::new(DrawnClock(Mutex::new(drawn)));
        Rig { world, options, clock, traced, last: RefCell::default() }
    }

    /// Opens the store on a disk.
    pub(crate) fn open(&self, disk: &SimDisk) -> Result<EngineStore> {
        if self.traced {
            disk.start_trace();
            let mut last = self.last.borrow_mut();
            last.push(disk.clone());
            if last.len() > TRACES {
                last.remove(0);
            }
        }
        let disk = Arc::new(disk.clone());
        EngineStore::open_on(disk, self.clock.clone(), Path::new(FOLDER), self.options.clone())
    }

    /// The calls to the disks that were opened last, each after its own line.
    pub(crate) fn trace(&self) -> String {
        let last = self.last.borrow();
        last.iter().map(|disk| format!("-- a disk is opened\n{}", disk.trace())).collect()
    }
}
