//! `stats` and `checkpoint`.

use quire_client::wire::{DatabaseStats, StatsAnswer};
use quire_client::{Client, Database};
use serde::Serialize;

use super::Desk;
use crate::args::Format;
use crate::failure::Failure;

/// Figures of one database as a row: lists become their sums.
#[derive(Serialize)]
struct Row<'a> {
    database: &'a str,
    seq: u64,
    collections: usize,
    documents: u64,
    data_bytes: u64,
    data_files: u64,
    log_bytes: u64,
    memory_bytes: u64,
    checkpoint_seq: u64,
    commits: u64,
    log_syncs: u64,
    recovered_transactions: u64,
    read_only: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(stats: &'a DatabaseStats) -> Row<'a> {
        Row {
            database: &stats.name,
            seq: stats.seq,
            collections: stats.collections.len(),
            documents: stats.collections.iter().map(|collection| collection.documents).sum(),
            data_bytes: stats.data_bytes,
            data_files: stats.data_files,
            log_bytes: stats.log_bytes,
            memory_bytes: stats.memory_bytes,
            checkpoint_seq: stats.checkpoint_seq,
            commits: stats.commits,
            log_syncs: stats.log_syncs,
            recovered_transactions: stats.recovered_transactions,
            read_only: stats.read_only.as_deref(),
        }
    }
}

pub(super) async fn stats(desk: &Desk, client: &Client) -> Result<(), Failure> {
    let stats: StatsAnswer = client.stats().await?;
    match desk.output.format() {
        Format::Json => desk.output.one(&json(&stats)?),
        Format::Ndjson => {
            let lines: Result<Vec<String>, Failure> = stats.databases.iter().map(json).collect();
            desk.output.rows(lines?.iter().map(String::as_str))
        }
        Format::Table | Format::Csv => {
            let rows: Result<Vec<String>, Failure> =
                stats.databases.iter().map(|database| json(&Row::new(database))).collect();
            desk.output.rows(rows?.iter().map(String::as_str))
        }
    }
}

pub(super) async fn checkpoint(desk: &Desk, database: &Database) -> Result<(), Failure> {
    let named = desk.names_db.then(|| database.name());
    let made = database.client().checkpoint(named).await?;
    let rows: Result<Vec<String>, Failure> = made.iter().map(json).collect();
    desk.output.rows(rows?.iter().map(String::as_str))
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::internal(error.to_string()))
}
