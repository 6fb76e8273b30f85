//! Lines of JSON of about 480 bytes into an empty database, and what memory that takes.
//!
//! 1. `events.rs` writes the lines to a file, once.
//! 2. Each turn is a process of its own (`part.rs`), so that the peak of its memory is that of the import.
//! 3. The part says what it used, this file reads it.

mod events;
mod part;

pub(crate) use part::import_part;

use crate::meter::folder_bytes;
use crate::oltp::folder::Folder;
use crate::oltp::options::Options;
use crate::oltp::row::{Round, Row};
use part::{Answer, SUBJECTS};
use std::path::Path;
use std::process::Command;

pub(super) fn run(options: &Options) -> Result<Vec<Row>, String> {
    let documents = options.documents(1_000_000);
    let lines = Folder::new(&options.folder, "import-lines")?;
    let file = lines.path().join("events.ndjson");
    let bytes =
        events::write(&file, documents).map_err(|e| format!("cannot write {}: {e}", file.display()))?;
    let mut rows: Vec<Row> = SUBJECTS
        .iter()
        .map(|subject| Row::new("import of lines", subject.name, subject.durability))
        .map(|row| Row {
            latency_of: "1000 lines",
            document_bytes: bytes / documents,
            data_documents: documents,
            ..row
        })
        .collect();
    for round in 0..options.rounds {
        for row in &mut rows {
            let folder = Folder::new(&options.folder, &format!("import-{round}-{}", row.subject))?;
            let answer = import(row.subject, &file, folder.path())?;
            row.latencies_ns.extend(answer.latencies_ns);
            let round = Round::new(documents, answer.used);
            row.rounds.push(Round { peak_memory_bytes: Some(answer.peak_memory_bytes), ..round });
            row.disk_bytes = folder_bytes(folder.path());
        }
    }
    Ok(rows)
}

/// One import in a process of its own.
fn import(subject: &str, lines: &Path, folder: &Path) -> Result<Answer, String> {
    let program = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    let output =
        Command::new(program).arg(crate::oltp::IMPORT_PART).arg(subject).arg(lines).arg(folder).output();
    let output = output.map_err(|e| format!("cannot start an import: {e}"))?;
    if !output.status.success() {
        return Err(format!("{subject}: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Answer::parse(&String::from_utf8_lossy(&output.stdout))
}
