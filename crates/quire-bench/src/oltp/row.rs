//! What was measured of one subject in one case.

use crate::meter::Used;

/// One turn of a subject.
pub(super) struct Round {
    /// Documents written or read in it.
    pub(super) documents: u64,
    pub(super) used: Used,
    /// The most memory in use; only where the round had a process of its own.
    pub(super) peak_memory_bytes: Option<u64>,
}

impl Round {
    pub(super) fn new(documents: u64, used: Used) -> Round {
        Round { documents, used, peak_memory_bytes: None }
    }

    pub(super) fn rate(&self) -> f64 {
        self.documents as f64 / self.used.wall.as_secs_f64()
    }

    pub(super) fn cpu_us(&self) -> f64 {
        self.used.cpu.as_secs_f64() * 1e6 / self.documents as f64
    }
}

/// One subject in one case.
pub(super) struct Row {
    /// What was measured, such as `insert by 16 threads`.
    pub(super) case: String,
    /// Who, such as `QuireDB`.
    pub(super) subject: &'static str,
    /// What an answered write means.
    pub(super) durability: &'static str,
    /// What the percentiles are of, such as `a batch of 1000`.
    pub(super) latency_of: &'static str,
    pub(super) document_bytes: u64,
    /// Documents in the database at the end of a round.
    pub(super) data_documents: u64,
    /// What the database takes on the disk then.
    pub(super) disk_bytes: u64,
    /// Whether calls that read files say anything: of a memory map they do not.
    pub(super) counts_reads: bool,
    /// Whether CPU time is that of the documents alone.
    pub(super) counts_cpu: bool,
    pub(super) rounds: Vec<Round>,
    /// How long single operations took, over all rounds.
    pub(super) latencies_ns: Vec<u64>,
}

impl Row {
    pub(super) fn new(case: &str, subject: &'static str, durability: &'static str) -> Row {
        Row {
            case: case.to_owned(),
            subject,
            durability,
            latency_of: "an insert",
            document_bytes: super::content::DOCUMENT_BYTES as u64,
            data_documents: 0,
            disk_bytes: 0,
            counts_reads: false,
            counts_cpu: true,
            rounds: Vec::new(),
            latencies_ns: Vec::new(),
        }
    }
}
