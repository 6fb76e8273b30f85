//! Batches: all or nothing.

use crate::running::{C, start};

const BATCH: &str = "/v1/databases/main/batch";

#[test]
fn a_batch_is_one_commit_over_collections() {
    let server = start();
    server.insert(r#"{"_id":"x","a":1}"#);
    let body = r#"{"operations":[
        {"op":"insert","collection":"c","document":{"_id":"y"}},
        {"op":"insert","collection":"d","id":"z","document":{"n":1.0}},
        {"op":"patch","collection":"c","id":"x","patch":{"b":2},"if_rev":1},
        {"op":"replace","collection":"d","id":"z","document":{"n":2.0}},
        {"op":"replace","collection":"d","document":{"_id":"w"}},
        {"op":"delete","collection":"c","id":"y"}]}"#;
    let answer = server.post(BATCH, body).ok(200);
    assert_eq!(answer.seq(), 2);
    let ids = ["y", "z", "x", "z", "w", "y"].map(|id| format!(r#"{{"_id":"{id}","_rev":2}}"#)).join(",");
    assert_eq!(answer.text(), format!(r#"{{"seq":2,"results":[{ids}]}}"#));
    assert_eq!(server.get(&format!("{C}/documents/x")).text(), r#"{"_id":"x","a":1,"b":2,"_rev":2}"#);
    server.get(&format!("{C}/documents/y")).refused("document_not_found");
    let z = server.get("/v1/databases/main/collections/d/documents/z");
    assert_eq!(z.text(), r#"{"_id":"z","n":2.0,"_rev":2}"#);
}

#[test]
fn one_operation_that_fails_undoes_all() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    let first = r#"{"op":"insert","collection":"c","document":{"_id":"new"}}"#;
    let cases = [
        (r#"{"op":"insert","collection":"c","document":{"_id":"x"}}"#, "document_exists", "/operations/1"),
        (r#"{"op":"insert","collection":"c","id":"x","document":{}}"#, "document_exists", "/operations/1"),
        (r#"{"op":"delete","collection":"c","id":"none"}"#, "document_not_found", "/operations/1"),
        (
            r#"{"op":"replace","collection":"c","id":"x","document":{},"if_rev":7}"#,
            "revision_mismatch",
            "/operations/1",
        ),
        (r#"{"op":"patch","collection":"c","id":"none","patch":{}}"#, "document_not_found", "/operations/1"),
        (
            r#"{"op":"insert","collection":"c","document":{"a":[1,{"b":1,"b":2}]}}"#,
            "invalid_document",
            "/operations/1/document/a/1/b",
        ),
        (r#"{"op":"insert","collection":"c","document":[1]}"#, "invalid_document", "/operations/1/document"),
        (
            r#"{"op":"insert","collection":"c","document":{"_id":7}}"#,
            "invalid_id",
            "/operations/1/document/_id",
        ),
        (r#"{"op":"insert","collection":"1c","document":{}}"#, "invalid_name", "/operations/1/collection"),
        (r#"{"op":"patch","collection":"c","id":"x","patch":[1]}"#, "invalid_patch", "/operations/1/patch"),
    ];
    for (second, code, pointer) in cases {
        let answer = server.post(BATCH, format!(r#"{{"operations":[{first},{second}]}}"#)).refused(code);
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{second}: {}", answer.text());
    }
    server.get(&format!("{C}/documents/new")).refused("document_not_found");
    assert_eq!(server.get(&format!("{C}/documents/x")).seq(), 1);
}

#[test]
fn operations_have_the_fields_of_their_verb() {
    let server = start();
    let cases = [
        (r#"{"op":"insert","collection":"c"}"#, "/operations/0/document"),
        (r#"{"op":"insert","collection":"c","document":null}"#, "/operations/0/document"),
        (r#"{"op":"insert","collection":"c","document":{},"if_rev":1}"#, "/operations/0/if_rev"),
        (r#"{"op":"insert","collection":"c","document":{},"patch":{}}"#, "/operations/0/patch"),
        (r#"{"op":"patch","collection":"c","patch":{}}"#, "/operations/0/id"),
        (r#"{"op":"patch","collection":"c","id":"x"}"#, "/operations/0/patch"),
        (r#"{"op":"patch","collection":"c","id":"x","patch":{},"document":{}}"#, "/operations/0/document"),
        (r#"{"op":"delete","collection":"c"}"#, "/operations/0/id"),
        (r#"{"op":"delete","collection":"c","id":"x","document":{}}"#, "/operations/0/document"),
        (r#"{"op":"upsert","collection":"c"}"#, "/operations/0/op"),
        (r#"{"op":"delete","collection":"c","id":"x","ids":[]}"#, "/operations/0/ids"),
        (r#"{"op":"delete","collection":"c","id":"x","id":"y"}"#, "/operations/0/id"),
        (r#"{"op":"delete","collection":"c","id":"x","if_rev":-1}"#, "/operations/0/if_rev"),
        (r#"{"op":"delete","collection":"c","id":7}"#, "/operations/0/id"),
        (r#"["delete","c","x",null,null,null]"#, "/operations"),
    ];
    for (operation, pointer) in cases {
        let answer =
            server.post(BATCH, format!(r#"{{"operations":[{operation}]}}"#)).refused("invalid_request");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{operation}: {}", answer.text());
    }
    server.post(BATCH, "{}").refused("invalid_request");
    server.post(BATCH, "").refused("invalid_json");
    server.post("/v1/databases/none/batch", r#"{"operations":[]}"#).refused("database_not_found");
}
