//! The engine and the plain model store, side by side: the same random work gives the same answers.

use crate::support::*;
use proptest::prelude::*;
use quire_engine::{Options, SimDisk};
use quire_model::{Expect, Operation, Store};
use quire_testkit::ModelStore;

#[derive(Debug, Clone)]
enum Act {
    Commit(Vec<Write>),
    Checkpoint,
    Restart,
    PowerCut,
}

#[derive(Debug, Clone)]
enum Write {
    Put { collection: u8, id: u8, body: u32, expect: u8 },
    Delete { collection: u8, id: u8, expect: u8 },
    Create(u8),
    Drop(u8),
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        8 => (0..3u8, 0..12u8, any::<u32>(), 0..4u8)
            .prop_map(|(collection, id, body, expect)| Write::Put { collection, id, body, expect }),
        3 => (0..3u8, 0..12u8, 0..4u8).prop_map(|(collection, id, expect)| Write::Delete { collection, id, expect }),
        1 => (0..3u8).prop_map(Write::Create),
        1 => (0..3u8).prop_map(Write::Drop),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => prop::collection::vec(write(), 1..5).prop_map(Act::Commit),
        1 => Just(Act::Checkpoint),
        1 => Just(Act::Restart),
        1 => Just(Act::PowerCut),
    ]
}

impl Write {
    fn operation(&self, newest: u64) -> Operation {
        let collection = |n: &u8| format!("c{n}");
        let expect = |n: &u8| match n {
            0 => Expect::Absent,
            1 => Expect::Present,
            2 => Expect::Revision(newest),
            _ => Expect::Any,
        };
        match self {
            Write::Put { collection: c, id, body, expect: e } => {
                put(&collection(c), &format!("d{id}"), &body.to_string(), expect(e))
            }
            Write::Delete { collection: c, id, expect: e } => {
                delete(&collection(c), &format!("d{id}"), expect(e))
            }
            Write::Create(c) => Operation::CreateCollection { collection: name(&collection(c)) },
            Write::Drop(c) => Operation::DropCollection { collection: name(&collection(c)) },
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn trap_2_and_24_the_engine_answers_as_the_model_through_restarts_and_power_cuts(
        acts in prop::collection::vec(act(), 1..60)
    ) {
        let options = Options { memtable_bytes_max: 64 << 10, ..options() };
        let model = ModelStore::new();
        let mut disk = SimDisk::default();
        let mut engine = open(&disk, options.clone()).unwrap();
        for act in acts {
            match act {
                Act::Commit(writes) => {
                    let newest = model.snapshot(&main_db()).unwrap().seq();
                    let operations: Vec<_> = writes.iter().map(|w| w.operation(newest)).collect();
                    let expected = commit(&model, operations.clone()).map_err(|e| (e.code(), e.parts().to_vec()));
                    let got = commit(&engine, operations).map_err(|e| (e.code(), e.parts().to_vec()));
                    prop_assert_eq!(
                        got.as_ref().map_err(|e| e.0), expected.as_ref().map_err(|e| e.0)
                    );
                }
                Act::Checkpoint => {
                    engine.checkpoint(&main_db()).unwrap();
                }
                Act::Restart => {
                    drop(engine);
                    engine = open(&disk, options.clone()).unwrap();
                }
                Act::PowerCut => {
                    disk = disk.crash();
                    drop(engine);
                    engine = open(&disk, options.clone()).unwrap();
                }
            }
            prop_assert_eq!(dump(&engine).unwrap(), dump(&model).unwrap());
            let statistics = engine.statistics(&main_db()).unwrap();
            for collection in statistics.collections {
                let snapshot = engine.snapshot(&main_db()).unwrap();
                let counted = all(&*snapshot, collection.name.as_str()).unwrap().len() as u64;
                prop_assert_eq!(collection.documents, counted, "count of {}", collection.name);
            }
        }
    }
}
