//! The engine and the plain model store, side by side: the same random work gives the same answers, and both keep the
//! contract at every call.
//!
//! The mirror compares every answer, and each store is checked at every call. What is left to do here is to work at
//! random, and to look at snapshots that are held while the work goes on.

use crate::backends::{OnSimDisk, small};
use proptest::prelude::*;
use quire_model::{Expect, Filter, Operation, Scan, Snapshot};
use quire_testkit::shorthand::*;
use quire_testkit::{Fixture, ModelBackend, checked, mirror};
use std::sync::Arc;

#[derive(Debug, Clone)]
enum Act {
    Commit(Vec<Write>),
    Hold,
    Release(usize),
    /// Reads from a snapshot that is held, or from the newest state.
    Read(usize, Look),
    Checkpoint,
    Step,
    Restart,
    PowerCut,
}

#[derive(Debug, Clone)]
enum Write {
    Put {
        collection: u8,
        id: u8,
        body: u32,
        expect: u8,
    },
    /// A document of many bytes: a few of them fill the memory for fresh documents.
    PutLarge {
        collection: u8,
        id: u8,
        bytes: usize,
    },
    Delete {
        collection: u8,
        id: u8,
        expect: u8,
    },
    Create(u8),
    Drop(u8),
}

#[derive(Debug, Clone)]
enum Look {
    Whole,
    Get { collection: u8, ids: Vec<u8> },
    Scan { collection: u8, below: Option<u32>, after: Option<u8>, limit: Option<usize> },
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        8 => (0..3u8, 0..12u8, any::<u32>(), 0..5u8)
            .prop_map(|(collection, id, body, expect)| Write::Put { collection, id, body, expect }),
        1 => (0..3u8, 0..12u8, 1000..40_000usize)
            .prop_map(|(collection, id, bytes)| Write::PutLarge { collection, id, bytes }),
        3 => (0..3u8, 0..12u8, 0..5u8).prop_map(|(collection, id, expect)| Write::Delete { collection, id, expect }),
        1 => (0..3u8).prop_map(Write::Create),
        1 => (0..3u8).prop_map(Write::Drop),
    ]
}

fn look() -> impl Strategy<Value = Look> {
    let get = (0..3u8, prop::collection::vec(0..14u8, 0..6));
    let scan =
        (0..3u8, prop::option::of(any::<u32>()), prop::option::of(0..14u8), prop::option::of(0..8usize));
    prop_oneof![
        1 => Just(Look::Whole),
        2 => get.prop_map(|(collection, ids)| Look::Get { collection, ids }),
        3 => scan.prop_map(|(collection, below, after, limit)| Look::Scan { collection, below, after, limit }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => prop::collection::vec(write(), 1..5).prop_map(Act::Commit),
        3 => Just(Act::Hold),
        1 => any::<usize>().prop_map(Act::Release),
        6 => (any::<usize>(), look()).prop_map(|(which, look)| Act::Read(which, look)),
        3 => Just(Act::Checkpoint),
        1 => Just(Act::Step),
        1 => Just(Act::Restart),
        1 => Just(Act::PowerCut),
    ]
}

fn collection(n: u8) -> String {
    format!("c{n}")
}

fn own(n: u8) -> String {
    format!("d{n}")
}

impl Write {
    fn operation(&self, newest: u64) -> Operation {
        let expect = |n: &u8| match n {
            0 => Expect::Absent,
            1 => Expect::Present,
            2 => Expect::Revision(newest),
            3 => Expect::Revision(newest.saturating_sub(1)),
            _ => Expect::Any,
        };
        match self {
            Write::Put { collection: c, id, body, expect: e } => {
                put_value(&collection(*c), &own(*id), body, expect(e))
            }
            Write::PutLarge { collection: c, id, bytes } => {
                put_value(&collection(*c), &own(*id), format!("\"{}\"", "x".repeat(*bytes)), Expect::Any)
            }
            Write::Delete { collection: c, id, expect: e } => delete(&collection(*c), &own(*id), expect(e)),
            Write::Create(c) => create(&collection(*c)),
            Write::Drop(c) => drop_collection(&collection(*c)),
        }
    }
}

impl Look {
    /// Looks. What is seen is compared by the mirror; an error is an answer like another.
    fn at(&self, snapshot: &dyn Snapshot) {
        match self {
            Look::Whole => drop(dump(snapshot).unwrap()),
            Look::Get { collection: c, ids } => {
                let ids: Vec<_> = ids.iter().map(|n| id(&own(*n))).collect();
                drop(snapshot.get(&name(&collection(*c)), &ids));
            }
            Look::Scan { collection: c, below, after, limit } => {
                let below =
                    below.map(|below| Filter::parse(&format!("{{\"v\":{{\"$lt\":{below}}}}}")).unwrap());
                let scan = Scan {
                    collection: name(&collection(*c)),
                    filter: below.unwrap_or_else(Filter::all),
                    after: after.map(|n| id(&own(n))),
                    limit: *limit,
                };
                drop(rows(snapshot, scan));
            }
        }
    }
}

/// The two stores, and the snapshots of them that are held.
struct World {
    // Before the fixture: snapshots go before their store does.
    held: Vec<Arc<dyn Snapshot>>,
    fixture: Fixture,
}

impl World {
    /// Writes so much to a file that the small ones of later are merged above it and not with it.
    fn lay_a_large_file(&mut self) {
        let each = (0..3).flat_map(|c| (0..14).map(move |n| (c, n)));
        let body = format!("\"{}\"", "x".repeat(1000));
        let operations = each.map(|(c, n)| put_value(&collection(c), &own(n), &body, Expect::Any)).collect();
        commit(self.fixture.store(), operations).unwrap();
        self.fixture.store().checkpoint(&main_db()).unwrap();
    }

    fn act(&mut self, act: Act) {
        let store = self.fixture.store();
        let count = self.held.len();
        match act {
            Act::Commit(writes) => {
                let newest = store.snapshot(&main_db()).unwrap().seq();
                drop(commit(store, writes.iter().map(|write| write.operation(newest)).collect()));
            }
            Act::Hold => self.held.push(store.snapshot(&main_db()).unwrap()),
            Act::Release(which) if count > 0 => drop(self.held.swap_remove(which % count)),
            Act::Release(_) => {}
            Act::Read(which, look) => match self.held.get(which % (count + 1)) {
                Some(snapshot) => look.at(&**snapshot),
                None => look.at(&*store.snapshot(&main_db()).unwrap()),
            },
            Act::Checkpoint => drop(store.checkpoint(&main_db()).unwrap()),
            Act::Step => drop(self.fixture.step()),
            Act::Restart => {
                self.held.clear();
                self.fixture.reopen();
            }
            Act::PowerCut => {
                self.held.clear();
                self.fixture.crash();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn trap_2_and_24_the_engine_answers_as_the_model_through_restarts_and_power_cuts(
        large_file_below in any::<bool>(),
        acts in prop::collection::vec(act(), 1..60)
    ) {
        let both = mirror(checked(ModelBackend::default()), checked(OnSimDisk::new(small())));
        let mut world = World { held: Vec::new(), fixture: Fixture::new(both) };
        if large_file_below {
            world.lay_a_large_file();
        }
        for act in acts {
            world.act(act);
            let store = world.fixture.store();
            dump_now(store).unwrap();
            // The counts are compared with those of the model, and with a scan.
            store.statistics(&main_db()).unwrap();
        }
        for snapshot in &world.held {
            dump(&**snapshot).unwrap();
        }
    }
}
