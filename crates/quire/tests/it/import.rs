//! `import`: formats, errors with their lines, what is imported when something is refused.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::run::Folder;

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn ids(folder: &Folder, collection: &str) -> Vec<String> {
    let out = folder.quire(&["export", collection, "-q"]).ok();
    let id = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["_id"].as_str().unwrap().to_owned()
    };
    out.lines().map(id).collect()
}

#[test]
fn lines_arrays_and_packed_files_are_told_apart() {
    let folder = Folder::new();
    let lines = "{\"_id\":\"a\",\"n\":1.0}\n\n{\"_id\":\"b\",\"_rev\":7}\n";
    let array = "[\n {\"_id\": \"a\", \"n\": 1.0},\n {\"_id\":\n\"b\", \"_rev\": 7}\n]\n";
    for (collection, name, bytes) in [
        ("one", "lines.ndjson", lines.as_bytes().to_vec()),
        ("two", "array.json", array.as_bytes().to_vec()),
        ("three", "lines.ndjson.gz", packed(lines)),
        // The content decides, not the name.
        ("four", "array", packed(array)),
    ] {
        let file = folder.file(name, &bytes);
        let answer = folder.quire(&["import", collection, file.to_str().unwrap()]).exits(0);
        assert_eq!((answer.out().as_str(), answer.err().as_str()), ("", "imported 2 documents\n"));
        assert_eq!(
            folder.quire(&["export", collection]).ok(),
            "{\"_id\":\"a\",\"n\":1.0}\n{\"_id\":\"b\"}\n"
        );
        let collection = &format!("{collection}_in");
        folder.command(&["import", collection, "-"]).input(bytes).answer().ok();
        assert_eq!(ids(&folder, collection), ["a", "b"]);
    }
    let answer = folder.command(&["import", "none", "-"]).input("").answer().exits(0);
    assert_eq!(answer.err(), "imported 0 documents\n");
    let answer = folder.command(&["import", "none", "-", "-q"]).input("[]").answer().exits(0);
    assert_eq!(answer.err(), "");
}

/// Three thousand lines, so that there are several groups, with two bad ones far apart.
fn with_two_bad() -> String {
    let mut lines: Vec<String> = (1..=3_000).map(|n| format!("{{\"_id\":\"{n:05}\"}}")).collect();
    lines[1_499] = "{\"_id\":\"00001\"}".to_owned();
    lines[2_499] = "{\"_id\":".to_owned();
    lines.join("\n")
}

#[test]
fn stop_imports_everything_before_the_first_bad_line_and_nothing_behind() {
    let folder = Folder::new();
    folder.file("in.ndjson", with_two_bad());
    let answer = folder.quire(&["import", "c", "in.ndjson"]).exits(1);
    let said = answer.err();
    assert!(said.starts_with("in.ndjson:1500: ") && said.contains("[document_exists]"), "{said}");
    assert!(said.ends_with("\nimported 1499 documents, refused 1\n"), "{said}");
    assert_eq!(ids(&folder, "c").last().unwrap(), "01499");
    let answer =
        folder.command(&["import", "d", "-"]).input("{\"_id\":\"a\"}\n7\n{\"_id\":\"b\"}\n").answer();
    let said = answer.exits(1).err();
    assert!(said.starts_with("stdin:2: ") && said.contains("[invalid_document]"), "{said}");
    assert_eq!(ids(&folder, "d"), ["a"]);
}

#[test]
fn skip_imports_everything_that_is_good() {
    let folder = Folder::new();
    folder.file("in.ndjson", with_two_bad());
    let said = folder.quire(&["import", "c", "in.ndjson", "--on-error", "skip"]).exits(1).err();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines[0].starts_with("in.ndjson:1500: ") && lines[0].ends_with("[document_exists]"), "{said}");
    assert!(lines[1].starts_with("in.ndjson:2500: ") && lines[1].ends_with("[invalid_json]"), "{said}");
    assert_eq!(lines[2], "imported 2998 documents, refused 2");
    assert_eq!(ids(&folder, "c").len(), 2_998);
    let json = folder.quire(&["import", "c", "in.ndjson", "--output", "json"]).exits(1).err();
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["code"], "document_exists");
    assert!(first["detail"].as_str().unwrap().starts_with("in.ndjson:1: "), "{first}");
}

#[test]
fn replace_takes_the_place_of_what_is_there() {
    let folder = Folder::new();
    folder.quire(&["insert", "c", r#"{"_id":"a","old":true}"#]).ok();
    let input = "{\"_id\":\"a\",\"new\":1,\"_rev\":99}\n{\"n\":2}\n";
    for mode in ["stop", "skip"] {
        folder.command(&["import", "c", "-", "--replace", "--on-error", mode]).input(input).answer().ok();
        let got = folder.quire(&["find", "c", r#"{"_id":"a"}"#]).ok();
        assert!(got.starts_with("{\"_id\":\"a\",\"new\":1,\"_rev\":"), "{got}");
    }
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":3}\n");
}

#[test]
fn a_file_that_breaks_off_keeps_what_came_before() {
    let folder = Folder::new();
    let elements: String = (0..2_500).map(|n| format!("{{\"_id\":\"{n:04}\"}},\n")).collect();
    folder.file("cut.json", format!("[{elements}{{\"_id\":\"cu"));
    for mode in ["stop", "skip"] {
        let answer = folder.quire(&["import", mode, "cut.json", "--on-error", mode]).exits(1);
        assert!(
            answer.err().contains("cut.json:2501: ") && answer.err().contains("has no end"),
            "{}",
            answer.err()
        );
        assert_eq!(ids(&folder, mode).len(), 2_500);
    }
    let text: String = (0..9_000).map(|n| format!("{{\"_id\":\"{n:04}\",\"n\":{}}}\n", n * 7919)).collect();
    let mut bytes = packed(&text);
    bytes.truncate(bytes.len() / 2);
    folder.file("cut.gz", bytes);
    let answer = folder.quire(&["import", "gz", "cut.gz"]).exits(1);
    assert!(answer.err().contains("cannot be read further"), "{}", answer.err());
    let count = ids(&folder, "gz").len();
    assert!(answer.err().ends_with(&format!("imported {count} documents, refused 1\n")), "{}", answer.err());
    assert!(count > 1_000);
}

#[test]
fn a_line_that_is_more_than_a_document_never_becomes_a_command() {
    let folder = Folder::new();
    folder.quire(&["insert", "c", r#"{"_id":"x"}"#]).ok();
    let input = "{\"_id\":\"a\"},\"delete\":{\"_id\":\"x\"}\n{\"delete\":{\"_id\":\"x\"}}\n";
    let said =
        folder.command(&["import", "c", "-", "--on-error", "skip"]).input(input).answer().exits(1).err();
    assert!(said.contains("stdin:1: ") && said.contains("[invalid_json]"), "{said}");
    // The second line is a document with a field of that name.
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":2}\n");
    folder.quire(&["get", "c", "x"]).ok();
}

#[test]
fn a_document_over_the_limit_is_refused_with_its_line() {
    let folder = Folder::new();
    let long = "x".repeat(17 << 20);
    folder.file(
        "in.ndjson",
        format!("{{\"_id\":\"a\"}}\n{{\"_id\":\"b\",\"t\":\"{long}\"}}\n{{\"_id\":\"c\"}}\n"),
    );
    for (mode, wanted) in [("stop", &["a"][..]), ("skip", &["a", "c"])] {
        let said = folder.quire(&["import", mode, "in.ndjson", "--on-error", mode]).exits(1).err();
        assert!(said.starts_with("in.ndjson:2: ") && said.contains("[too_large]"), "{said}");
        assert_eq!(ids(&folder, mode), wanted);
    }
}
