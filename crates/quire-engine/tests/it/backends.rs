//! Engines as backends of the contract: on the simulated disk and on the machine's, with one set of options each.

use crate::support::folder;
use quire_engine::{Disk, EngineStore, ManualClock, Options, RealDisk, SimDisk, SystemClock};
use quire_model::Store;
use quire_testkit::{Backend, Shared};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Little memory and small log files, and no thread: as much as possible happens, and always in the same order.
pub(crate) fn small() -> Options {
    Options {
        memtable_bytes_max: 64 << 10,
        log_bytes_first: 4 << 10,
        log_bytes_max: 64 << 10,
        background: false,
        ..Options::default()
    }
}

/// The same with a thread for the background work.
pub(crate) fn small_with_thread() -> Options {
    Options { background: true, ..small() }
}

/// An engine on a simulated disk, which a power cut can befall.
pub(crate) struct OnSimDisk {
    disk: SimDisk,
    /// The same for every life: a clock that began anew would draw the same lots again.
    clock: Arc<ManualClock>,
    options: Options,
    open: Option<Arc<EngineStore>>,
}

impl OnSimDisk {
    pub(crate) fn new(options: Options) -> OnSimDisk {
        OnSimDisk { disk: SimDisk::default(), clock: Arc::default(), options, open: None }
    }

    /// The files of the default database and their sizes.
    fn files(&self) -> String {
        let folder = folder().join("databases/1");
        let line = |name: String| {
            let file = self.disk.open(&folder.join(&name)).unwrap();
            format!("{name} {}\n", file.length().unwrap())
        };
        self.disk.list(&folder).unwrap().into_iter().map(line).collect()
    }

    /// A file's bytes, sixteen on a line; equal lines that follow each other are left out.
    /// What a read of one document costs: pieces of segments that were read from files, and that memory had.
    fn plan(&self, collection: &str, id: &str) -> String {
        let Some(store) = &self.open else { return "closed".to_owned() };
        let before = store.cache_statistics().unwrap();
        let snapshot = store.snapshot(&crate::support::main_db()).unwrap();
        let found = snapshot.get(&crate::support::name(collection), &[crate::support::id(id)]).unwrap();
        let after = store.cache_statistics().unwrap();
        let (read, kept) = (after.misses - before.misses, after.hits - before.hits);
        let found = if found[0].is_some() { "found" } else { "absent" };
        format!("{found}: {read} pieces read from files, {kept} from memory")
    }

    fn hexdump(&self, name: &str) -> String {
        let file = self.disk.open(&folder().join("databases/1").join(name)).unwrap();
        let mut bytes = vec![0; file.length().unwrap() as usize];
        file.read_at(&mut bytes, 0).unwrap();
        let (mut out, mut before, mut left_out) = (String::new(), &[][..], false);
        for (n, line) in bytes.chunks(16).enumerate() {
            if line == before {
                if !left_out {
                    out.push_str("*\n");
                }
                left_out = true;
                continue;
            }
            (before, left_out) = (line, false);
            let hex: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
            let shown = |byte: &u8| if (b'!'..=b'~').contains(byte) { char::from(*byte) } else { '.' };
            let text: String = line.iter().map(shown).collect();
            out.push_str(&format!("{:06x}  {:47}  {text}\n", n * 16, hex.join(" ")));
        }
        out
    }
}

impl Backend for OnSimDisk {
    fn open(&mut self) -> Box<dyn Store> {
        self.open = None;
        let (disk, clock) = (Arc::new(self.disk.clone()), self.clock.clone());
        let store = EngineStore::open_on(disk, clock, &folder(), self.options.clone()).unwrap();
        Box::new(Shared(self.open.insert(Arc::new(store)).clone()))
    }

    fn crash(&mut self) {
        self.disk = self.disk.crash();
    }

    fn step(&mut self) -> bool {
        self.open.as_ref().is_some_and(|store| store.step().unwrap())
    }

    fn special(&mut self, command: &str) -> Option<String> {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            ["step"] => Some(if self.step() { "done" } else { "nothing to do" }.to_owned()),
            ["files"] => Some(self.files()),
            ["plan", collection, id] => Some(self.plan(collection, id)),
            ["hexdump", name] => Some(self.hexdump(name)),
            _ => None,
        }
    }
}

/// An engine on the machine's disk, in a folder of its own that goes when the backend goes.
pub(crate) struct OnRealDisk {
    folder: PathBuf,
    options: Options,
    open: Option<Arc<EngineStore>>,
}

impl OnRealDisk {
    pub(crate) fn new(options: Options) -> OnRealDisk {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("quire-contract-{}-{number}", std::process::id());
        OnRealDisk { folder: std::env::temp_dir().join(name), options, open: None }
    }
}

impl Backend for OnRealDisk {
    fn open(&mut self) -> Box<dyn Store> {
        self.open = None;
        let folder: &Path = &self.folder;
        let (disk, clock) = (Arc::new(RealDisk), Arc::new(SystemClock));
        let store = EngineStore::open_on(disk, clock, folder, self.options.clone()).unwrap();
        Box::new(Shared(self.open.insert(Arc::new(store)).clone()))
    }

    fn step(&mut self) -> bool {
        self.open.as_ref().is_some_and(|store| store.step().unwrap())
    }
}

impl Drop for OnRealDisk {
    fn drop(&mut self) {
        self.open = None;
        // What cannot be removed stays in the machine's temporary folder.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
