//! The cases, each a question that has a figure for an answer.

mod batches;
mod flush;
mod growth;
mod import;
mod inserts;
mod reads;

pub(crate) use import::import_part;

use super::content::{Content, Item};
use super::options::Options;
use super::row::Row;
use super::subject::Database;

/// Runs a case and says what came out.
pub(super) type Run = fn(&Options) -> Result<Vec<Row>, String>;

/// All cases by name, in the order in which they run.
pub(super) const CASES: &[(&str, Run)] = &[
    ("inserts", inserts::run),
    ("batches", batches::run),
    ("reads", reads::warm),
    ("cold", reads::cold),
    ("growth", growth::run),
    ("flush", flush::run),
    ("import", import::run),
];

/// Documents in one transaction where there are many.
const BATCH: u64 = 1000;

/// Brings the scattered documents with numbers below `documents` in, and to their final place.
fn fill(database: &dyn Database, content: &Content, documents: u64) -> Result<(), String> {
    for items in batches(content, 0, documents) {
        database.insert_batch(&items)?;
    }
    database.flush()?;
    database.settle()
}

/// The scattered documents with numbers from `first` on, in batches.
fn batches(content: &Content, first: u64, documents: u64) -> impl Iterator<Item = Vec<Item>> {
    let end = first + documents;
    (first..end)
        .step_by(BATCH as usize)
        .map(move |from| (from..end.min(from + BATCH)).map(|number| content.scattered(number)).collect())
}
