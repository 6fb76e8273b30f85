//! Columns, ratios and plots of the rows.
//!
//! A ratio is taken within a round and its median published: noise that lasts longer than a round hits both sides.

use super::row::{Round, Row};
use crate::report::{Bar, Column, Plot, Report};
use crate::statistics::{figure, median, percentiles_us, range};

/// The subjects that others are divided by: the fastest log, whatever its files are like, and SQLite.
const BARE_LOG: &str = "bare log";
const SQLITE: &str = "SQLite";

const COLUMNS: &[(&str, Option<&str>)] = &[
    ("case", Some("case")),
    ("subject", Some("subject")),
    ("durability", None),
    ("document_bytes", None),
    ("data_documents", Some("documents")),
    ("data_bytes", None),
    ("disk_bytes", None),
    ("rounds", None),
    ("measured_documents", None),
    ("documents_per_s", Some("per s")),
    ("documents_per_s_min", None),
    ("documents_per_s_max", None),
    ("rate_to_bare_log", Some("/ bare log")),
    ("cpu_us_per_document", Some("CPU us")),
    ("cpu_us_per_document_min", None),
    ("cpu_us_per_document_max", None),
    ("cpu_to_sqlite", Some("/ SQLite")),
    ("latency_of", None),
    ("p50_us", Some("p50 us")),
    ("p95_us", Some("p95 us")),
    ("p99_us", Some("p99 us")),
    ("read_calls_per_document", Some("reads")),
    ("read_bytes_per_document", None),
    ("peak_memory_bytes", None),
];

/// The report on all rows.
pub(super) fn report(setting: Vec<String>, rows: &[Row]) -> Report {
    let columns = COLUMNS.iter().map(|(name, short)| Column { name, short: *short }).collect();
    let cells = rows.iter().map(|row| cells(row, rows)).collect();
    Report { name: "oltp", setting, columns, rows: cells, plots: plots(rows) }
}

fn cells(row: &Row, rows: &[Row]) -> Vec<String> {
    let rates: Vec<f64> = row.rounds.iter().map(Round::rate).collect();
    let cpu: Vec<f64> = row.rounds.iter().filter(|_| row.counts_cpu).map(Round::cpu_us).collect();
    let percentiles = percentiles_us(&row.latencies_ns).map_or([None; 3], |values| values.map(Some));
    let reads = |of: fn(&Round) -> u64| {
        let per_document: Vec<f64> = row.rounds.iter().map(|r| of(r) as f64 / r.documents as f64).collect();
        if row.counts_reads { median(&per_document) } else { None }
    };
    let peaks: Vec<f64> = row.rounds.iter().filter_map(|r| Some(r.peak_memory_bytes? as f64)).collect();
    let whole = |value: u64| value.to_string();
    vec![
        row.case.clone(),
        row.subject.to_owned(),
        row.durability.to_owned(),
        whole(row.document_bytes),
        whole(row.data_documents),
        whole(row.data_documents * row.document_bytes),
        whole(row.disk_bytes),
        whole(row.rounds.len() as u64),
        whole(row.rounds.iter().map(|round| round.documents).sum()),
        figure(median(&rates)),
        figure(range(&rates).map(|(low, _)| low)),
        figure(range(&rates).map(|(_, high)| high)),
        figure(rate_to_bare_log(row, rows)),
        figure(median(&cpu)),
        figure(range(&cpu).map(|(low, _)| low)),
        figure(range(&cpu).map(|(_, high)| high)),
        figure(cpu_to_sqlite(row, rows)),
        row.latency_of.to_owned(),
        figure(percentiles[0]),
        figure(percentiles[1]),
        figure(percentiles[2]),
        figure(reads(|round| round.used.reads)),
        figure(reads(|round| round.used.read_bytes)),
        figure(median(&peaks)),
    ]
}

/// The rate divided by that of the fastest bare log in the same round.
fn rate_to_bare_log(row: &Row, rows: &[Row]) -> Option<f64> {
    let logs = || rows.iter().filter(|other| other.case == row.case && other.subject.starts_with(BARE_LOG));
    let ratio = |(at, round): (usize, &Round)| {
        let best = logs().filter_map(|log| Some(log.rounds.get(at)?.rate())).fold(0.0, f64::max);
        (best > 0.0).then(|| round.rate() / best)
    };
    median(&row.rounds.iter().enumerate().filter_map(ratio).collect::<Vec<_>>())
}

/// The CPU time divided by SQLite's in the same round.
fn cpu_to_sqlite(row: &Row, rows: &[Row]) -> Option<f64> {
    let same = |other: &&Row| other.case == row.case && other.subject == SQLITE && other.counts_cpu;
    let peer = rows.iter().find(same).filter(|_| row.counts_cpu)?;
    let pairs = row.rounds.iter().zip(&peer.rounds);
    median(&pairs.map(|(round, peer)| round.cpu_us() / peer.cpu_us()).collect::<Vec<_>>())
}

fn plots(rows: &[Row]) -> Vec<Plot> {
    let bars = |ratio: fn(&Row, &[Row]) -> Option<f64>| {
        let bar = |row: &Row| {
            let label = format!("{}: {}", row.case, row.subject);
            Some(Bar { label, value: ratio(row, rows)?, ours: row.subject == super::subject::OURS })
        };
        rows.iter().filter_map(bar).collect::<Vec<_>>()
    };
    let latencies = |row: &Row| {
        let [_, _, p99_us] = percentiles_us(&row.latencies_ns)?;
        let label = format!("{}: {}", row.case, row.subject);
        Some(Bar { label, value: p99_us, ours: row.subject == super::subject::OURS })
    };
    let inserts = rows.iter().filter(|row| row.latency_of == "an insert");
    let plots = [
        ("documents per second as a ratio to the fastest bare log (more is better)", bars(rate_to_bare_log)),
        ("CPU per document as a ratio to SQLite (less is better)", bars(cpu_to_sqlite)),
        ("p99 of a durable insert in microseconds (less is better)", inserts.filter_map(latencies).collect()),
    ];
    let plots = plots.into_iter().filter(|(_, bars)| !bars.is_empty());
    plots.map(|(title, bars)| Plot { title: title.to_owned(), bars }).collect()
}
