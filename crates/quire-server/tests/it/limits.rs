//! Every limit, on both sides of it.

use crate::faulty::Faulty;
use crate::http::Connection;
use crate::running::{C, Running, start_on, start_with};
use quire_server::{Config, Limits};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

fn faulty(limits: Limits) -> (Arc<Faulty>, Running) {
    let store = Arc::new(Faulty::default());
    let config = Config { limits, ..Config::default() };
    (store.clone(), start_on(store, quire_query::Limits::default(), config, None))
}

fn wait_until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_full_queue_is_said_and_health_still_answers() {
    let (store, server) = faulty(Limits { running_max: 2, waiting_max: 3, ..Limits::default() });
    let insert = "/v1/databases/main/collections/waits/documents";
    let send = |connection: &mut Connection| {
        connection.write(
            format!("POST {insert} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes(),
        );
    };
    let mut connections: Vec<_> = (0..5).map(|_| server.connect()).collect();
    for connection in &mut connections[..2] {
        send(connection);
    }
    wait_until(|| store.waiting.load(Ordering::SeqCst) == 2);
    for connection in &mut connections[2..] {
        send(connection);
    }
    // A probe that came too early would take a seat itself.
    std::thread::sleep(Duration::from_millis(300));
    server.post(insert, "{}").refused("queue_full");
    server.get("/health/ready").ok(200);
    server.get("/v1/stats").ok(200);
    store.release();
    for connection in &mut connections {
        connection.read_answer("POST").ok(201);
    }
    server.post(insert, "{}").ok(201);
}

#[test]
fn a_panic_is_an_answer_and_the_connection_goes_on() {
    let (_, server) = faulty(Limits { running_max: 1, ..Limits::default() });
    let mut connection = server.connect();
    for _ in 0..3 {
        let answer = connection.send("POST", "/v1/databases/main/collections/panics/documents", &[], "{}");
        answer.refused("internal");
        connection.send("POST", &format!("{C}/documents"), &[], "{}").ok(201);
    }
}

#[test]
fn all_bodies_together_have_a_budget() {
    let server = start_with(Limits { bodies_bytes_max: 1 << 20, ..Limits::default() });
    let half = format!("{{\"a\":\"{}\"}}", "x".repeat(600 << 10));
    let mut first = server.connect();
    let head =
        format!("POST {C}/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", half.len());
    first.write(head.as_bytes());
    first.write(&half.as_bytes()[..half.len() - 1]);
    // A probe that came too early would take the room itself.
    std::thread::sleep(Duration::from_millis(500));
    server.post(&format!("{C}/documents"), &half).refused("memory_limit");
    server.insert("{}");
    first.write(b"}");
    first.read_answer("POST").ok(201);
    server.insert(&half);
}

#[test]
fn bodies_of_queries_and_batches_are_limited() {
    let server = start_with(Limits { query_bytes_max: 100, batch_bytes_max: 200, ..Limits::default() });
    server.insert("{}");
    let padded = |text: &str, bytes: usize| format!("{text}{}", " ".repeat(bytes - text.len()));
    for path in [format!("{C}/find"), format!("{C}/count")] {
        server.post(&path, padded("{}", 100)).ok(200);
        server.post(&path, padded("{}", 101)).refused("too_large");
    }
    server.post("/v1/databases/main/batch", padded(r#"{"operations":[]}"#, 200)).ok(200);
    server.post("/v1/databases/main/batch", padded(r#"{"operations":[]}"#, 201)).refused("too_large");
    // Without a length it is counted as it comes.
    let mut connection = server.connect();
    let chunked = format!("POST {C}/find HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    connection.write(chunked.as_bytes());
    connection.write(b"3c\r\n");
    connection.write(&[b' '; 60]);
    connection.write(b"\r\n3c\r\n");
    connection.write(&[b' '; 60]);
    connection.write(b"\r\n0\r\n\r\n");
    connection.read_answer("POST").refused("too_large");
    connection.send("GET", "/health/live", &[], "").ok(200);
}

#[test]
fn a_page_that_is_too_large_is_refused_and_streams_instead() {
    let server = start_with(Limits { answer_bytes_max: 10_000, ..Limits::default() });
    for _ in 0..20 {
        server.insert(&format!("{{\"a\":\"{}\"}}", "x".repeat(1000)));
    }
    server.post(&format!("{C}/find"), r#"{"limit":5}"#).ok(200);
    server.post(&format!("{C}/find"), "{}").refused("too_large");
    let lines =
        server.send("POST", &format!("{C}/find"), &[("accept", "application/x-ndjson")], "{}").lines();
    assert_eq!(lines.len(), 20);
}

#[test]
fn heads_are_limited_in_bytes_and_fields() {
    let server = start_with(Limits { header_bytes_max: 16 << 10, headers_max: 20, ..Limits::default() });
    let long = "x".repeat(10 << 10);
    server.send("GET", "/health/live", &[("x-long", &long)], "").ok(200);
    let longer = "x".repeat(17 << 10);
    assert_eq!(server.send("GET", "/health/live", &[("x-long", &longer)], "").status, 431);
    let many: Vec<_> = (0..18).map(|_| ("x-a", "1")).collect();
    server.send("GET", "/health/live", &many, "").ok(200);
    let more: Vec<_> = (0..30).map(|_| ("x-a", "1")).collect();
    assert_eq!(server.send("GET", "/health/live", &more, "").status, 431);
}

#[test]
fn slow_heads_are_cut() {
    let server = start_with(Limits { header_timeout: Duration::from_millis(300), ..Limits::default() });
    let mut connection = server.connect();
    let begun = Instant::now();
    connection.write(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n");
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(20));
        if !connection.try_write(b"X: y\r\n") {
            break;
        }
    }
    assert!(connection.is_closed());
    assert!(begun.elapsed() < Duration::from_secs(5));
    server.get("/health/live").ok(200);
}

#[test]
fn slow_bodies_are_refused() {
    let limits = Limits {
        body_idle_timeout: Duration::from_millis(300),
        body_timeout: Duration::from_millis(900),
        discard_timeout: Duration::from_millis(100),
        ..Limits::default()
    };
    let server = start_with(limits);
    let head = format!("POST {C}/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
    let mut silent = server.connect();
    silent.write(head.as_bytes());
    silent.read_answer("POST").refused("timeout");
    assert!(silent.is_closed());
    // A drop now and then keeps nothing open for ever either.
    let mut dripping = server.connect();
    dripping.write(head.as_bytes());
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1100) && dripping.try_write(b" ") {
        std::thread::sleep(Duration::from_millis(50));
    }
    dripping.read_answer("POST").refused("timeout");
}

#[test]
fn connections_are_limited_and_free_again() {
    let server = start_with(Limits { connections_max: 3, ..Limits::default() });
    let mut open: Vec<_> = (0..3).map(|_| server.connect()).collect();
    for connection in &mut open {
        connection.send("GET", "/health/live", &[], "").ok(200);
    }
    let mut refused = server.connect();
    refused.read_answer("GET").ok(503).refused("unavailable");
    assert!(refused.is_closed());
    drop(open.pop());
    wait_until(|| {
        let mut next = server.connect();
        next.try_write(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        next.read_answer("GET").status == 200
    });
}

#[test]
fn a_reader_that_stands_still_is_cut() {
    let limits = Limits { write_stall_timeout: Duration::from_millis(300), ..Limits::default() };
    let (store, server) = faulty(limits);
    let body = format!("{{\"a\":\"{}\"}}\n", "x".repeat(100_000)).repeat(500);
    server.post(&format!("{C}/bulk"), body).ok(200);
    let mut connection = server.connect();
    let head =
        format!("GET {C}/documents HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n");
    store.scanned.store(0, Ordering::SeqCst);
    connection.write(head.as_bytes());
    connection.read_head();
    std::thread::sleep(Duration::from_millis(1500));
    // The rest of the stream never comes: the connection was reset or ends within a chunk.
    assert!(
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            while !connection.read_chunk().is_empty() {}
        }))
        .is_err()
    );
    assert!(store.scanned.load(Ordering::SeqCst) < 500);
}

#[test]
fn a_huge_body_gets_its_answer() {
    let server = start_with(Limits::default());
    let mut connection = server.connect();
    let size = 200 << 20;
    let head = format!("POST {C}/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n");
    connection.write(head.as_bytes());
    let block = vec![b' '; 1 << 20];
    for _ in 0..200 {
        connection.write(&block);
    }
    connection.read_answer("POST").refused("too_large");
    connection.send("GET", "/health/live", &[], "").ok(200);
    // Whoever asks first is told before sending.
    let mut polite = server.connect();
    let head = head.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    polite.write(head.as_bytes());
    polite.read_answer("POST").refused("too_large");
}
