//! SQL over HTTP; what SQL means is tested where it is done.

use crate::running::{C, Running, start, start_on, start_with};
use quire_server::{Config, Limits};
use quire_testkit::ModelStore;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SQL: &str = "/v1/databases/main/sql";
const LINES: [(&str, &str); 1] = [("accept", "application/x-ndjson")];

#[test]
fn rows_come_as_one_body() {
    let server = start();
    server.insert(r#"{"_id":"x","n":1}"#);
    server.insert(r#"{"_id":"y","n":2}"#);
    let answer = server.post(SQL, r#"{"sql":"SELECT _id, n FROM c ORDER BY n DESC"}"#).ok(200);
    assert_eq!(answer.json()["rows"], json!([["y", 2], ["x", 1]]));
    assert_eq!(answer.json()["columns"][0], json!({"name":"_id","type":"string"}));
    assert_eq!(answer.seq(), 2);
    let answer = server.post(SQL, r#"{"sql":"SELECT n FROM c WHERE n > 5"}"#).ok(200);
    assert_eq!(answer.json()["rows"], json!([]));
    assert_eq!(answer.json()["columns"].as_array().unwrap().len(), 1);
}

#[test]
fn rows_come_as_lines() {
    let server = start();
    server.insert(r#"{"_id":"x","n":1}"#);
    let answer = server.send("POST", SQL, &LINES, r#"{"sql":"SELECT n, _id FROM c"}"#).ok(200);
    assert_eq!((answer.lines(), answer.seq()), (vec![json!({"n":1,"_id":"x"})], 1));
    let answer = server.send("POST", SQL, &LINES, r#"{"sql":"SELECT n FROM c WHERE n > 5"}"#).ok(200);
    assert!(answer.lines().is_empty());
}

#[test]
fn parameters_are_scalars() {
    let server = start();
    server.insert(r#"{"_id":"x","n":1}"#);
    let body = r#"{"sql":"SELECT _id FROM c WHERE n = $1 AND _id = $2","params":[1,"x"]}"#;
    assert_eq!(server.post(SQL, body).ok(200).json()["rows"], json!([["x"]]));
    let answer = server.post(SQL, r#"{"sql":"SELECT $1","params":[1,[2]]}"#).refused("invalid_sql");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/params/1");
    server.post(SQL, r#"{"sql":"SELECT $1","params":{"a":1}}"#).refused("invalid_request");
}

#[test]
fn mistakes_are_answers_in_both_forms() {
    let server = start();
    for headers in [&[][..], &LINES[..]] {
        let send = |body: &str| server.send("POST", SQL, headers, body);
        send(r#"{"sql":"SELEC 1"}"#).refused("invalid_sql");
        send(r#"{"sql":"SELECT * FROM none"}"#).refused("collection_not_found");
        send(r#"{"sql":"DROP TABLE c"}"#).refused("invalid_sql");
        send(r#"{}"#).refused("invalid_request");
        send(r#"{"sql":"SELECT 1","parameters":[]}"#).refused("invalid_request");
        send(r#"{"sql":7}"#).refused("invalid_request");
        send("").refused("invalid_json");
    }
    server.post("/v1/databases/none/sql", r#"{"sql":"SELECT 1"}"#).refused("database_not_found");
}

/// A collection whose product with itself is more than anybody waits for.
fn fill(server: &Running) {
    let body: String =
        (0..2_000).map(|n| format!("{{\"n\":{n},\"text\":\"some text to make it longer\"}}\n")).collect();
    server.post("/v1/databases/main/collections/c/bulk", body).ok(200);
}

const PRODUCT: &str = r#"{"sql":"SELECT a.n, b.text FROM c a, c b, c d"}"#;

#[test]
fn a_statement_ends_at_its_time_limit_and_others_are_served_meanwhile() {
    let query_limits =
        quire_query::Limits { query_timeout: Duration::from_secs(2), ..quire_query::Limits::default() };
    let server = start_on(Arc::new(ModelStore::new()), query_limits, Config::default(), None);
    fill(&server);
    let mut connection = server.connect();
    let body = r#"{"sql":"SELECT count(*) FROM c a, c b, c d WHERE a.n + b.n + d.n = 7.5"}"#;
    let head =
        format!("POST {SQL} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    connection.write(head.as_bytes());
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(1) {
        let asked = Instant::now();
        server.get("/health/ready").ok(200);
        assert!(asked.elapsed() < Duration::from_secs(1));
    }
    connection.read_answer("POST").refused("timeout");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_client_that_leaves_leaves_its_place() {
    let server = start_with(Limits { sql_running_max: 1, waiting_max: 1, ..Limits::default() });
    fill(&server);
    let mut connection = server.connect();
    let length = PRODUCT.len();
    let head = format!("POST {SQL} HTTP/1.1\r\nHost: localhost\r\nAccept: {}\r\n", LINES[0].1);
    connection.write(format!("{head}Content-Length: {length}\r\n\r\n{PRODUCT}").as_bytes());
    assert_eq!(connection.read_head().0, 200);
    assert!(!connection.read_chunk().is_empty());
    drop(connection);
    server.post(SQL, r#"{"sql":"SELECT 1"}"#).ok(200);
}

#[test]
fn an_answer_that_is_too_large_is_refused_and_streams_instead() {
    let server = start_with(Limits { answer_bytes_max: 10_000, ..Limits::default() });
    fill(&server);
    server.post(SQL, PRODUCT).refused("too_large");
    server.post(SQL, r#"{"sql":"SELECT text FROM c LIMIT 10"}"#).ok(200);
    let lines = server.send("POST", SQL, &LINES, r#"{"sql":"SELECT text FROM c"}"#).ok(200).lines();
    assert_eq!(lines.len(), 2_000);
}

#[test]
fn an_error_in_the_middle_of_rows_is_the_last_line() {
    let server = start();
    let mut body: String = (0..40_000).map(|n| format!("{{\"_id\":\"{n:06}\",\"s\":\"{n}\"}}\n")).collect();
    body.push_str("{\"_id\":\"x\",\"s\":\"no number\"}\n");
    server.post(&format!("{C}/bulk"), body).ok(200);
    let sql = r#"{"sql":"SELECT CAST(s AS BIGINT) AS n FROM c"}"#;
    let answer = server.send_to_cut("POST", SQL, &LINES, sql).ok(200);
    let lines = answer.lines();
    assert!(lines.len() > 1_000, "{}", lines.len());
    assert_eq!(lines.last().unwrap()["error"]["code"], "invalid_sql");
}
