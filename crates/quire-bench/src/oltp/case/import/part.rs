//! One import, in a process that does nothing else and prints what it used.

use crate::meter::{Meter, Used, peak_memory_bytes};
#[cfg(feature = "peers")]
use crate::oltp::subject::sqlite;
use crate::oltp::subject::{Setup, quire};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

/// Lines in a group, each of which is timed.
const GROUP: usize = 1000;

/// Who imports.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) durability: &'static str,
    import: fn(&Path, &mut Groups) -> Result<Vec<u64>, String>,
}

/// Groups of lines, as they are read.
type Groups<'a> = dyn Iterator<Item = Result<Vec<String>, String>> + 'a;

pub(super) const SUBJECTS: &[Subject] = &[
    Subject {
        name: "QuireDB",
        durability: "a durable commit for each 1000 lines and a checkpoint in the end",
        import: into_quire,
    },
    #[cfg(feature = "peers")]
    Subject {
        name: "SQLite",
        durability: "rollback journal; synchronous=FULL; all lines in one transaction",
        import: into_sqlite,
    },
];

/// What one import used.
pub(super) struct Answer {
    pub(super) used: Used,
    pub(super) peak_memory_bytes: u64,
    pub(super) latencies_ns: Vec<u64>,
}

impl Answer {
    /// Reads what [`import_part`] printed.
    pub(super) fn parse(text: &str) -> Result<Answer, String> {
        let numbers = text.split_whitespace().map(str::parse).collect::<Result<Vec<u64>, _>>();
        let numbers = numbers.map_err(|e| format!("an import answered {text:?}: {e}"))?;
        let [wall_ns, cpu_ns, reads, read_bytes, peak_memory_bytes, latencies_ns @ ..] = numbers.as_slice()
        else {
            return Err(format!("an import answered {text:?}"));
        };
        let (wall, cpu) = (Duration::from_nanos(*wall_ns), Duration::from_nanos(*cpu_ns));
        Ok(Answer {
            used: Used { wall, cpu, reads: *reads, read_bytes: *read_bytes },
            peak_memory_bytes: *peak_memory_bytes,
            latencies_ns: latencies_ns.to_vec(),
        })
    }
}

/// `import-part SUBJECT LINES FOLDER`: imports and prints what that used, all in one line of numbers.
pub(crate) fn import_part(arguments: &[String]) -> Result<(), String> {
    let [name, lines, folder] = arguments else {
        return Err(format!("{} needs a subject, a file and a folder", crate::oltp::IMPORT_PART));
    };
    let subject = SUBJECTS.iter().find(|subject| subject.name == name);
    let subject = subject.ok_or_else(|| format!("nobody is called {name}"))?;
    let lines = BufReader::new(File::open(lines).map_err(|e| format!("cannot open {lines}: {e}"))?).lines();
    let meter = Meter::start();
    let latencies_ns = (subject.import)(Path::new(folder), &mut groups(lines))?;
    let (used, peak) = (meter.stop(), peak_memory_bytes());
    let figures = [used.wall.as_nanos(), used.cpu.as_nanos(), used.reads.into(), used.read_bytes.into()];
    let figures = figures.into_iter().chain([peak.into()]).chain(latencies_ns.into_iter().map(u128::from));
    println!("{}", figures.map(|figure| figure.to_string()).collect::<Vec<_>>().join(" "));
    Ok(())
}

/// The lines in groups; never more than one group in memory.
fn groups(
    mut lines: impl Iterator<Item = std::io::Result<String>>,
) -> impl Iterator<Item = Result<Vec<String>, String>> {
    std::iter::from_fn(move || {
        let group: Result<Vec<String>, _> = lines.by_ref().take(GROUP).collect();
        match group {
            Ok(group) if group.is_empty() => None,
            group => Some(group.map_err(|e| format!("cannot read the lines: {e}"))),
        }
    })
}

fn into_quire(folder: &Path, groups: &mut Groups) -> Result<Vec<u64>, String> {
    let session = quire::session(folder, Setup::new().memory_bytes)?;
    let latencies_ns = each(groups, |lines| {
        quire::insert_lines(&session, lines.into_iter().map(String::into_bytes).collect())
    })?;
    session.checkpoint().map_err(|e| e.to_string())?;
    Ok(latencies_ns)
}

#[cfg(feature = "peers")]
fn into_sqlite(folder: &Path, groups: &mut Groups) -> Result<Vec<u64>, String> {
    let import = sqlite::Import::begin(folder)?;
    let latencies_ns = each(groups, |lines| import.insert(&lines))?;
    import.commit()?;
    Ok(latencies_ns)
}

/// How long each group took, without the time to read its lines.
fn each(
    groups: &mut Groups,
    mut insert: impl FnMut(Vec<String>) -> Result<(), String>,
) -> Result<Vec<u64>, String> {
    let mut latencies_ns = Vec::new();
    for group in groups {
        let group = group?;
        let start = Instant::now();
        insert(group)?;
        latencies_ns.push(start.elapsed().as_nanos() as u64);
    }
    Ok(latencies_ns)
}
