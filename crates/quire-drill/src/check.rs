//! Comparing a store with what should be there: scans, point reads, counts and figures must tell the same.

use crate::book::{Book, Shown, scan};
use quire_model::{Code, DocId, Error, Filter, Name, Row, Scan, Snapshot, Store};
use quire_testkit::Random;

/// Why a comparison did not end well.
pub(crate) enum Trouble {
    /// The store answered something else than it should.
    Wrong(String),
    /// The store answered an error.
    Failed(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Failed(error)
    }
}

impl Trouble {
    /// For people, where an error is as bad as a wrong answer.
    pub(crate) fn text(self) -> String {
        match self {
            Trouble::Wrong(what) => what,
            Trouble::Failed(error) => format!("reading failed with {}: {error}", error.code()),
        }
    }
}

type Checked = Result<(), Trouble>;

fn wrong<T>(what: String) -> Result<T, Trouble> {
    Err(Trouble::Wrong(what))
}

/// Compares a database with what it should show.
pub(crate) fn database(store: &dyn Store, name: &Name, expected: &Shown, random: &mut Random) -> Checked {
    let view = store.snapshot(name)?;
    snapshot(&*view, expected, random)?;
    let figures = store.statistics(name)?;
    if figures.seq != expected.seq {
        return wrong(format!("statistics say commit {} and not {}", figures.seq, expected.seq));
    }
    let counted: Vec<_> = figures.collections.iter().map(|c| (&c.name, c.documents)).collect();
    let right: Vec<_> = expected.collections.iter().map(|(name, rows)| (name, rows.len() as u64)).collect();
    if counted != right {
        return wrong(format!("statistics count {counted:?} and not {right:?}"));
    }
    Ok(())
}

/// Compares a snapshot with what it should show.
pub(crate) fn snapshot(view: &dyn Snapshot, expected: &Shown, random: &mut Random) -> Checked {
    if let Some(difference) = Shown::of(view)?.difference(expected) {
        return wrong(difference);
    }
    for (name, rows) in &expected.collections {
        let ids: Vec<DocId> = rows.iter().map(|row| row.document.id().clone()).collect();
        let got = view.get(name, &ids)?;
        if let Some(n) = (0..rows.len()).find(|n| got[*n].as_ref() != Some(&rows[*n])) {
            return wrong(format!("a point read of {name} {:?} differs from the scan", ids[n]));
        }
        let absent = DocId::new(format!("absent-{}", random.below(1000)))?;
        if view.get(name, &[absent])? != [None] {
            return wrong(format!("{name} has a document that nobody wrote"));
        }
        parts(view, name, expected, random)?;
    }
    let nowhere = Name::new("nowhere")?;
    match view.get(&nowhere, &[]).map_err(|e| e.code()) {
        Err(Code::CollectionNotFound) => Ok(()),
        other => wrong(format!("an absent collection answers {other:?}")),
    }
}

/// A scan of a part: after an id, with a limit, through a filter.
fn parts(view: &dyn Snapshot, name: &Name, expected: &Shown, random: &mut Random) -> Checked {
    let Some(rows) = expected.collections.get(name).filter(|rows| !rows.is_empty()) else { return Ok(()) };
    let at = random.below(rows.len());
    let after = rows[at].document.id().clone();
    let limit = random.below(5) + 1;
    let part = Scan { after: Some(after), limit: Some(limit), ..Scan::all(name.clone()) };
    let found = scan(view, part)?;
    if found != rows[at + 1..].iter().take(limit).cloned().collect::<Vec<_>>() {
        return wrong(format!("a scan of {name} from the middle differs"));
    }
    let filter = Filter::parse(&format!("{{\"group\":{}}}", random.below(4)))?;
    let found = scan(view, Scan { filter: filter.clone(), ..Scan::all(name.clone()) })?;
    let right: Vec<_> = rows.iter().filter(|row| filter.matches(Row::from(*row))).cloned().collect();
    if found == right { Ok(()) } else { wrong(format!("a filtered scan of {name} differs")) }
}

/// Finds out which of its possible futures a book has met, and takes it for the truth.
pub(crate) fn settle(
    store: &dyn Store,
    name: &Name,
    book: &mut Book,
    futures: &[Shown],
    random: &mut Random,
) -> Checked {
    let seen = Shown::of(&*store.snapshot(name)?)?;
    let Some(met) = futures.iter().position(|future| seen == *future) else {
        let acknowledged = futures.first().map_or(0, |future| future.seq);
        let what = futures.iter().map(|future| seen.difference(future).unwrap_or_default());
        let what: Vec<String> = what.collect();
        return wrong(format!(
            "{name}, acknowledged up to commit {acknowledged}, shows commit {}: {}",
            seen.seq,
            what.join("; and with the commit in doubt: ")
        ));
    };
    book.settle(met).map_err(Trouble::Wrong)?;
    database(store, name, &futures[met], random)
}
