//! `Idempotency-Key`: a request that is sent again is not done again.

use crate::faulty::Faulty;
use crate::http::Answer;
use crate::running::{C, Running, start, start_on};
use quire_server::Config;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const X: &str = "/v1/databases/main/collections/c/documents/x";
const MERGE: (&str, &str) = ("content-type", "application/merge-patch+json");

/// A request without its key.
type Ask<'a> = (&'a str, String, Vec<(&'a str, &'a str)>, &'a str);

fn send(server: &Running, (method, path, headers, body): &Ask<'_>, key: &str) -> Answer {
    let headers: Vec<_> = headers.iter().copied().chain([("idempotency-key", key)]).collect();
    server.send(method, path, &headers, body)
}

/// What an answer says, but for the date and for whether it was given before.
fn said(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let mut headers = answer.headers.clone();
    headers.retain(|(name, _)| !["date", "idempotency-replayed"].contains(&name.as_str()));
    (answer.status, headers, answer.body.clone())
}

#[test]
fn every_write_gives_the_same_answer_again() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    let batch = r#"{"operations":[{"op":"insert","collection":"c","document":{}},
        {"op":"delete","collection":"c","id":"y"}]}"#;
    let asks: Vec<(Ask<'_>, u16)> = vec![
        (("POST", format!("{C}/documents"), vec![], r#"{"n":1}"#), 201),
        (("PUT", format!("{C}/documents/y"), vec![("if-none-match", "*")], "{}"), 201),
        (("PUT", X.to_owned(), vec![("if-match", "\"1\", \"9\"")], r#"{"n":2}"#), 200),
        (("PUT", X.to_owned(), vec![], r#"{"n":3}"#), 200),
        (("PATCH", X.to_owned(), vec![MERGE], r#"{"m":1}"#), 200),
        (("POST", "/v1/databases/main/batch".to_owned(), vec![], batch), 200),
        (("PUT", "/v1/databases/main/collections/d".to_owned(), vec![], ""), 201),
        (("DELETE", "/v1/databases/main/collections/d".to_owned(), vec![], ""), 204),
        (("DELETE", X.to_owned(), vec![], ""), 204),
    ];
    let mut first = Vec::new();
    for (n, (ask, status)) in asks.iter().enumerate() {
        let answer = send(&server, ask, &format!("k{n}")).ok(*status);
        assert!(!answer.is_replayed(), "{ask:?}");
        first.push(answer);
    }
    let seq = server.get(C).seq();
    assert_eq!(seq, 1 + asks.len() as u64);
    // Again in any order, whatever became of the documents meanwhile.
    for (n, (ask, _)) in asks.iter().enumerate().rev() {
        let answer = send(&server, ask, &format!("k{n}"));
        assert!(answer.is_replayed(), "{ask:?}");
        assert_eq!(said(&answer), said(&first[n]), "{ask:?}");
    }
    assert_eq!(server.get(C).seq(), seq);
    for (n, (ask, _)) in asks.iter().enumerate() {
        let other = format!("k{}", (n + 1) % asks.len());
        let answer = send(&server, ask, &other).refused("idempotency_mismatch");
        assert_eq!((answer.status, answer.seq(), answer.is_replayed()), (409, seq, false));
    }
}

#[test]
fn a_key_is_one_header_of_visible_characters() {
    let server = start();
    let ask: Ask<'_> = ("POST", format!("{C}/documents"), vec![], "{}");
    for bad in ["", "a b", "a\tb", "\u{e9}", &"x".repeat(256)] {
        send(&server, &ask, bad).refused("invalid_request");
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "a")];
    server.send("POST", &ask.1, &twice, "{}").refused("invalid_request");
    server.get(C).refused("collection_not_found");
    send(&server, &ask, &"x".repeat(255)).ok(201);
    send(&server, &ask, "~!\"#,;\\").ok(201);
}

#[test]
fn what_was_refused_may_be_sent_again() {
    let server = start();
    let ask: Ask<'_> = ("PATCH", X.to_owned(), vec![MERGE], r#"{"m":1}"#);
    send(&server, &ask, "k").refused("collection_not_found");
    server.insert(r#"{"_id":"x"}"#);
    assert!(!send(&server, &ask, "k").ok(200).is_replayed());
    assert!(send(&server, &ask, "k").ok(200).is_replayed());
}

#[test]
fn of_two_at_once_the_second_gets_the_answer_of_the_first() {
    let store = Arc::new(Faulty::default());
    let server = start_on(store.clone(), quire_query::Limits::default(), Config::default(), None);
    // The first commit is held in the store while the others come.
    server.insert("{}");
    store.hold_keyed.store(true, Ordering::SeqCst);
    let mut connections: Vec<_> = (0..3).map(|_| server.connect()).collect();
    for connection in &mut connections {
        connection.ask("POST", &format!("{C}/documents"), &[("idempotency-key", "k")], r#"{"n":1}"#);
    }
    let begun = Instant::now();
    while store.waiting.load(Ordering::SeqCst) < 3 {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(2));
    }
    store.release();
    let answers: Vec<_> = connections.iter_mut().map(|c| c.read_answer("POST").ok(201)).collect();
    assert_eq!(answers.iter().filter(|answer| !answer.is_replayed()).count(), 1);
    assert!(answers.iter().all(|answer| said(answer) == said(&answers[0])));
    assert_eq!(server.get(C).json()["documents"], 2);
}

#[test]
fn a_bulk_that_broke_off_goes_on_where_it_was() {
    let server = start();
    server.insert(r#"{"_id":"taken"}"#);
    let bulk = format!("{C}/bulk");
    let lines: Vec<String> = (1..=200)
        .map(|n| match n {
            3 => r#"{"_id":"taken"}"#.to_owned(),
            4 => String::new(),
            _ => format!(r#"{{"patch":{{"_id":"taken","n":{n}}}}}"#),
        })
        .collect();
    let body = lines.join("\n");
    // A part of it comes, and then the connection breaks.
    let mut connection = server.connect();
    let head = format!(
        "POST {bulk} HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    connection.write(head.as_bytes());
    connection.write(&body.as_bytes()[..body.len() / 2]);
    let (status, headers) = connection.read_head();
    assert!(status == 200 && !headers.iter().any(|(name, _)| name == "idempotency-replayed"));
    connection.read_chunk();
    drop(connection);
    let key = [("idempotency-key", "k")];
    let again = server.send("POST", &bulk, &key, &body).ok(200);
    assert!(again.is_replayed());
    let results = again.lines();
    assert_eq!(results.len(), 199);
    let replayed = |results: &[Value]| results.iter().filter(|r| r["replayed"] == json!(true)).count();
    let done = replayed(&results);
    assert!((1..198).contains(&done), "{done}");
    assert_eq!((&results[2]["line"], &results[2]["code"]), (&json!(3), &json!("document_exists")));
    assert_eq!(server.get(&format!("{C}/documents/taken")).json()["n"], 200);
    // A third time nothing is left to do.
    let seq = server.get(C).seq();
    let third = server.send("POST", &bulk, &key, &body).ok(200);
    assert_eq!((replayed(&third.lines()), server.get(C).seq()), (198, seq));
    let told = |result: &Value| (result["line"].clone(), result["status"].clone(), result["_rev"].clone());
    assert!(third.lines().iter().map(told).eq(results.iter().map(told)));
    server.send("POST", &format!("{C}/documents"), &key, "{}").refused("idempotency_mismatch");
    server.send("POST", "/v1/databases/main/collections/d/bulk", &key, &body).refused("idempotency_mismatch");
}

#[test]
fn reads_take_a_key_and_what_is_no_commit_takes_none() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    let key = [("idempotency-key", "k")];
    for _ in 0..2 {
        for (method, path, body) in [
            ("GET", X.to_owned(), ""),
            ("GET", format!("{C}/documents"), ""),
            ("POST", format!("{C}/find"), "{}"),
            ("POST", format!("{C}/count"), "{}"),
            ("POST", "/v1/databases/main/sql".to_owned(), r#"{"sql":"SELECT 1"}"#),
        ] {
            assert!(!server.send(method, &path, &key, body).ok(200).is_replayed());
        }
    }
    send(&server, &("POST", format!("{C}/documents"), vec![], "{}"), "k").ok(201);
    for (method, path) in
        [("PUT", "/v1/databases/d"), ("DELETE", "/v1/databases/d"), ("POST", "/v1/admin/checkpoint")]
    {
        server.send(method, path, &key, "").refused("invalid_request");
    }
}

#[test]
fn records_are_seen_by_nobody() {
    let server = start();
    send(&server, &("POST", format!("{C}/documents"), vec![], "{}"), "k").ok(201);
    let hidden = "/v1/databases/main/collections/_idempotency".to_owned();
    for path in [hidden.clone(), format!("{hidden}/documents"), format!("{hidden}/documents/k")] {
        server.get(&path).refused("collection_not_found");
    }
    server.post(&format!("{hidden}/find"), "{}").refused("collection_not_found");
    server.post(&format!("{hidden}/bulk"), "{}").refused("invalid_name");
    server.send("DELETE", &format!("{hidden}/documents/k"), &[], "").refused("invalid_name");
    server.send("DELETE", &hidden, &[], "").refused("invalid_name");
    for path in ["/v1/databases/main", "/v1/databases/main/collections", "/v1/stats"] {
        assert!(!server.get(path).text().contains("idempotency"), "{path}");
    }
}
