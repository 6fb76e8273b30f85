//! Mistakes that earlier systems made, each with the test that would have caught it.

use crate::run::{Folder, Server, http};

/// Two worlds: a command line on the disk and a server in memory.
#[test]
fn trap_24_what_is_written_over_http_is_read_by_commands_and_after_a_restart() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let documents = "/v1/databases/main/collections/c/documents";
    let (status, head, body) = http(&server.url, "POST", documents, r#"{"_id":"http","n":1.50}"#);
    assert_eq!(status, 201, "{body}");
    assert!(head.to_ascii_lowercase().contains("etag: \"1\""), "{head}");
    let got = "{\"_id\":\"http\",\"n\":1.50,\"_rev\":1}\n";
    assert_eq!(folder.quire(&["get", "c", "http"]).ok(), got);
    folder.quire(&["insert", "c", r#"{"_id":"command"}"#]).ok();
    let (status, _, body) = http(&server.url, "GET", &format!("{documents}/command"), "");
    assert_eq!((status, body.as_str()), (200, r#"{"_id":"command","_rev":2}"#));
    server.stop();
    assert_eq!(folder.quire(&["get", "c", "http"]).ok(), got);
    folder.quire(&["insert", "c", r#"{"_id":"folder"}"#]).ok();
    let server = Server::start(&folder);
    let (status, ..) = http(&server.url, "GET", &format!("{documents}/folder"), "");
    assert_eq!(status, 200);
    let (_, _, body) = http(&server.url, "POST", "/v1/databases/main/collections/c/count", "{}");
    assert_eq!(body, r#"{"count":3}"#);
    server.stop();
}

/// Acknowledged before it is durable.
#[test]
fn trap_01_what_was_acknowledged_survives_a_kill() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    for n in 0..50 {
        folder.quire(&["insert", "c", &format!("{{\"_id\":\"{n}\"}}")]).ok();
    }
    server.signal("KILL");
    server.wait();
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":50}\n");
}

/// A settings file that is silently ignored.
#[test]
fn trap_30_an_invalid_settings_file_is_fatal_and_names_the_line() {
    let folder = Folder::new();
    folder.quire(&["insert", "c", "{}"]).ok();
    std::fs::write(folder.data().join("quire.toml"), "# limits\npage_size_mx = 10\n").unwrap();
    for words in [&["count", "c"][..], &["serve", "--listen", "none"], &["stats"]] {
        let said = folder.quire(words).refused(2, "invalid_request");
        let wanted = "quire.toml:2:1: there is no setting `page_size_mx`; did you mean `page_size_max`?";
        assert!(said.contains(wanted), "{said}");
    }
}

#[test]
fn trap_23_figures_agree_with_a_known_workload() {
    let folder = Folder::new();
    let figures = || folder.quire(&["stats", "--output", "json"]).json()["databases"][0].clone();
    let insert = |id: usize| folder.quire(&["insert", "c", &format!("{{\"_id\":\"{id}\"}}")]).ok();
    let server = Server::start(&folder);
    (0..10).for_each(|id| drop(insert(id)));
    folder.quire(&["delete", "c", "0"]).ok();
    let stats = figures();
    assert_eq!(stats["collections"], serde_json::json!([{"name": "c", "documents": 9}]), "{stats}");
    // One after the other: each commit has a sync of its own.
    for (figure, expected) in [
        ("seq", 11),
        ("commits", 11),
        ("log_syncs", 11),
        ("checkpoint_seq", 0),
        ("data_files", 0),
        ("data_bytes", 0),
        ("recovered_transactions", 0),
    ] {
        assert_eq!(stats[figure], expected, "{figure} in {stats}");
    }
    assert!(stats["log_bytes"].as_u64() > Some(0) && stats["memory_bytes"].as_u64() > Some(0), "{stats}");
    folder.quire(&["checkpoint"]).ok();
    let stats = figures();
    for (figure, expected) in [("checkpoint_seq", 11), ("data_files", 1), ("memory_bytes", 0)] {
        assert_eq!(stats[figure], expected, "{figure} in {stats}");
    }
    let files = std::fs::read_dir(folder.data().join("databases/1")).unwrap().map(|entry| entry.unwrap());
    let segments = files.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "seg"));
    let bytes: u64 = segments.map(|entry| entry.metadata().unwrap().len()).sum();
    assert_eq!(stats["data_bytes"], bytes, "{stats}");
    (10..13).for_each(|id| drop(insert(id)));
    server.signal("KILL");
    server.wait();
    let server = Server::start(&folder);
    let stats = figures();
    for (figure, expected) in [("seq", 14), ("commits", 0), ("recovered_transactions", 3)] {
        assert_eq!(stats[figure], expected, "{figure} in {stats}");
    }
    assert_eq!(stats["collections"][0]["documents"], 12, "{stats}");
    server.stop();
}
