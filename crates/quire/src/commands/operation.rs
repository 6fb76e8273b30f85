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

/// Figures of the server's memory as a row.
#[derive(Serialize)]
struct MemoryRow {
    memory_bytes_max: u64,
    fresh_bytes: u64,
    query_bytes: u64,
    cache_bytes: Option<u64>,
    cache_bytes_max: Option<u64>,
    cache_hits: Option<u64>,
    cache_misses: Option<u64>,
}

impl MemoryRow {
    /// The row, where the server has a memory budget.
    fn new(stats: &StatsAnswer) -> Option<MemoryRow> {
        let memory = stats.memory.as_ref()?;
        let cache = stats.cache.as_ref();
        Some(MemoryRow {
            memory_bytes_max: memory.bytes_max,
            fresh_bytes: memory.fresh_bytes,
            query_bytes: memory.query_bytes,
            cache_bytes: cache.map(|cache| cache.bytes),
            cache_bytes_max: cache.map(|cache| cache.bytes_max),
            cache_hits: cache.map(|cache| cache.hits),
            cache_misses: cache.map(|cache| cache.misses),
        })
    }
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
            // A table of the server, then one of its databases. The rows of a CSV have one shape.
            if desk.output.format() == Format::Table
                && let Some(row) = MemoryRow::new(&stats)
            {
                desk.output.row(&json(&row)?)?;
            }
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
