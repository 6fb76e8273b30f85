//! The same seed twice is the same run, call by call.

use quire_engine::{EngineStore, ManualClock, Options, SimDisk, World};
use quire_model::{Document, Expect, Name, Operation, Store, WriteBatch};
use std::path::Path;
use std::sync::Arc;

/// Three lives of a store, each ended by a power cut in the middle of a call; what was called and what is left.
fn run(world: World, seed: u64) -> (String, Vec<u8>) {
    let options = Options {
        background: false,
        log_bytes_first: 4 << 10,
        log_bytes_max: 64 << 10,
        memtable_bytes_max: 64 << 10,
        ..Options::default()
    };
    let clock = Arc::new(ManualClock::default());
    let mut disk = SimDisk::new(world, seed);
    let mut lines = String::new();
    let database = Name::new("main").unwrap();
    for life in 0..3_u64 {
        disk.start_trace();
        disk.die_at(90 + seed % 7 + life * 10);
        let opened =
            EngineStore::open_on(Arc::new(disk.clone()), clock.clone(), Path::new("/data"), options.clone());
        // Where syncs lie, a life can end before it begins.
        let hopeless = opened.is_err() && world == World::Lying;
        if let Ok(store) = opened {
            for n in 0..200 {
                let text = format!("{{\"_id\":\"{n}\",\"v\":\"{}\"}}", "x".repeat(n * 40));
                let document = Document::parse(text.as_bytes()).unwrap();
                let collection = Name::new("c").unwrap();
                let put = Operation::Put { collection, document, expect: Expect::Any };
                if store.commit(&database, WriteBatch::of(put)).is_err() {
                    break;
                }
            }
        }
        assert!(disk.is_dead() || hopeless, "the life was too short");
        lines.push_str(&disk.trace());
        disk = disk.crash_any(seed + life);
    }
    let bytes = disk.files().iter().flat_map(|path| disk.bytes(path).unwrap()).collect();
    (lines, bytes)
}

#[test]
fn the_same_seed_gives_the_same_trace_and_the_same_bytes() {
    for world in [World::Strict, World::Ordered, World::Lying] {
        let (first, second) = (run(world, 11), run(world, 11));
        assert!(first.0.lines().count() > 100, "{}", first.0);
        assert!(first.0.contains("Write /data/databases/1/wal-00000001.tmp 64+"), "{}", first.0);
        assert!(first == second, "{world:?}: two runs differ");
        assert!(first != run(world, 12), "{world:?}: the seed says nothing");
    }
}
