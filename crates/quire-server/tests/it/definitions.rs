//! Databases, collections, figures, checkpoints and health.

use crate::faulty::Faulty;
use crate::running::{C, start, start_on};
use quire_server::Config;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[test]
fn databases_are_made_listed_and_dropped() {
    let server = start();
    assert_eq!(server.get("/v1/databases").ok(200).json(), json!({"databases":[{"name":"main"}]}));
    let made = server.send("PUT", "/v1/databases/other", &[], "").ok(201);
    assert_eq!((made.text(), made.header("location")), (r#"{"name":"other"}"#, Some("/v1/databases/other")));
    server.send("PUT", "/v1/databases/other", &[], "").refused("database_exists");
    server.send("PUT", "/v1/databases/_sys", &[], "").refused("invalid_name");
    server.post("/v1/databases/other/collections/d/documents", "{}").ok(201);
    let found = server.get("/v1/databases/other").ok(200);
    assert_eq!((found.json(), found.seq()), (json!({"name":"other","seq":1,"collections":["d"]}), 1));
    server.send("DELETE", "/v1/databases/other", &[], "").ok(204);
    server.send("DELETE", "/v1/databases/other", &[], "").refused("database_not_found");
    server.get("/v1/databases/other").refused("database_not_found");
    server.send("DELETE", "/v1/databases/main", &[], "").refused("invalid_name");
}

#[test]
fn collections_are_made_listed_and_dropped() {
    let server = start();
    let collections = "/v1/databases/main/collections";
    let made = server.send("PUT", C, &[], "").ok(201);
    assert_eq!((made.text(), made.seq(), made.header("location")), (r#"{"name":"c"}"#, 1, Some(C)));
    server.send("PUT", C, &[], "").refused("collection_exists");
    server.send("PUT", &format!("{collections}/_sys"), &[], "").refused("invalid_name");
    server.insert("{}");
    let found = server.get(C).ok(200);
    assert_eq!((found.json(), found.seq()), (json!({"name":"c","documents":1}), 2));
    let listed = server.get(collections).ok(200);
    assert_eq!((listed.json(), listed.seq()), (json!({"collections":[{"name":"c"}]}), 2));
    assert_eq!(server.send("DELETE", C, &[], "").ok(204).seq(), 3);
    server.send("DELETE", C, &[], "").refused("collection_not_found");
    server.get(C).refused("collection_not_found");
    server.get("/v1/databases/none/collections").refused("database_not_found");
}

#[test]
fn figures_follow_the_data() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    server.insert(r#"{"_id":"y"}"#);
    let stats = server.get("/v1/stats").ok(200).json();
    assert_eq!(stats["version"], env!("CARGO_PKG_VERSION"));
    assert!(stats["uptime_s"].is_u64());
    // This store keeps neither.
    assert_eq!((&stats["memory"], &stats["cache"]), (&json!(null), &json!(null)));
    let main = &stats["databases"][0];
    assert_eq!((&main["name"], &main["seq"], &main["commits"]), (&json!("main"), &json!(2), &json!(2)));
    assert_eq!(main["collections"], json!([{"name":"c","documents":2}]));
    assert_eq!((&main["checkpoint_seq"], &main["read_only"]), (&json!(0), &json!(null)));
    for figure in
        ["log_bytes", "data_bytes", "data_files", "memory_bytes", "log_syncs", "recovered_transactions"]
    {
        assert!(main[figure].is_u64(), "{figure}");
    }
}

#[test]
fn a_checkpoint_is_made_of_one_database_or_of_all() {
    let server = start();
    server.insert("{}");
    server.send("PUT", "/v1/databases/other", &[], "").ok(201);
    let one = server.post("/v1/admin/checkpoint?database=main", "").ok(200);
    assert_eq!((one.json(), one.seq()), (json!({"database":"main","seq":1,"written_bytes":0}), 1));
    assert_eq!(server.get("/v1/stats").json()["databases"][0]["checkpoint_seq"], 1);
    let all = server.post("/v1/admin/checkpoint", "").ok(200).json();
    let names: Vec<_> =
        all["checkpoints"].as_array().unwrap().iter().map(|c| c["database"].clone()).collect();
    assert_eq!(names, ["main", "other"]);
    server.post("/v1/admin/checkpoint?database=none", "").refused("database_not_found");
    server.post("/v1/admin/checkpoint?databse=main", "").refused("invalid_request");
    server.post("/v1/admin/checkpoint?database=", "").refused("invalid_name");
}

#[test]
fn health_says_when_a_database_is_read_only() {
    let store = Arc::new(Faulty::default());
    let server = start_on(store.clone(), quire_query::Limits::default(), Config::default(), None);
    assert_eq!(server.get("/health/live").ok(200).text(), r#"{"status":"ok"}"#);
    assert_eq!(server.get("/health/ready").ok(200).text(), r#"{"status":"ok","databases":1}"#);
    store.read_only.store(true, Ordering::SeqCst);
    let ready = server.get("/health/ready").ok(503);
    assert_eq!(ready.json(), json!({"status":"degraded","reasons":["main is read-only: the disk failed"]}));
    server.get("/health/live").ok(200);
}

#[test]
fn a_server_that_is_to_read_is_ready_though_nothing_can_be_written() {
    let store = Arc::new(Faulty::default());
    let config = Config { read_only: true, warnings: vec!["w".to_owned()], ..Config::default() };
    let server = start_on(store.clone(), quire_query::Limits::default(), config, None);
    store.read_only.store(true, Ordering::SeqCst);
    let ready = server.get("/health/ready").ok(200);
    let told = json!(["w", "main is read-only: the disk failed"]);
    assert_eq!(ready.json(), json!({"status":"ok","databases":1,"warnings":told}));
}
