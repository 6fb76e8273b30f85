//! `check`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use quire_engine::{CheckProgress, Finding, Report, Totals};
use quire_model::Code;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::Desk;
use crate::args::Format;
use crate::door::{LOCKED_PATIENCE, LOCKED_PAUSE, is_locked};
use crate::failure::Failure;

/// How often the progress is shown anew.
const LOOK: Duration = Duration::from_millis(200);

/// One finding as it is printed.
#[derive(Serialize)]
struct FindingRow<'a> {
    severity: &'static str,
    database: Option<&'a str>,
    file: &'a str,
    offset: Option<u64>,
    what: &'a str,
    repairable_by: Option<&'static str>,
}

/// The sum of a check.
#[derive(Serialize)]
struct TotalsRow {
    healthy: bool,
    damages: u64,
    notes: u64,
    findings_left_out: u64,
    databases: u64,
    files: u64,
    bytes: u64,
    segments: u64,
    blocks: u64,
    rows: u64,
    documents: u64,
    commits: u64,
}

/// All of it as one value.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    totals: TotalsRow,
    findings: Vec<FindingRow<'a>>,
}

pub(super) async fn run(desk: &Desk) -> Result<(), Failure> {
    if desk.url.is_some() {
        let why = "check reads the files of a data folder: it takes --data, and no --url or QUIRE_URL";
        return Err(Failure::usage(why));
    }
    let begun = Instant::now();
    let report = loop {
        match prove(desk).await {
            // Another command may be about to end.
            Err(failure) if is_locked(&failure) && begun.elapsed() < LOCKED_PATIENCE => {
                sleep(LOCKED_PAUSE).await;
            }
            Err(failure) if is_locked(&failure) => {
                return Err(failure.advise("check reads the files themselves: stop the server first"));
            }
            Err(failure) if failure.code() == Some(Code::Unavailable.as_str()) => {
                return Err(failure.advise("--data names the data folder"));
            }
            report => break report?,
        }
    };
    print(desk, &report)?;
    match report.damages {
        0 => Ok(()),
        damages => {
            let places = if damages == 1 { "1 place is" } else { &format!("{damages} places are") };
            let detail = format!("{places} damaged in {}", desk.settings.data.display());
            Err(Failure::problem(Code::Corrupt, detail))
        }
    }
}

/// Checks the folder on a thread that may block, and shows how far it is.
async fn prove(desk: &Desk) -> Result<Report, Failure> {
    let progress = CheckProgress::default();
    let shown = desk.notes.progress(None, progress.bytes.clone());
    let (folder, rows) = (desk.settings.data.clone(), progress.rows.clone());
    let mut work = tokio::task::spawn_blocking(move || quire_engine::check(&folder, &progress));
    loop {
        tokio::select! {
            done = &mut work => {
                let lost = |error| Failure::internal(format!("the check met a defect: {error}"));
                return Ok(done.map_err(lost)??);
            }
            () = sleep(LOOK) => shown.update(rows.load(Ordering::Relaxed)),
        }
    }
}

fn print(desk: &Desk, report: &Report) -> Result<(), Failure> {
    let findings = report.findings.iter().map(row);
    let totals = totals(report);
    match desk.output.format() {
        Format::Json => desk.output.one(&json(&Whole { totals, findings: findings.collect() })?),
        Format::Ndjson => {
            let mut lines = findings.map(|row| json(&row)).collect::<Result<Vec<String>, Failure>>()?;
            lines.push(json(&totals)?);
            desk.output.rows(lines.iter().map(String::as_str))
        }
        Format::Table | Format::Csv => {
            let lines = findings.map(|row| json(&row)).collect::<Result<Vec<String>, Failure>>()?;
            if !lines.is_empty() {
                desk.output.rows(lines.iter().map(String::as_str))?;
            }
            if desk.output.format() == Format::Table {
                desk.output.row(&json(&totals)?)?;
            }
            Ok(())
        }
    }
}

fn row(finding: &Finding) -> FindingRow<'_> {
    FindingRow {
        severity: finding.severity.as_str(),
        database: finding.database.as_deref(),
        file: &finding.file,
        offset: finding.offset,
        what: &finding.what,
        repairable_by: finding.repairable_by.map(|repair| repair.as_str()),
    }
}

fn totals(report: &Report) -> TotalsRow {
    let Totals { databases, files, bytes, segments, blocks, rows, documents, commits } = report.totals;
    TotalsRow {
        healthy: report.is_healthy(),
        damages: report.damages,
        notes: report.notes,
        findings_left_out: report.left_out(),
        databases,
        files,
        bytes,
        segments,
        blocks,
        rows,
        documents,
        commits,
    }
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::internal(error.to_string()))
}
