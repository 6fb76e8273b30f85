//! Seeds over threads, with an eye on those that hang.

use crate::seed::{Run, Wish, run};
use crate::tally::Tally;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A seed that takes so long hangs. The longest take a second.
const HANGS_AFTER: Duration = Duration::from_secs(120);

/// A seed that failed, and how.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    pub(crate) seed: u64,
    pub(crate) what: String,
    pub(crate) trace: String,
}

/// What a team is to do.
#[derive(Clone)]
pub(crate) struct Task {
    pub(crate) wish: Wish,
    /// Seeds from this one on.
    pub(crate) first: u64,
    /// So many of them ...
    pub(crate) seeds: u64,
    /// ... or more, until so many crash states were examined.
    pub(crate) states_min: u64,
    /// Whether the first failure ends it.
    pub(crate) until_failure: bool,
    /// What each thread does before it begins.
    pub(crate) prepare: Arc<dyn Fn() + Send + Sync>,
}

/// What a team did.
pub(crate) struct Done {
    pub(crate) tally: Tally,
    pub(crate) failed: Vec<Failed>,
    /// A seed that hangs: its thread is still at it.
    pub(crate) hangs: Option<u64>,
}

struct Shared {
    task: Task,
    next: AtomicU64,
    stop: AtomicBool,
    /// By thread: which seed since when.
    busy: Vec<Mutex<Option<(u64, Instant)>>>,
}

thread_local! {
    /// Where this thread panicked last.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps panics quiet and notes where they were; a panic of the engine is a failure of its seed, told as any other.
pub(crate) fn note_panics() {
    std::panic::set_hook(Box::new(|panic| {
        PLACE.with(|place| *place.borrow_mut() = panic.to_string().replace('\n', " "));
    }));
}

/// Runs the task on as many threads as there are processors. `tell` hears of each failure at once.
pub(crate) fn work(task: Task, tell: impl Fn(&Failed)) -> Done {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let shared = Arc::new(Shared {
        next: AtomicU64::new(task.first),
        task,
        stop: AtomicBool::new(false),
        busy: (0..threads).map(|_| Mutex::new(None)).collect(),
    });
    let (sender, results) = channel();
    for thread in 0..threads {
        let (shared, sender) = (shared.clone(), sender.clone());
        std::thread::spawn(move || member(&shared, thread, &sender));
    }
    drop(sender);
    let mut done = Done { tally: Tally::default(), failed: Vec::new(), hangs: None };
    loop {
        match results.recv_timeout(Duration::from_secs(1)) {
            Ok((seed, run)) => {
                done.tally.add(&run.tally);
                if let Err(what) = run.outcome {
                    let failed = Failed { seed, what, trace: run.trace };
                    tell(&failed);
                    done.failed.push(failed);
                    shared.stop.fetch_or(shared.task.until_failure, Ordering::SeqCst);
                }
                let task = &shared.task;
                let seeds_done = shared.next.load(Ordering::SeqCst) >= task.first + task.seeds;
                if seeds_done && done.tally.all_states() >= task.states_min {
                    shared.stop.store(true, Ordering::SeqCst);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return done,
        }
        done.hangs = shared.hanging();
        if done.hangs.is_some() {
            return done;
        }
    }
}

fn member(shared: &Shared, thread: usize, results: &Sender<(u64, Run)>) {
    (shared.task.prepare)();
    loop {
        let seed = shared.next.fetch_add(1, Ordering::SeqCst);
        let more = seed < shared.task.first + shared.task.seeds || shared.task.states_min > 0;
        if !more || shared.stop.load(Ordering::SeqCst) {
            return;
        }
        shared.begin(thread, Some((seed, Instant::now())));
        let run = guarded(seed, shared.task.wish);
        shared.begin(thread, None);
        if results.send((seed, run)).is_err() {
            return;
        }
    }
}

/// Runs a seed; a panic is a failure.
fn guarded(seed: u64, wish: Wish) -> Run {
    catch_unwind(AssertUnwindSafe(|| run(seed, wish))).unwrap_or_else(|_| {
        let place = PLACE.with(|place| place.borrow().clone());
        Run { tally: Tally { seeds: 1, ..Tally::default() }, outcome: Err(place), trace: String::new() }
    })
}

impl Shared {
    fn begin(&self, thread: usize, what: Option<(u64, Instant)>) {
        *self.busy[thread].lock().unwrap_or_else(PoisonError::into_inner) = what;
    }

    fn hanging(&self) -> Option<u64> {
        self.busy.iter().find_map(|busy| {
            let busy = *busy.lock().unwrap_or_else(PoisonError::into_inner);
            busy.filter(|(_, since)| since.elapsed() > HANGS_AFTER).map(|(seed, _)| seed)
        })
    }
}
