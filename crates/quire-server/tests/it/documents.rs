//! One document by its routes.

use crate::running::{C, start};
use quire_wire::path;

#[test]
fn a_document_is_inserted_and_read_back() {
    let server = start();
    let answer = server.post(&format!("{C}/documents"), r#"{"_id":"x", "n":1.0, "b":1E400}"#).ok(201);
    assert_eq!(answer.header("location"), Some(format!("{C}/documents/x").as_str()));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!((answer.text(), answer.seq()), (r#"{"_id":"x","_rev":1}"#, 1));
    let answer = server.get(&format!("{C}/documents/x")).ok(200);
    // The digits and the order of the keys are the client's.
    assert_eq!(answer.text(), r#"{"_id":"x","n":1.0,"b":1E400,"_rev":1}"#);
    assert_eq!((answer.header("etag"), answer.seq()), (Some("\"1\""), 1));
}

#[test]
fn an_id_is_made_where_none_is_given() {
    let server = start();
    let answer = server.post(&format!("{C}/documents"), "{}").ok(201);
    let id = answer.json()["_id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 36);
    assert!(answer.header("location").unwrap().ends_with(&id));
    server.get(answer.header("location").unwrap()).ok(200);
}

#[test]
fn an_id_that_is_taken_is_a_conflict() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.post(&format!("{C}/documents"), r#"{"_id":"x"}"#).refused("document_exists");
}

#[test]
fn head_is_get_without_the_body() {
    let server = start();
    server.insert(r#"{"_id":"x","text":"some"}"#);
    let (get, head) =
        (server.get(&format!("{C}/documents/x")), server.send("HEAD", &format!("{C}/documents/x"), &[], ""));
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
    for name in ["etag", "quire-seq", "content-type", "content-length"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    assert_eq!(server.send("HEAD", &format!("{C}/documents/y"), &[], "").status, 404);
}

#[test]
fn a_put_creates_and_replaces() {
    let server = start();
    let created = server.send("PUT", &format!("{C}/documents/x"), &[], r#"{"a":1}"#).ok(201);
    assert_eq!((created.text(), created.header("etag")), (r#"{"_id":"x","_rev":1}"#, Some("\"1\"")));
    assert_eq!(created.header("location"), Some(format!("{C}/documents/x").as_str()));
    let replaced = server.send("PUT", &format!("{C}/documents/x"), &[], r#"{"b":2,"_id":"x"}"#).ok(200);
    assert_eq!((replaced.text(), replaced.seq()), (r#"{"_id":"x","_rev":2}"#, 2));
    assert_eq!(server.get(&format!("{C}/documents/x")).text(), r#"{"b":2,"_id":"x","_rev":2}"#);
    server.send("PUT", &format!("{C}/documents/x"), &[], r#"{"_id":"y"}"#).refused("invalid_id");
}

#[test]
fn a_merge_patch_changes_a_document() {
    let server = start();
    server.insert(r#"{"_id":"x","a":1,"b":{"c":1,"d":2}}"#);
    let path = format!("{C}/documents/x");
    let typed = [("content-type", "application/merge-patch+json; charset=utf-8")];
    let answer = server.send("PATCH", &path, &typed, r#"{"a":null,"b":{"c":3}}"#).ok(200);
    assert_eq!((answer.text(), answer.seq()), (r#"{"_id":"x","_rev":2}"#, 2));
    assert_eq!(answer.header("etag"), Some("\"2\""));
    assert_eq!(server.get(&path).text(), r#"{"_id":"x","b":{"c":3,"d":2},"_rev":2}"#);
    server.send("PATCH", &path, &typed, r#"{"_id":"y"}"#).refused("invalid_id");
    server.send("PATCH", &path, &typed, "[1]").refused("invalid_patch");
    server.send("PATCH", &format!("{C}/documents/y"), &typed, "{}").refused("document_not_found");
}

#[test]
fn other_patches_are_refused_with_the_type_that_is_taken() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    let path = format!("{C}/documents/x");
    let types: [&[(&str, &str)]; 4] = [
        &[("content-type", "application/json")],
        &[("content-type", "application/json-patch+json")],
        &[("content-type", "application/merge-patch+json; charset=latin1")],
        &[],
    ];
    for headers in types {
        let answer = server.send("PATCH", &path, headers, "{}").refused("unsupported_media_type");
        assert_eq!(answer.header("accept-patch"), Some("application/merge-patch+json"));
    }
}

#[test]
fn a_delete_removes_once() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    let answer = server.send("DELETE", &format!("{C}/documents/x"), &[], "").ok(204);
    assert_eq!(answer.seq(), 2);
    server.send("DELETE", &format!("{C}/documents/x"), &[], "").refused("document_not_found");
    server.get(&format!("{C}/documents/x")).refused("document_not_found");
    server.get("/v1/databases/main/collections/none/documents/x").refused("collection_not_found");
    server.get("/v1/databases/none/collections/c/documents/x").refused("database_not_found");
}

#[test]
fn any_id_has_an_address() {
    let server = start();
    for id in
        ["a/b", "50%", "%2F", "ü €\u{10348}", "..", ".", "?#&=+ ", "\u{0}\n\u{7f}", "\"\\", &"é".repeat(256)]
    {
        let address = path::document("main", "c", id);
        let body = serde_json::json!({ "n": 1 }).to_string();
        let answer = server.send("PUT", &address, &[], body).ok(201);
        assert_eq!(answer.json()["_id"], *id);
        assert_eq!(answer.header("location"), Some(address.as_str()));
        assert_eq!(server.get(&address).ok(200).json()["_id"], *id);
        server.send("DELETE", &address, &[], "").ok(204);
    }
}

#[test]
fn broken_addresses_are_refused() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    for id in ["%", "%2", "%zz", "a%f", "%ff", "%c3", "%ed%a0%80", "%c0%af"] {
        server.get(&format!("{C}/documents/{id}")).refused("invalid_request");
    }
    server.get("/v1/databases/%ff/collections/c/documents/x").refused("invalid_request");
    for name in ["a%2Fb", "1a", "a%20b", "%C3%A9", &"x".repeat(64)] {
        server.get(&format!("/v1/databases/main/collections/{name}/documents/x")).refused("invalid_name");
        server.get(&format!("/v1/databases/{name}/collections/c/documents/x")).refused("invalid_name");
    }
    server.post("/v1/databases/main/collections/_sys/documents", "{}").refused("invalid_name");
    server.get(&format!("{C}/documents/{}", "x".repeat(513))).refused("invalid_id");
}
