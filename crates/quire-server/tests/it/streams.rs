//! NDJSON answers: complete, or recognizably not.

use crate::faulty::{BROKEN_AFTER, Faulty};
use crate::running::{C, Running, start, start_on};
use quire_server::Config;
use quire_wire::Problem;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const LINES: [(&str, &str); 1] = [("accept", "application/x-ndjson")];

fn fill(server: &Running, collection: &str, count: usize, bytes: usize) {
    let body: String =
        (0..count).map(|n| format!("{{\"_id\":\"d{n:06}\",\"t\":\"{}\"}}\n", "x".repeat(bytes))).collect();
    server.post(&format!("/v1/databases/main/collections/{collection}/bulk"), body).ok(200);
}

#[test]
fn a_stream_has_every_document_in_order() {
    let server = start();
    fill(&server, "c", 5_000, 50);
    for (method, path, body) in [("POST", format!("{C}/find"), "{}"), ("GET", format!("{C}/documents"), "")] {
        let answer = server.send(method, &path, &LINES, body).ok(200);
        let lines = answer.lines();
        assert_eq!(lines.len(), 5_000);
        assert!(
            lines
                .iter()
                .enumerate()
                .all(|(n, line)| line["_id"] == format!("d{n:06}") && line["_rev"].is_u64())
        );
        assert!(answer.seq() > 0);
    }
    let body = r#"{"sort":"-_id","limit":3,"fields":["_id"]}"#;
    let lines = server.send("POST", &format!("{C}/find"), &LINES, body).ok(200).lines();
    assert_eq!(
        lines.iter().map(|line| line["_id"].as_str().unwrap()).collect::<Vec<_>>(),
        ["d004999", "d004998", "d004997"]
    );
    let none = server.send("POST", &format!("{C}/find"), &LINES, r#"{"filter":{"a":1}}"#).ok(200);
    assert!(none.lines().is_empty());
}

#[test]
fn an_error_before_the_first_line_is_an_answer() {
    let server = start();
    server.insert("{}");
    server
        .send("POST", &format!("{C}/find"), &LINES, r#"{"filter":{"a":{"$x":1}}}"#)
        .refused("invalid_filter");
    server.send("POST", &format!("{C}/find"), &LINES, r#"{"limit":0}"#).refused("invalid_request");
    let none = "/v1/databases/main/collections/none/find";
    server.send("POST", none, &LINES, "{}").refused("collection_not_found");
}

#[test]
fn an_error_in_the_middle_is_the_last_line() {
    let server =
        start_on(Arc::new(Faulty::default()), quire_query::Limits::default(), Config::default(), None);
    for (collection, code) in [("broken", "corrupt"), ("crashing", "internal")] {
        fill(&server, collection, 5_000, 100);
        let path = format!("/v1/databases/main/collections/{collection}/find");
        let answer = server.send_to_cut("POST", &path, &LINES, "{}").ok(200);
        let lines = answer.lines();
        assert!(lines.len() > 500 && lines.len() <= BROKEN_AFTER + 1, "{}", lines.len());
        let problem = Problem::from_stream_line(answer.text().lines().last().unwrap().as_bytes()).unwrap();
        assert_eq!(problem.code, code);
        // One body is an error as a whole.
        server.post(&format!("/v1/databases/main/collections/{collection}/count"), "{}").refused(code);
    }
}

#[test]
fn a_slow_reader_holds_back_the_scan() {
    let store = Arc::new(Faulty::default());
    let server = start_on(store.clone(), quire_query::Limits::default(), Config::default(), None);
    fill(&server, "c", 4_000, 10_000);
    let mut connection = server.connect();
    let head = format!("GET {C}/documents HTTP/1.1\r\nHost: localhost\r\nAccept: {}\r\n\r\n", LINES[0].1);
    store.scanned.store(0, Ordering::SeqCst);
    connection.write(head.as_bytes());
    connection.read_head();
    std::thread::sleep(Duration::from_millis(500));
    let scanned = store.scanned.load(Ordering::SeqCst);
    // Sockets hold some MB of the 40; the rest is not read before it is wanted.
    assert!(scanned < 2_500, "{scanned}");
    // Other requests go on meanwhile, and a reader that leaves leaves nothing behind.
    server.insert("{}");
    drop(connection);
    server.insert("{}");
}
