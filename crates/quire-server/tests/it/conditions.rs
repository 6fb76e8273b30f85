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
        ["1", "W/1", "w/\"1\"", "\"1", "1\"", "\"1\" \"2\"", "\"1\", 2", "", ",", "*, \"1\"", "\"a b\""]
    {
        for (method, typed) in
            [("PUT", "application/json"), ("PATCH", MERGE.1), ("DELETE", "application/json")]
        {
            let headers = [("content-type", typed), ("if-match", tag)];
            server.send(method, X, &headers, "{}").refused("invalid_request");
        }
        for name in ["if-match", "if-none-match"] {
            server.send("GET", X, &[(name, tag)], "").refused("invalid_request");
        }
    }
    server.send("PUT", X, &[("if-none-match", "\"1\"")], "{}").refused("invalid_request");
    server.send("PUT", X, &[("if-match", "*"), ("if-none-match", "*")], "{}").refused("invalid_request");
    server.send("PUT", X, &[("if-match", "\"1\""), ("if-match", "*")], "{}").refused("invalid_request");
    server.send("DELETE", X, &[("if-none-match", "*")], "").refused("invalid_request");
    assert_eq!(server.get(X).seq(), 1);
}

#[test]
fn a_condition_where_there_is_no_document_to_hold_it_against_is_refused() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    let database = "/v1/databases/main";
    let writes = [
        ("POST", format!("{C}/documents"), "{}"),
        ("POST", format!("{C}/bulk"), "{}"),
        ("POST", format!("{database}/batch"), r#"{"operations":[]}"#),
        ("PUT", format!("{database}/collections/d"), ""),
        ("DELETE", C.to_owned(), ""),
        ("PUT", "/v1/databases/e".to_owned(), ""),
        ("DELETE", "/v1/databases/e".to_owned(), ""),
        ("POST", "/v1/admin/checkpoint".to_owned(), ""),
    ];
    for (method, path, body) in &writes {
        for header in [("if-match", "*"), ("if-match", "\"1\""), ("if-none-match", "*")] {
            server.send(method, path, &[header], body).refused("invalid_request");
        }
    }
    let reads = [
        ("GET", format!("{C}/documents"), ""),
        ("POST", format!("{C}/find"), "{}"),
        ("POST", format!("{C}/count"), "{}"),
        ("POST", format!("{database}/sql"), r#"{"sql":"SELECT 1"}"#),
        ("GET", C.to_owned(), ""),
    ];
    for (method, path, body) in &reads {
        server.send(method, path, &[("if-match", "\"1\"")], body).refused("invalid_request");
        // What has no tag is always sent.
        server.send(method, path, &[("if-none-match", "\"1\"")], body).ok(200);
    }
    server.send("GET", "/v1/stats", &[("if-match", "*")], "").refused("invalid_request");
    assert_eq!(server.get(X).seq(), 1);
}

#[test]
fn a_write_may_name_several_revisions() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.insert(r#"{"_id":"other"}"#);
    let refused = |method: &str, tags: &[(&str, &str)]| {
        let headers: Vec<_> = [MERGE].iter().filter(|_| method == "PATCH").chain(tags).copied().collect();
        let answer = server.send(method, X, &headers, "{}").refused("revision_mismatch");
        assert_eq!(answer.header("etag"), server.get(X).header("etag"));
        answer.seq()
    };
    for method in ["PUT", "PATCH", "DELETE"] {
        // Weak tags, tags of others and other revisions never match strongly.
        for tags in [
            "\"2\", \"3\"",
            "W/\"1\"",
            "W/\"1\", \"7\"",
            "\"\"",
            "\"x\", \"01\", \"-1\"",
            "\"99999999999999999999\"",
        ] {
            assert_eq!(refused(method, &[("if-match", tags)]), 2, "{tags}");
        }
        refused(method, &[("if-match", "\"2\""), ("if-match", "\"3\"")]);
    }
    server.send("PUT", X, &[("if-match", "\"9\", \"1\"")], "{}").ok(200);
    server.send("PATCH", X, &[MERGE, ("if-match", "\"x\", \"3\",W/\"9\"")], "{}").ok(200);
    server.send("PUT", X, &[("if-match", "\"7\""), ("if-match", "\"4\"")], "{}").ok(200);
    let body = r#"{"_rev":5}"#;
    server.send("PUT", X, &[("if-match", "\"7\", \"8\"")], body).refused("invalid_request");
    server.send("PUT", X, &[("if-match", "\"5\", \"8\"")], body).ok(200);
    server.send("DELETE", X, &[("if-match", "\"6\", \"1\"")], "").ok(204);
    server.send("DELETE", X, &[("if-match", "\"6\", \"1\"")], "").refused("document_not_found");
    server.send("PUT", X, &[("if-match", "\"6\", \"1\"")], "{}").refused("document_not_found");
}

#[test]
fn an_error_about_a_revision_says_which_one_is_there() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.insert(r#"{"_id":"y"}"#);
    let tag_and_seq = |answer: crate::http::Answer| {
        let answer = answer.refused("revision_mismatch");
        (answer.header("etag").map(str::to_owned), answer.seq())
    };
    let wanted = (Some("\"1\"".to_owned()), 2);
    assert_eq!(tag_and_seq(server.send("PUT", X, &[("if-match", "\"2\"")], "{}")), wanted);
    assert_eq!(tag_and_seq(server.send("PUT", X, &[("if-none-match", "*")], "{}")), wanted);
    assert_eq!(tag_and_seq(server.send("PUT", X, &[], r#"{"_rev":2}"#)), wanted);
    assert_eq!(tag_and_seq(server.send("PATCH", X, &[MERGE, ("if-match", "\"2\"")], "{}")), wanted);
    assert_eq!(tag_and_seq(server.send("DELETE", X, &[("if-match", "\"2\"")], "")), wanted);
    assert_eq!(tag_and_seq(server.send("GET", X, &[("if-match", "\"2\"")], "")), wanted);
}

#[test]
fn a_reader_that_has_the_document_is_told_so() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.send("PUT", X, &[], "{}").ok(200);
    for tag in ["\"2\"", "W/\"2\"", "\"1\", \"2\"", "\"x\",W/\"2\"", "*"] {
        for method in ["GET", "HEAD"] {
            let answer = server.send(method, X, &[("if-none-match", tag)], "").ok(304);
            assert_eq!((answer.header("etag"), answer.seq()), (Some("\"2\""), 2));
        }
    }
    server.send("GET", X, &[("if-none-match", "\"1\""), ("if-none-match", "\"2\"")], "").ok(304);
    for tag in ["\"1\"", "W/\"1\"", "\"x\"", "\"02\""] {
        server.send("GET", X, &[("if-none-match", tag)], "").ok(200);
    }
    server.send("GET", X, &[("if-match", "\"2\"")], "").ok(200);
    server.send("GET", X, &[("if-match", "\"1\", \"2\""), ("if-none-match", "\"1\"")], "").ok(200);
    server.send("GET", X, &[("if-match", "\"2\""), ("if-none-match", "\"2\"")], "").ok(304);
    for tag in ["\"1\"", "W/\"2\"", "\"x\""] {
        server.send("GET", X, &[("if-match", tag)], "").refused("revision_mismatch");
        assert_eq!(server.send("HEAD", X, &[("if-match", tag)], "").ok(412).header("etag"), Some("\"2\""));
    }
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
