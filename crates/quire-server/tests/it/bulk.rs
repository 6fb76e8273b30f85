//! Bulk: a line each, an answer each.

use crate::faulty::Faulty;
use crate::running::{C, start, start_on, start_with};
use quire_server::{Config, Limits};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const BULK: &str = "/v1/databases/main/collections/c/bulk";
const NDJSON: [(&str, &str); 1] = [("content-type", "application/x-ndjson")];

fn statuses(lines: &[Value]) -> Vec<(u64, u64)> {
    lines.iter().map(|line| (line["line"].as_u64().unwrap(), line["status"].as_u64().unwrap())).collect()
}

#[test]
fn every_kind_of_line_does_its_work() {
    let server = start();
    server.insert(r#"{"_id":"old","a":1}"#);
    let body = concat!(
        "{\"_id\":\"bare\",\"n\":1.0}\n",
        "{\"insert\":{\"_id\":\"ins\"}}\r\n",
        "\n  \n",
        "{ \"replace\" : {\"_id\":\"old\",\"b\":2,\"_rev\":1} }\n",
        "{\"replace\":{\"_id\":\"new\"}}\n",
        "{\"patch\":{\"_id\":\"old\",\"c\":3}}\n",
        "{\"delete\":{\"_id\":\"ins\"}}\n",
        "{\"insert\":{\"_id\":\"doc\"},\"delete\":1}\n",
        "{\"\\u0064elete\":{\"_id\":\"new\"}}",
    );
    let answer = server.send("POST", BULK, &NDJSON, body).ok(200);
    let lines = answer.lines();
    let wanted = [(1, 201), (2, 201), (5, 200), (6, 201), (7, 200), (8, 204), (9, 400), (10, 204)];
    assert_eq!(statuses(&lines), wanted, "{}", answer.text());
    assert_eq!(lines[0]["_id"], "bare");
    assert!(lines[0]["_rev"].is_u64());
    assert_eq!(answer.seq(), 1);
    let old = server.get(&format!("{C}/documents/old")).json();
    assert_eq!((&old["a"], &old["b"], &old["c"]), (&Value::Null, &json!(2), &json!(3)));
    server.get(&format!("{C}/documents/ins")).refused("document_not_found");
    server.get(&format!("{C}/documents/new")).refused("document_not_found");
}

#[test]
fn a_broken_line_stops_nothing() {
    let server = start();
    server.insert(r#"{"_id":"taken"}"#);
    let body = concat!(
        "{\"_id\":\"a\"}\n",
        "{\"_id\":\"b\",}\n",
        "{\"_id\":\"taken\"}\n",
        "{\"insert\":{\"x\":nope}}\n",
        "{\"delete\":{\"_id\":\"none\"}}\n",
        "{\"delete\":{\"_id\":\"taken\",\"if_rev\":7}}\n",
        "{\"delete\":{\"_id\":\"taken\",\"_rev\":7}}\n",
        "{\"delete\":\"taken\"}\n",
        "{\"patch\":{\"a\":1}}\n",
        "[1]\n",
        "{\"_id\":7}\n",
        "\u{feff}{}\n",
        "{\"replace\":{\"a\":1,\"a\":2}}\n",
        "{\"_id\":\"z\"}\n",
    );
    let answer = server.send("POST", BULK, &NDJSON, body).ok(200);
    let lines = answer.lines();
    let codes: Vec<_> = lines.iter().map(|line| line["code"].as_str().unwrap_or("")).collect();
    let wanted = [
        "",
        "invalid_json",
        "document_exists",
        "invalid_json",
        "document_not_found",
        "invalid_request",
        "revision_mismatch",
        "invalid_document",
        "invalid_id",
        "invalid_document",
        "invalid_id",
        "invalid_json",
        "invalid_document",
        "",
    ];
    assert_eq!(codes, wanted, "{}", answer.text());
    let broken = &lines[1];
    assert_eq!(
        (&broken["line"], &broken["status"], &broken["retryable"]),
        (&json!(2), &json!(400), &json!(false))
    );
    let detail = broken["detail"].as_str().unwrap();
    assert!(detail.contains("byte 11") && detail.contains("byte 12 of the body"), "{detail}");
    assert_eq!(lines[3]["errors"][0]["pointer"], "/insert/x");
    assert_eq!(lines[10]["errors"][0]["pointer"], "/_id");
    assert_eq!(lines[12]["errors"][0]["pointer"], "/replace/a");
    server.get(&format!("{C}/documents/z")).ok(200);
}

#[test]
fn invalid_utf_8_is_the_fault_of_one_line() {
    let server = start();
    let answer = server
        .send("POST", BULK, &NDJSON, b"{\"a\":\"\xff\"}\n{\"insert\":{\"a\":\"\xc0\xaf\"}}\n{}\n")
        .ok(200);
    assert_eq!(statuses(&answer.lines()), [(1, 400), (2, 400), (3, 201)]);
}

#[test]
fn groups_answer_in_order() {
    let limits = Limits { bulk_group_lines_max: 7, bulk_group_bytes_max: 200, ..Limits::default() };
    let server = start_with(limits);
    let mut body = String::new();
    for n in 0..1000 {
        // The same ids again and again: order within an id matters.
        body.push_str(&format!("{{\"replace\":{{\"_id\":\"d{}\",\"n\":{n}}}}}\n", n % 10));
        if n % 13 == 0 {
            body.push_str("oops\n");
        }
    }
    let lines = server.send("POST", BULK, &NDJSON, &body).ok(200).lines();
    assert_eq!(lines.len(), body.lines().count());
    assert!(lines.iter().enumerate().all(|(n, line)| line["line"] == n as u64 + 1));
    for n in 0..10 {
        assert_eq!(server.get(&format!("{C}/documents/d{n}")).json()["n"], 990 + n);
    }
}

#[test]
fn answers_come_while_the_body_is_sent() {
    let server = start();
    let mut connection = server.connect();
    let head = format!("POST {BULK} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    connection.write(head.as_bytes());
    assert_eq!(connection.read_head().0, 200);
    for n in 1..=3 {
        connection.write(b"3\r\n{}\n\r\n");
        let line: Value = serde_json::from_slice(&connection.read_chunk()).unwrap();
        assert_eq!((&line["line"], &line["status"]), (&json!(n), &json!(201)));
    }
    connection.write(b"0\r\n\r\n");
    assert!(connection.read_chunk().is_empty());
    // The connection is as good as before.
    assert_eq!(connection.send("GET", C, &[], "").json()["documents"], 3);
}

#[test]
fn a_client_that_sends_everything_before_it_reads_is_served() {
    let server = start();
    let body = "{\"some\":\"document of a usual size, more or less\"}\n".repeat(50_000);
    // The answer is several MB, more than sockets hold.
    let lines = server.send("POST", BULK, &NDJSON, body).ok(200).lines();
    assert_eq!(lines.len(), 50_000);
    assert!(lines.iter().all(|line| line["status"] == 201));
}

#[test]
fn lines_are_limited_like_documents() {
    let limits = Limits { body_slack_bytes: 100, ..Limits::default() };
    let query_limits = quire_query::Limits { document_bytes_max: 1000, ..quire_query::Limits::default() };
    let config = Config { limits, ..Config::default() };
    let server = start_on(Arc::new(quire_testkit::ModelStore::new()), query_limits, config, None);
    let document = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
    let body = [1000, 1001, 1100, 1101, 5000, 10].map(document).join("\n");
    let lines = server.send("POST", BULK, &NDJSON, body).ok(200).lines();
    assert_eq!(statuses(&lines), [(1, 201), (2, 413), (3, 413), (4, 413), (5, 413), (6, 201)]);
}

#[test]
fn what_every_line_would_meet_is_said_before_the_first() {
    let server = start();
    server.post("/v1/databases/none/collections/c/bulk", "{}").refused("database_not_found");
    server.post("/v1/databases/main/collections/_c/bulk", "{}").refused("invalid_name");
    server.post("/v1/databases/main/collections/1/bulk", "{}").refused("invalid_name");
    server.send("POST", BULK, &[("content-type", "text/plain")], "{}").refused("unsupported_media_type");
    assert!(server.send("POST", BULK, &NDJSON, "").ok(200).lines().is_empty());
    server.send("POST", BULK, &[("content-type", "application/json")], "{}").ok(200);
}

#[test]
fn a_body_that_stops_is_never_taken_for_complete() {
    let server = start_with(Limits { body_idle_timeout: Duration::from_millis(200), ..Limits::default() });
    let mut connection = server.connect();
    let head = format!("POST {BULK} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
    connection.write(head.as_bytes());
    connection.write(b"{\"_id\":\"a\"}\n{\"_id\":\"b\"");
    let lines = connection.read_cut().lines();
    assert_eq!(statuses(&lines[..1]), [(1, 201)]);
    assert_eq!(lines[1]["error"]["code"], "timeout");
    assert_eq!(lines.len(), 2);
    server.get(&format!("{C}/documents/a")).ok(200);
    server.get(&format!("{C}/documents/b")).refused("document_not_found");
}

#[test]
fn a_defect_ends_the_answer_with_the_reason() {
    let server =
        start_on(Arc::new(Faulty::default()), quire_query::Limits::default(), Config::default(), None);
    let bulk = "/v1/databases/main/collections/panics/bulk";
    let lines = server.send_to_cut("POST", bulk, &NDJSON, "{}\n{}").ok(200).lines();
    assert_eq!(lines.last().unwrap()["error"]["code"], "internal");
    server.insert("{}");
}

#[test]
fn two_operations_on_a_line_are_refused_and_a_field_called_like_one_is_not() {
    let server = start();
    let body = concat!(
        "{\"insert\":{\"_id\":\"a\"},\"delete\":{\"_id\":\"b\"}}\n",
        "{\"delete\":{\"_id\":\"b\"},\"x\":1}\n",
        "{\"delete\":true,\"insert\":false,\"_id\":\"rights\"}\n",
    );
    let answer = server.send("POST", BULK, &NDJSON, body).ok(200);
    assert_eq!(statuses(&answer.lines()), [(1, 400), (2, 400), (3, 201)], "{}", answer.text());
    assert_eq!(answer.lines()[0]["code"], "invalid_request");
}
