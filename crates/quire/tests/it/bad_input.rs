//! Bad input through the shipped server: the right code and place, nothing lost, and not a byte of the log changed.

use std::fs;

use crate::run::{Folder, Server, http};

const DOCUMENTS: &str = "/v1/databases/main/collections/c/documents";

/// The first operation could be done, the second could not.
const HALF_GOOD: &str = concat!(
    r#"{"operations":[{"op":"insert","collection":"c","document":{"_id":"new"}},"#,
    r#"{"op":"insert","collection":"c","document":{"_id":"kept"}}]}"#
);

/// The bytes of the first log file; the next one is made ahead, empty, whenever there is time.
fn log(folder: &Folder) -> Vec<u8> {
    fs::read(folder.data().join("databases/1/wal-00000001.log")).unwrap()
}

/// A document whose value nests so deep that the document has `depth` levels.
fn nested(depth: usize) -> Vec<u8> {
    format!("{{\"v\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1)).into_bytes()
}

fn sized(bytes: usize) -> Vec<u8> {
    format!("{{\"v\":\"{}\"}}", "x".repeat(bytes - 8)).into_bytes()
}

#[test]
fn bad_documents_have_their_code_and_place_and_leave_the_log_as_it_was() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    assert_eq!(http(&server.url, "POST", DOCUMENTS, r#"{"_id":"kept"}"#).0, 201);
    let before = log(&folder);
    let long_id = format!("{{\"_id\":\"{}\"}}", "x".repeat(513)).into_bytes();
    let cases: &[(&str, Vec<u8>, u16, &str, &str)] = &[
        ("invalid UTF-8", b"{\"v\":\"\xff\"}".to_vec(), 400, "invalid_json", "at byte 6"),
        ("a duplicate key", br#"{"v":1,"\u0076":2}"#.to_vec(), 400, "invalid_document", "at byte 7"),
        ("a trailing comma", br#"{"v":[1,2,]}"#.to_vec(), 400, "invalid_json", "at byte 10"),
        ("NaN", br#"{"v":NaN}"#.to_vec(), 400, "invalid_json", "at byte 5"),
        ("a lone surrogate", br#"{"v":"\ud800"}"#.to_vec(), 400, "invalid_json", "at byte 6"),
        ("depth 129", nested(129), 400, "invalid_document", "at byte"),
        (
            "100,000 open brackets",
            b"{\"v\":".iter().chain(&[b'['; 100_000]).copied().collect(),
            400,
            "invalid_document",
            "at byte",
        ),
        ("16 MiB and one byte", sized((16 << 20) + 1), 413, "too_large", "16777216"),
        ("an empty _id", br#"{"_id":""}"#.to_vec(), 400, "invalid_id", "/_id"),
        ("a long _id", long_id, 400, "invalid_id", "/_id"),
        ("a numeric _id", br#"{"_id":7}"#.to_vec(), 400, "invalid_id", "/_id"),
        ("an array", b"[1]".to_vec(), 400, "invalid_document", "object"),
        ("nothing", b"".to_vec(), 400, "invalid_json", ""),
    ];
    for (what, body, status, code, place) in cases {
        let (got, _, answer) = http(&server.url, "POST", DOCUMENTS, body);
        assert_eq!(got, *status, "{what}: {answer}");
        assert!(
            answer.contains(&format!("\"code\":\"{code}\"")) && answer.contains(place),
            "{what}: {answer}"
        );
        assert!(log(&folder) == before, "{what} changed the log");
    }
    for (path, body, code) in [
        ("/v1/databases/main/collections/1c/documents", "{}", "invalid_name"),
        ("/v1/databases/main/collections/_c/documents", "{}", "invalid_name"),
        ("/v1/databases/none/collections/c/documents", "{}", "database_not_found"),
        ("/v1/databases/main/collections/c/find", r#"{"filter":{"v":{"$gtr":1}}}"#, "invalid_filter"),
        ("/v1/databases/main/batch", HALF_GOOD, "document_exists"),
    ] {
        let (_, _, answer) = http(&server.url, "POST", path, body);
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{path}: {answer}");
        assert!(log(&folder) == before, "{path} changed the log");
    }
    // The other side of the limits.
    for good in [nested(128), sized(16 << 20), format!("{{\"_id\":\"{}\"}}", "x".repeat(512)).into_bytes()] {
        assert_eq!(http(&server.url, "POST", DOCUMENTS, good).0, 201);
    }
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":4}\n");
    server.stop();
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":4}\n");
}

#[test]
fn a_broken_line_in_the_middle_of_a_bulk_is_named_and_the_others_are_kept() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let body = "{\"_id\":\"a\"}\n{\"_id\":\"b\",}\n{\"_id\":\"c\"}\n";
    let (status, _, answer) = http(&server.url, "POST", "/v1/databases/main/collections/c/bulk", body);
    let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!((status, lines.len()), (200, 3), "{answer}");
    assert!(lines[1].contains("\"line\":2") && lines[1].contains("\"code\":\"invalid_json\""), "{answer}");
    assert!(lines[1].contains("at byte 11"), "{answer}");
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":2}\n");
    server.stop();
}

#[test]
fn numbers_come_back_with_the_same_digits_through_every_door() {
    let folder = Folder::new();
    let numbers = ["12345678901234567890.123", "1E400", "-0", "1.0", "9007199254740993"];
    let list = format!("[{}]", numbers.join(","));
    folder.quire(&["insert", "n", &format!("{{\"_id\":\"x\",\"v\":{list}}}")]).ok();
    let with_rev = format!("{{\"_id\":\"x\",\"v\":{list},\"_rev\":1}}\n");
    assert_eq!(folder.quire(&["get", "n", "x"]).ok(), with_rev);
    assert_eq!(folder.quire(&["find", "n"]).ok(), with_rev);
    assert_eq!(
        folder.quire(&["sql", "SELECT _doc FROM n"]).ok(),
        format!("{{\"_doc\":{{\"_id\":\"x\",\"v\":{list}}}}}\n")
    );
    let server = Server::start(&folder);
    let (_, _, body) = http(&server.url, "GET", "/v1/databases/main/collections/n/documents/x", "");
    assert_eq!(body, with_rev.trim_end());
    server.signal("KILL");
    server.wait();
    assert_eq!(folder.quire(&["export", "n"]).ok(), format!("{{\"_id\":\"x\",\"v\":{list}}}\n"));
}
