//! `Quire-Seq` on every answer about a database, and `Quire-Min-Seq` on what is read.

use crate::http::Answer;
use crate::running::{C, Running, start, start_with};
use quire_server::Limits;
use std::time::Duration;

/// Every way to read in a database, and a body for it.
fn reads() -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("GET", format!("{C}/documents/x"), ""),
        ("HEAD", format!("{C}/documents/x"), ""),
        ("GET", format!("{C}/documents"), ""),
        ("POST", format!("{C}/find"), "{}"),
        ("POST", format!("{C}/count"), "{}"),
        ("POST", "/v1/databases/main/sql".to_owned(), r#"{"sql":"SELECT count(*) FROM c"}"#),
        ("GET", "/v1/databases/main".to_owned(), ""),
        ("GET", "/v1/databases/main/collections".to_owned(), ""),
        ("GET", C.to_owned(), ""),
    ]
}

fn read_at(server: &Running, (method, path, body): &(&str, String, &str), seq: &str) -> Answer {
    server.send(method, path, &[("quire-min-seq", seq)], body)
}

#[test]
fn a_read_that_is_new_enough_is_answered_at_once() {
    let server = start_with(Limits { min_seq_timeout: Duration::from_secs(3_600), ..Limits::default() });
    server.insert(r#"{"_id":"x"}"#);
    for read in reads() {
        for seq in ["0", "1", "01"] {
            assert_eq!(read_at(&server, &read, seq).ok(200).seq(), 1, "{read:?}");
        }
    }
    let lines = [("accept", "application/x-ndjson"), ("quire-min-seq", "1")];
    assert_eq!(server.send("POST", &format!("{C}/find"), &lines, "{}").ok(200).seq(), 1);
}

#[test]
fn a_read_waits_for_what_it_wants_to_see() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    for (n, read) in (3..).zip(reads()) {
        // Two commits are missing when the read is sent, so it cannot have been answered before the second.
        let mut connection = server.connect();
        let (method, path, body) = &read;
        let wanted = (n * 2 - 3).to_string();
        connection.ask(method, path, &[("quire-min-seq", &wanted)], body);
        server.insert("{}");
        server.insert("{}");
        let answer = connection.read_answer(method).ok(200);
        assert_eq!(answer.seq().to_string(), wanted, "{read:?}");
    }
}

#[test]
fn a_read_that_waited_in_vain_says_both_numbers() {
    let server = start_with(Limits { min_seq_timeout: Duration::from_millis(20), ..Limits::default() });
    server.insert(r#"{"_id":"x"}"#);
    for read in reads() {
        let answer = read_at(&server, &read, "77");
        assert_eq!((answer.status, answer.seq()), (504, 1), "{read:?}");
        if read.0 != "HEAD" {
            let answer = answer.refused("timeout");
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(
                detail.contains("number 1,") && detail.contains("77") && detail.contains("20 ms"),
                "{detail}"
            );
        }
    }
    // The time of a query is a bound, too.
    let limits = quire_query::Limits { query_timeout: Duration::from_millis(20), ..Default::default() };
    let store = std::sync::Arc::new(quire_testkit::ModelStore::new());
    let server = crate::running::start_on(store, limits, quire_server::Config::default(), None);
    read_at(&server, &reads()[7], "1").refused("timeout");
}

#[test]
fn a_server_that_stops_lets_nobody_wait() {
    let mut server = start_with(Limits { min_seq_timeout: Duration::from_secs(3_600), ..Limits::default() });
    let mut connection = server.connect();
    connection.ask("GET", "/v1/databases/main", &[("quire-min-seq", "1")], "");
    // The request is in: another one on the same server was answered after it.
    server.get("/v1/databases/main").ok(200);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(server.stopped().cut, 0);
    connection.read_answer("GET").refused("shutting_down");
}

#[test]
fn a_number_is_digits_and_only_a_read_takes_one() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    for read in reads().iter().filter(|read| read.0 != "HEAD") {
        for bad in ["", "x", "-1", "+1", "1.0", "1 2", "0x1", "18446744073709551616"] {
            read_at(&server, read, bad).refused("invalid_request");
        }
        let twice = [("quire-min-seq", "1"), ("quire-min-seq", "1")];
        server.send(read.0, &read.1, &twice, read.2).refused("invalid_request");
    }
    for (method, path, body) in [
        ("POST", format!("{C}/documents"), "{}"),
        ("PUT", format!("{C}/documents/y"), "{}"),
        ("DELETE", format!("{C}/documents/x"), ""),
        ("POST", format!("{C}/bulk"), "{}"),
        ("POST", "/v1/databases/main/batch".to_owned(), r#"{"operations":[]}"#),
        ("PUT", "/v1/databases/main/collections/d".to_owned(), ""),
        ("PUT", "/v1/databases/d".to_owned(), ""),
        ("GET", "/v1/databases".to_owned(), ""),
        ("GET", "/v1/stats".to_owned(), ""),
        ("POST", "/v1/admin/checkpoint".to_owned(), ""),
    ] {
        server.send(method, &path, &[("quire-min-seq", "0")], body).refused("invalid_request");
    }
    assert_eq!(server.get(C).seq(), 1);
    read_at(&server, &("GET", "/v1/databases/none".to_owned(), ""), "0").refused("database_not_found");
}

#[test]
fn errors_say_at_which_number_they_were_found() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.insert(r#"{"_id":"y"}"#);
    let document = |id: &str| format!("{C}/documents/{id}");
    let merge = [("content-type", "application/merge-patch+json")];
    let old = [("if-match", "\"2\"")];
    let none = "/v1/databases/main/collections/none".to_owned();
    let (sql, batch) = ("/v1/databases/main/sql", "/v1/databases/main/batch");
    let missing = r#"{"operations":[{"op":"delete","collection":"c","id":"z"}]}"#;
    for (answer, code) in [
        (server.get(&document("z")), "document_not_found"),
        (server.get(&none), "collection_not_found"),
        (server.post(&format!("{none}/find"), "{}"), "collection_not_found"),
        (server.post(&format!("{none}/count"), "{}"), "collection_not_found"),
        (server.post(sql, r#"{"sql":"SELECT * FROM none"}"#), "collection_not_found"),
        (server.post(sql, r#"{"sql":"SELECT nonsense FROM c"}"#), "invalid_sql"),
        (server.post(&format!("{C}/documents"), r#"{"_id":"x"}"#), "document_exists"),
        (server.send("PUT", &document("x"), &old, "{}"), "revision_mismatch"),
        (server.send("PATCH", &document("z"), &merge, "{}"), "document_not_found"),
        (server.send("DELETE", &document("z"), &[], ""), "document_not_found"),
        (server.send("DELETE", &document("x"), &old, ""), "revision_mismatch"),
        (server.post(batch, missing), "document_not_found"),
        (server.send("PUT", C, &[], ""), "collection_exists"),
        (server.send("DELETE", &none, &[], ""), "collection_not_found"),
    ] {
        assert_eq!(answer.refused(code).seq(), 2, "{code}");
    }
    // What was refused before the database was looked at was found at no number.
    for (method, path, body) in [
        ("GET", "/v1/databases/none".to_owned(), ""),
        ("GET", "/nothing".to_owned(), ""),
        ("POST", format!("{C}/find"), "{"),
        ("BREW", C.to_owned(), ""),
    ] {
        let answer = server.send(method, &path, &[], body);
        assert!(answer.status >= 400 && answer.header("quire-seq").is_none(), "{method} {path}");
    }
}

#[test]
fn figures_of_one_database_say_their_number() {
    let server = start();
    server.insert("{}");
    assert_eq!(server.send("PUT", "/v1/databases/d", &[], "").ok(201).seq(), 0);
    let answer = server.get("/v1/stats?database=main").ok(200);
    assert_eq!(answer.seq(), 1);
    let databases = &answer.json()["databases"];
    assert_eq!((databases.as_array().unwrap().len(), &databases[0]["name"]), (1, &"main".into()));
    let all = server.get("/v1/stats").ok(200);
    assert!(all.header("quire-seq").is_none() && all.json()["databases"].as_array().unwrap().len() == 2);
    server.get("/v1/stats?database=none").refused("database_not_found");
    server.get("/v1/stats?database=a%20b").refused("invalid_name");
}
