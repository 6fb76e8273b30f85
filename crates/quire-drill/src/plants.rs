//! The test of the test: bugs are planted in the engine one by one, and the drill has to find each.

use crate::args::Args;
use crate::command;
use crate::team::{Task, work};
use quire_engine::planted::{Bug, plant};
use std::sync::Arc;

/// The bug of this name.
pub(crate) fn named(name: &str) -> Result<Bug, String> {
    Bug::ALL.iter().copied().find(|bug| bug.name() == name).ok_or_else(|| {
        let names: Vec<_> = Bug::ALL.iter().map(|bug| bug.name()).collect();
        format!("{name} is no planted bug; there are: {}", names.join(", "))
    })
}

/// What each thread of a team does so that the bug is there.
pub(crate) fn planter(bug: Bug) -> Arc<dyn Fn() + Send + Sync> {
    Arc::new(move || plant(Some(bug)))
}

/// Tries every bug; whether all were found. `task` is the run without any.
pub(crate) fn find_all(task: &Task, args: &Args) -> bool {
    let mut all = true;
    for bug in Bug::ALL {
        let name = bug.name();
        match find(*bug, task) {
            Ok((seed, what)) => {
                let args = Args { plant: Some(name.to_owned()), ..args.clone() };
                println!(
                    "planted {name}: found by seed {seed}: {what}; see it with: {}",
                    command(seed, &args)
                );
            }
            Err(seeds) => {
                println!("FAILED: the planted bug {name} was not found by {seeds} seeds");
                all = false;
            }
        }
    }
    all
}

/// The first seed that fails with the bug and not without it, and how it fails; or how many were tried.
fn find(bug: Bug, task: &Task) -> Result<(u64, String), u64> {
    let end = task.first + task.seeds;
    let mut first = task.first;
    while first < end {
        let planted = Task {
            first,
            seeds: end - first,
            states_min: 0,
            until_failure: true,
            prepare: planter(bug),
            ..task.clone()
        };
        let done = work(planted, |_| {});
        if let Some(seed) = done.hangs {
            return Ok((seed, "it hangs".to_owned()));
        }
        let failed = done.failed.into_iter().min_by_key(|failed| failed.seed).ok_or(task.seeds)?;
        let bare =
            Task { first: failed.seed, seeds: 1, states_min: 0, prepare: Arc::new(|| {}), ..task.clone() };
        if work(bare, |_| {}).failed.is_empty() {
            return Ok((failed.seed, failed.what));
        }
        first = failed.seed + 1;
    }
    Err(task.seeds)
}
