//! Formats, errors and pipes.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::run::{Folder, quire};

fn two() -> Folder {
    let folder = Folder::new();
    folder
        .command(&["insert", "c"])
        .input("{\"_id\":\"a\",\"n\":1.0}\n{\"_id\":\"b\",\"s\":\"x, y\"}\n")
        .answer()
        .ok();
    folder
}

#[test]
fn lists_come_in_every_format() {
    let folder = two();
    let run = |format: &str| folder.quire(&["find", "c", "--output", format]).ok();
    let lines = "{\"_id\":\"a\",\"n\":1.0,\"_rev\":1}\n{\"_id\":\"b\",\"s\":\"x, y\",\"_rev\":1}\n";
    assert_eq!(run("ndjson"), lines);
    assert_eq!(run("json"), format!("[\n{}\n]\n", lines.trim().replace("}\n{", "},\n{")));
    assert_eq!(run("csv"), "_id,n,s,_rev\na,1.0,,1\nb,,\"x, y\",1\n");
    assert!(run("table").contains("x, y"));
    let csv = folder.quire(&["find", "c", "--fields", "s,n", "--output", "csv"]).ok();
    assert_eq!(csv, "_id,s,n,_rev\na,,1.0,1\nb,\"x, y\",,1\n");
}

#[test]
fn one_result_comes_in_every_format() {
    let folder = two();
    let run = |format: &str| folder.quire(&["get", "c", "a", "--output", format]).ok();
    assert_eq!(run("ndjson"), "{\"_id\":\"a\",\"n\":1.0,\"_rev\":1}\n");
    assert_eq!(run("json"), "{\n  \"_id\": \"a\",\n  \"n\": 1.0,\n  \"_rev\": 1\n}\n");
    assert_eq!(run("table"), run("json"));
    assert_eq!(run("csv"), "_id,n,_rev\na,1.0,1\n");
    let table = folder.quire(&["insert", "c", r#"{"_id":"z"}"#, "--output", "table"]).ok();
    assert!(table.contains("│ z   ┆ 2    │"), "{table}");
}

#[test]
fn an_error_is_json_where_results_are() {
    let folder = two();
    let answer = folder.quire(&["get", "c", "nope", "--output", "json"]).exits(1);
    let problem: serde_json::Value = serde_json::from_str(&answer.err()).unwrap();
    assert_eq!((&problem["code"], &problem["status"]), (&"document_not_found".into(), &404.into()));
    assert_eq!(problem["retryable"], false);
    let answer = folder.quire(&["get", "c", "nope"]).exits(1);
    assert!(answer.err().starts_with("error: ") && answer.err().contains("[document_not_found]"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    let text = "x".repeat(1_000);
    let lines: String = (0..5_000).map(|n| format!("{{\"_id\":\"{n}\",\"text\":\"{text}\"}}\n")).collect();
    folder.file("big.ndjson", lines);
    folder.quire(&["import", "big", "big.ndjson"]).ok();
    for words in [&["find", "big"][..], &["export", "big"], &["sql", "SELECT * FROM big"]] {
        let mut command = quire();
        command.env("QUIRE_DATA", folder.data()).args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        drop(out);
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{words:?}: {said}");
        assert_eq!(said, "", "{words:?}");
    }
}

#[test]
fn version_has_a_name_and_a_number() {
    let folder = Folder::new();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(folder.quire(&["version"]).ok(), format!("quire {version}\n"));
    let json = folder.quire(&["version", "--output", "json"]).json();
    assert_eq!((json["name"].as_str(), json["version"].as_str()), (Some("quire"), Some(version)));
    assert_eq!(folder.quire(&["--version"]).ok(), format!("quire {version}\n"));
    assert!(!folder.data().exists());
}

#[test]
fn figures_have_rows_and_json() {
    let folder = two();
    let row = folder.quire(&["stats", "--output", "csv"]).ok();
    let mut lines = row.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let values: Vec<&str> = lines.next().unwrap().split(',').collect();
    let value = |name: &str| values[names.iter().position(|known| *known == name).unwrap()];
    assert_eq!((value("database"), value("seq"), value("documents")), ("main", "1", "2"));
    assert!(folder.quire(&["stats", "--output", "table"]).ok().contains("log_bytes"));
    assert_eq!(folder.quire(&["stats"]).json()["name"], "main");
}
