//! A request that is sent again after its answer was lost is not done again: over a connection that is cut after the
//! commit and before the answer, and over a server that is killed.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::cutting::Cutting;
use crate::run::{Folder, Server, try_http};

const DOCUMENTS: &str = "/v1/databases/main/collections/c/documents";

fn count(folder: &Folder) -> u64 {
    folder.quire(&["count", "c"]).json()["count"].as_u64().unwrap()
}

/// A request with a key; `None` where no whole answer came.
fn keyed(url: &str, method: &str, path: &str, key: &str, body: &str) -> Option<(u16, bool, String)> {
    let (status, head, body) = try_http(url, method, path, &format!("idempotency-key: {key}\r\n"), body)?;
    Some((status, head.contains("\r\nidempotency-replayed: true\r\n"), body))
}

#[test]
fn r15_a_request_whose_answer_was_cut_off_is_done_once() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let proxy = Cutting::before(&server.url);
    let batch = r#"{"operations":[{"op":"insert","collection":"c","document":{}},
        {"op":"patch","collection":"c","id":"x","patch":{"b":1}}]}"#;
    let asks = [
        ("PUT", format!("{DOCUMENTS}/x"), r#"{"n":1}"#, 201),
        ("POST", DOCUMENTS.to_owned(), r#"{"n":2}"#, 201),
        ("PUT", format!("{DOCUMENTS}/x"), r#"{"n":3}"#, 200),
        ("POST", "/v1/databases/main/batch".to_owned(), batch, 200),
        ("DELETE", format!("{DOCUMENTS}/x"), "", 204),
    ];
    for (n, (method, path, body, status)) in asks.iter().enumerate() {
        let key = format!("k{n}");
        proxy.cut_next(2);
        for _ in 0..2 {
            assert!(keyed(&proxy.url, method, path, &key, body).is_none(), "{method} {path}");
        }
        let (seen, replayed, first) = keyed(&proxy.url, method, path, &key, body).unwrap();
        assert_eq!((seen, replayed), (*status, true), "{method} {path}: {first}");
        // And when the server was killed and began anew, it is still the same answer.
        let again = keyed(&server.url, method, path, &key, body).unwrap();
        assert_eq!(again, (*status, true, first));
    }
    assert_eq!(proxy.cut(), 2 * asks.len());
    let newest = folder.quire(&["stats"]).json()["seq"].clone();
    assert_eq!((newest, count(&folder)), (asks.len().into(), 2));
    // Without a key the same is done again each time.
    proxy.cut_next(2);
    for _ in 0..3 {
        try_http(&proxy.url, "POST", DOCUMENTS, "", "{}");
    }
    assert_eq!(count(&folder), 5);
    server.stop();
}

#[test]
fn the_command_sends_a_change_with_a_key_again_by_itself() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let proxy = Cutting::before(&server.url);
    let typed = |words: &[&str]| {
        let words: Vec<&str> = words.iter().chain(&["--url", &proxy.url]).copied().collect();
        folder.quire(&words)
    };
    proxy.cut_next(1);
    let said = typed(&["insert", "c", r#"{"n":1}"#]).refused(1, "outcome_unknown");
    assert!(said.contains("--idempotency-key"), "{said}");
    proxy.cut_next(1);
    let first = typed(&["insert", "c", r#"{"n":1}"#, "--idempotency-key", "k"]).ok();
    assert_eq!((proxy.cut(), count(&folder)), (2, 2));
    // Where that is cut too, it says so, and the same command can be typed again.
    proxy.cut_next(2);
    typed(&["insert", "c", r#"{"n":1}"#, "--idempotency-key", "k"]).refused(1, "outcome_unknown");
    assert_eq!(typed(&["insert", "c", r#"{"n":1}"#, "--idempotency-key", "k"]).ok(), first);
    assert_eq!(count(&folder), 2);
    server.stop();
}

#[test]
fn every_change_of_the_command_takes_a_key() {
    let folder = Folder::new();
    let twice = |words: &[&str], key: &str| {
        let words: Vec<&str> = words.iter().chain(&["--idempotency-key", key]).copied().collect();
        // Each command opens the folder anew.
        let first = folder.quire(&words).ok();
        assert_eq!(folder.quire(&words).ok(), first, "{words:?}");
    };
    twice(&["insert", "c", r#"{"n":1}"#], "a");
    twice(&["replace", "c", "x", r#"{"n":1}"#], "b");
    twice(&["patch", "c", "x", r#"{"m":1}"#, "--if-rev", "2"], "c");
    twice(&["delete", "c", "x"], "d");
    assert_eq!(folder.quire(&["stats"]).json()["seq"], 4);
    let insert = |key: &str, json: &str| folder.quire(&["insert", "c", json, "--idempotency-key", key]);
    let said = insert("a", r#"{"n":2}"#).refused(1, "idempotency_mismatch");
    assert!(said.contains("hint: "), "{said}");
    insert("a b", "{}").refused(1, "invalid_request");
    let several = folder.command(&["insert", "c", "--idempotency-key", "e"]).input("{\"n\":1}\n{\"n\":2}\n");
    several.answer().refused(2, "invalid_request");
    let one =
        || folder.command(&["insert", "c", "--idempotency-key", "e"]).input("{\"n\":1}\n").answer().ok();
    assert_eq!(one(), one());
    assert_eq!(count(&folder), 2);
    // Nothing of it shows anywhere.
    assert_eq!(folder.quire(&["collection", "list"]).ok(), "{\"name\":\"c\"}\n");
    folder.quire(&["export", "_idempotency", "out.ndjson"]).refused(1, "collection_not_found");
    folder.quire(&["sql", "SELECT * FROM _idempotency"]).refused(1, "collection_not_found");
    assert!(!folder.quire(&["stats"]).ok().contains("idempotency"));
}

#[test]
fn keys_are_remembered_as_the_settings_say() {
    let folder = Folder::new();
    let insert = |key: &str, setting: (&str, &str)| {
        let typed = folder.command(&["insert", "c", "{}", "--idempotency-key", key]);
        typed.env(setting.0, setting.1).answer()
    };
    let month = ("QUIRE_IDEMPOTENCY_LIFETIME_MS", "2592000000");
    let first = insert("k", month).ok();
    assert_eq!(insert("k", month).ok(), first);
    // From one command to the next it takes more than a millisecond, and one may do to sweep.
    assert_ne!(insert("k", ("QUIRE_IDEMPOTENCY_LIFETIME_MS", "1")).ok(), first);
    assert_eq!(count(&folder), 2);
    for bad in ["0", "2592000001"] {
        insert("k", ("QUIRE_IDEMPOTENCY_LIFETIME_MS", bad)).refused(2, "invalid_request");
    }
    let limit = |limit| ("QUIRE_IDEMPOTENCY_RECORDS_MAX", limit);
    // The last command has swept the key that it wrote itself: nothing is remembered.
    insert("l", limit("1")).ok();
    insert("m", limit("1")).refused(1, "quota_exceeded");
    insert("m", limit("2")).ok();
    insert("l", limit("1")).ok();
    for bad in ["0", "100000001"] {
        insert("n", limit(bad)).refused(2, "invalid_request");
    }
    assert_eq!(count(&folder), 4);
}

#[test]
fn a_read_waits_as_long_as_the_settings_say() {
    let folder = Folder::new();
    folder.quire(&["insert", "c", "{}"]).ok();
    let ask = |setting: &str| {
        folder.file("s.toml", format!("min_seq_timeout_ms = {setting}\n"));
        let server =
            Server::start_with(folder.command(&["serve", "--listen", "127.0.0.1:0", "--config", "s.toml"]));
        let (status, _, body) =
            try_http(&server.url, "GET", "/v1/databases/main", "quire-min-seq: 2\r\n", "").unwrap();
        server.stop();
        assert_eq!(status, 504);
        body
    };
    assert!(ask("1").contains("within 1 ms"));
    assert!(ask("50").contains("within 50 ms"));
    for bad in ["0", "600001"] {
        folder.file("s.toml", format!("min_seq_timeout_ms = {bad}\n"));
        folder.quire(&["stats", "--config", "s.toml"]).refused(2, "invalid_request");
    }
}

/// Asks until there is an answer, from whichever server runs at the time.
fn insist(address: &dyn Fn() -> String, key: &str, body: &str) -> (u16, String) {
    loop {
        let answer = keyed(&address(), "POST", DOCUMENTS, key, body);
        if let Some((status, _, body)) = answer {
            return (status, body);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn r15_what_is_insisted_on_is_done_once_over_kill_9() {
    let folder = Folder::new();
    let url = std::sync::Mutex::new(String::new());
    let address = || url.lock().unwrap().clone();
    let stop = AtomicBool::new(false);
    let answered = std::thread::scope(|scope| {
        let write = |writer: usize| {
            let mut answered = Vec::new();
            for n in 0.. {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let name = format!("{writer}-{n}");
                let (status, body) = insist(&address, &name, &format!("{{\"name\":\"{name}\"}}"));
                assert_eq!(status, 201, "{body}");
                answered.push((name, body));
            }
            answered
        };
        let mut server = Server::start(&folder);
        url.lock().unwrap().clone_from(&server.url);
        let writers: Vec<_> = (0..6).map(|writer| scope.spawn(move || write(writer))).collect();
        for round in 0..12 {
            std::thread::sleep(Duration::from_millis(30 + round * 17 % 60));
            server.signal("KILL");
            server.wait();
            server = Server::start(&folder);
            url.lock().unwrap().clone_from(&server.url);
        }
        stop.store(true, Ordering::SeqCst);
        let answered: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        // What was answered is answered in the same way by a server that knows of it only from the disk.
        server.signal("KILL");
        server.wait();
        let server = Server::start(&folder);
        for (name, body) in &answered {
            let again = keyed(&server.url, "POST", DOCUMENTS, name, &format!("{{\"name\":\"{name}\"}}"));
            assert_eq!(again.unwrap(), (201, true, body.clone()));
        }
        server.stop();
        answered
    });
    assert!(answered.len() > 100, "only {} requests were answered: this proves nothing", answered.len());
    let stored = folder.quire(&["find", "c", "--fields", "name"]).ok();
    let stored: Vec<String> = stored
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].as_str().unwrap().to_owned()
        })
        .collect();
    let names: HashSet<&String> = stored.iter().collect();
    assert_eq!(names.len(), stored.len(), "a request was done twice");
    assert!(answered.iter().all(|(name, _)| names.contains(name)) && names.len() == answered.len());
}

#[test]
fn a_bulk_is_sent_again_over_kill_9_until_it_is_done_once() {
    let folder = Folder::new();
    let body: String = (0..6_000).map(|n| format!("{{\"n\":{n}}}\n")).collect();
    let bulk = "/v1/databases/main/collections/c/bulk";
    let (mut tries, mut begun_before) = (0, 0);
    loop {
        tries += 1;
        assert!(tries < 200);
        let server = Server::start(&folder);
        let killing = {
            let id = server.id();
            let life = Duration::from_millis(3 * tries);
            std::thread::spawn(move || {
                std::thread::sleep(life);
                // One that has ended already needs no signal.
                std::process::Command::new("kill").args(["-9", &id.to_string()]).output().unwrap();
            })
        };
        let answer = keyed(&server.url, "POST", bulk, "k", &body);
        begun_before += usize::from(answer.as_ref().is_some_and(|(_, replayed, _)| *replayed));
        killing.join().unwrap();
        drop(server);
        if let Some((200, _, results)) = answer {
            // A chunked body that is whole has its last chunk.
            assert!(results.ends_with("\r\n0\r\n\r\n"));
            assert_eq!(results.matches("\"status\":201").count(), 6_000);
            break;
        }
    }
    assert!(tries > 1 && begun_before == 1, "it was done at once: this proves nothing");
    assert_eq!(count(&folder), 6_000);
    let distinct = "SELECT count(DISTINCT n) AS n FROM c";
    assert_eq!(folder.quire(&["sql", distinct]).json()["n"], 6_000);
}
