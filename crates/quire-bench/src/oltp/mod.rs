//! Reads and writes of single documents and of many, beside a bare log and other embedded databases.
//!
//! 1. `options.rs` reads the flags: which cases, how many documents, how many rounds.
//! 2. A case in `case/` opens its subjects (`subject/`) on the same disk and lets them take turns in rounds, on the
//!    documents of `content.rs`. A round is measured by `crate::meter`: wall time, CPU time of the whole process.
//! 3. Each subject of a case becomes a [`row::Row`]: its rounds and the latencies of its operations.
//! 4. `table.rs` makes columns of the rows, with ratios taken within each round, and the plots.

mod case;
mod content;
mod folder;
mod options;
mod row;
mod subject;
mod table;

pub(crate) use case::import_part;

use options::Options;

/// The name by which the benchmark starts itself for one import, so that the peak of its memory is that import's.
pub(crate) const IMPORT_PART: &str = "import-part";

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    let mut rows = Vec::new();
    for (name, run) in case::CASES.iter().filter(|(name, _)| options.wants(name)) {
        eprintln!("{name} …");
        rows.extend(run(&options).map_err(|e| format!("{name}: {e}"))?);
    }
    let setting = vec![
        "durability: as in the column durability; a write is answered when it will survive a power cut".to_owned(),
        format!(
            "documents of {} bytes, but for the import; {} rounds, in which the subjects take turns",
            content::DOCUMENT_BYTES,
            options.rounds
        ),
        "rates and CPU are medians of the rounds and ratios medians of the ratios within a round; percentiles are \
         over all operations of all rounds; CPU is user and system time of the whole process, background work \
         included; data_bytes is the documents' text at the end of a round"
            .to_owned(),
    ];
    table::report(setting, &rows).publish(&options.output)
}
