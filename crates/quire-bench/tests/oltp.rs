//! A figure says nothing without what it was measured on: a tiny run of the benchmark, read as anybody would read it.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of this test, gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("quire-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn bench(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quire-bench"));
    command.args(["oltp", "--quick", "--rounds", "2", "--seconds", "0.02", "--documents", "120"]);
    command.arg("--folder").arg(folder.join("data")).arg("--output").arg(folder.join("results"));
    command.args(arguments).output().unwrap()
}

/// The lines about the run, and each row by the names of its columns.
fn results(folder: &Path) -> (Vec<String>, Vec<BTreeMap<String, String>>) {
    let text = std::fs::read_to_string(folder.join("results/oltp.csv")).unwrap();
    let (setting, table): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
    let names: Vec<&str> = table[0].split(',').collect();
    let rows = table[1..].iter().map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), names.len(), "{line}");
        names.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.to_owned())).collect()
    });
    (setting.into_iter().map(str::to_owned).collect(), rows.collect())
}

#[test]
fn every_figure_says_what_it_was_measured_on() {
    let folder = Folder::new("all");
    let output = bench(&folder.0, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (setting, rows) = results(&folder.0);

    let machine = setting.iter().find(|line| line.starts_with("# commit ")).unwrap();
    let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output().unwrap();
    if commit.status.success() {
        let commit = String::from_utf8(commit.stdout).unwrap();
        assert!(machine.contains(commit.trim()), "{machine} does not name {commit}");
    }
    let cores = std::thread::available_parallelism().unwrap().to_string();
    assert!(machine.contains(&format!("; {cores} cores of ")), "{machine}");
    assert!(machine.contains("Linux ") && machine.contains("GiB of memory"), "{machine}");

    for row in &rows {
        let number = |name: &str| row[name].parse::<f64>().unwrap_or_else(|_| panic!("no {name} in {row:?}"));
        assert!(!row["durability"].is_empty(), "{row:?}");
        assert!(row["durability"].contains("sync") || row["durability"].contains("commit"), "{row:?}");
        let (documents, bytes) = (number("data_documents"), number("document_bytes"));
        assert!(documents >= 1.0 && bytes >= 400.0, "{row:?}");
        assert_eq!(number("data_bytes"), documents * bytes, "{row:?}");
        assert!(number("disk_bytes") > 0.0 && number("documents_per_s") > 0.0, "{row:?}");
        assert_eq!(row["rounds"], "2");
        assert!(!row["latency_of"].is_empty(), "{row:?}");
        let (p50, p95, p99) = (number("p50_us"), number("p95_us"), number("p99_us"));
        assert!(0.0 < p50 && p50 <= p95 && p95 <= p99, "{row:?}");
    }
    for row in rows.iter().filter(|row| !row["case"].contains("during a flush")) {
        assert!(row["cpu_us_per_document"].parse::<f64>().unwrap() > 0.0, "{row:?}");
    }
}

#[test]
fn every_case_is_measured_and_the_bare_log_is_the_measure_of_inserts() {
    let folder = Folder::new("cases");
    let output = bench(&folder.0, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (_, rows) = results(&folder.0);

    let ours: BTreeSet<&str> =
        rows.iter().filter(|row| row["subject"] == "QuireDB").map(|row| row["case"].as_str()).collect();
    let expected = [
        "insert by 1 thread",
        "insert by 16 threads",
        "batches and flush",
        "read in cache",
        "read of data ten times the cache",
        "insert at 10 documents",
        "insert at 120 documents",
        "insert without a flush",
        "insert during a flush",
        "import of lines",
    ];
    assert_eq!(ours, BTreeSet::from(expected));

    for row in rows.iter().filter(|row| row["case"].starts_with("insert by ")) {
        let ratio: f64 = row["rate_to_bare_log"].parse().unwrap();
        let bare = row["subject"].starts_with("bare log");
        assert!(if bare { ratio <= 1.0 } else { ratio > 0.0 }, "{row:?}");
    }
    let bare: BTreeSet<&str> =
        rows.iter().map(|row| row["subject"].as_str()).filter(|name| name.starts_with("bare log")).collect();
    assert_eq!(bare.len(), 3, "{bare:?}");
    let import = rows.iter().find(|row| row["case"] == "import of lines").unwrap();
    assert!(import["peak_memory_bytes"].parse::<f64>().unwrap() > 1e6, "{import:?}");

    let plot = std::fs::read_to_string(folder.0.join("results/oltp.svg")).unwrap();
    assert!(plot.contains("insert by 16 threads: QuireDB") && plot.ends_with("</svg>\n"));
    let left: Vec<_> = std::fs::read_dir(folder.0.join("data")).unwrap().collect();
    assert!(left.is_empty(), "databases were left behind: {left:?}");
}

#[test]
fn a_case_can_be_chosen_and_a_wrong_one_is_refused() {
    let folder = Folder::new("one");
    let output = bench(&folder.0, &["--case", "reads"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (_, rows) = results(&folder.0);
    assert!(!rows.is_empty() && rows.iter().all(|row| row["case"] == "read in cache"), "{rows:?}");
    assert!(rows.iter().all(|row| row["data_documents"] == "120"), "{rows:?}");

    for (arguments, complaint) in [
        (["--case", "writes"], "there is no case writes"),
        (["--round", "3"], "--round is not an option"),
        (["--rounds", "many"], "many is not a value for --rounds"),
    ] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_quire-bench")).arg("oltp").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(complaint), "{error}");
    }
}
