//! `If-Match`, `If-None-Match` and `_rev`.

use crate::running::{C, start};

const X: &str = "/v1/databases/main/collections/c/documents/x";
const MERGE: (&str, &str) = ("content-type", "application/merge-patch+json");

#[test]
fn a_write_with_the_current_revision_passes_and_with_another_fails() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.send("PUT", X, &[("if-match", "\"7\"")], "{}").refused("revision_mismatch");
    server.send("PUT", X, &[("if-match", "\"1\"")], "{}").ok(200);
    server.send("PATCH", X, &[MERGE, ("if-match", "\"1\"")], "{}").refused("revision_mismatch");
    server.send("PATCH", X, &[MERGE, ("if-match", "\"2\"")], "{}").ok(200);
    server.send("DELETE", X, &[("if-match", "\"2\"")], "").refused("revision_mismatch");
    server.send("DELETE", X, &[("if-match", "\"3\"")], "").ok(204);
}

#[test]
fn if_match_on_an_absent_document_says_that_it_is_absent() {
    let server = start();
    server.insert(r#"{"_id":"other"}"#);
    for tag in ["\"7\"", "*"] {
        server.send("PUT", X, &[("if-match", tag)], "{}").refused("document_not_found");
        server.send("PATCH", X, &[MERGE, ("if-match", tag)], "{}").refused("document_not_found");
        server.send("DELETE", X, &[("if-match", tag)], "").refused("document_not_found");
    }
}

#[test]
fn a_star_means_present_or_absent() {
    let server = start();
    server.send("PUT", X, &[("if-none-match", "*")], "{}").ok(201);
    server.send("PUT", X, &[("if-none-match", "*")], "{}").refused("revision_mismatch");
    server.send("PUT", X, &[("if-match", "*")], "{}").ok(200);
    server.send("PATCH", X, &[MERGE, ("if-match", "*")], "{}").ok(200);
    server.send("DELETE", X, &[("if-match", "*")], "").ok(204);
}

#[test]
fn a_condition_that_is_not_understood_is_never_ignored() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    for tag in
        ["1", "W/\"1\"", "\"x\"", "\"01\"", "\"1\", \"2\"", "", "\"\"", "\"-1\"", "\"99999999999999999999\""]
    {
        for (method, typed) in
            [("PUT", "application/json"), ("PATCH", MERGE.1), ("DELETE", "application/json")]
        {
            let headers = [("content-type", typed), ("if-match", tag)];
            server.send(method, X, &headers, "{}").refused("invalid_request");
        }
        server.send("GET", X, &[("if-match", tag)], "").refused("invalid_request");
    }
    server.send("PUT", X, &[("if-none-match", "\"1\"")], "{}").refused("invalid_request");
    server.send("PUT", X, &[("if-match", "*"), ("if-none-match", "*")], "{}").refused("invalid_request");
    server.send("PUT", X, &[("if-match", "\"1\""), ("if-match", "\"1\"")], "{}").refused("invalid_request");
    server.send("DELETE", X, &[("if-none-match", "*")], "").refused("invalid_request");
    assert_eq!(server.get(X).seq(), 1);
}

#[test]
fn a_reader_that_has_the_document_is_told_so() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.send("PUT", X, &[], "{}").ok(200);
    for tag in ["\"2\"", "W/\"2\"", "\"1\", \"2\"", "*"] {
        for method in ["GET", "HEAD"] {
            let answer = server.send(method, X, &[("if-none-match", tag)], "").ok(304);
            assert_eq!((answer.header("etag"), answer.seq()), (Some("\"2\""), 2));
        }
    }
    for tag in ["\"1\"", "2", "\"x\"", ""] {
        server.send("GET", X, &[("if-none-match", tag)], "").ok(200);
    }
    server.send("GET", X, &[("if-match", "\"2\"")], "").ok(200);
    server.send("GET", X, &[("if-match", "\"1\"")], "").refused("revision_mismatch");
}

#[test]
fn a_revision_in_the_body_is_a_condition_too() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.send("PUT", X, &[], r#"{"_rev":7}"#).refused("revision_mismatch");
    server.send("PUT", X, &[], r#"{"_rev":1}"#).ok(200);
    server.send("PATCH", X, &[MERGE], r#"{"_rev":1}"#).refused("revision_mismatch");
    server.send("PATCH", X, &[MERGE], r#"{"_rev":2,"a":1}"#).ok(200);
    server.send("PUT", X, &[("if-match", "\"3\"")], r#"{"_rev":2}"#).refused("invalid_request");
    server.post(&format!("{C}/documents"), r#"{"_rev":1}"#).refused("invalid_document");
}
