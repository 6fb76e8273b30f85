//! The memory budget: queries keep to it, others go on, and the figures tell what is taken.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::run::{Folder, Server, http};

/// The least budget: queries have 6 MiB of it.
const BUDGET: &str = "memory_bytes_max = 16777216\n";
const DOCUMENTS: &str = "/v1/databases/main/collections/c/documents";

/// A server with the least budget over 12 MB of documents.
fn served() -> (Folder, Server) {
    let folder = Folder::new();
    folder.file("s.toml", BUDGET);
    let text = |n: usize| format!("{}{}", n * 7919 % 12_000, "x".repeat(1_000));
    let lines: String =
        (0..12_000).map(|n| format!("{{\"_id\":\"{n:06}\",\"n\":{n},\"t\":\"{}\"}}\n", text(n))).collect();
    folder.file("c.ndjson", lines);
    folder.quire(&["import", "c", "c.ndjson", "--config", "s.toml", "-q"]).ok();
    let typed = folder.command(&["serve", "--listen", "127.0.0.1:0", "--config", "s.toml"]);
    let server = Server::start_with(typed);
    (folder, server)
}

fn stats(server: &Server) -> Value {
    let (status, _, body) = http(&server.url, "GET", "/v1/stats", "");
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

fn query_bytes(server: &Server) -> u64 {
    stats(server)["memory"]["query_bytes"].as_u64().unwrap()
}

/// Waits until queries hold nothing: a thread that was reading for one may take a moment to see that it is over.
fn wait_for_nothing_held(server: &Server) {
    let begun = Instant::now();
    while query_bytes(server) > 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", stats(server));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Requests that need more than queries may have.
const TOO_MUCH: &[(&str, &str)] = &[
    ("/v1/databases/main/sql", r#"{"sql":"SELECT t, n FROM c ORDER BY t, n DESC"}"#),
    ("/v1/databases/main/sql", r#"{"sql":"SELECT n % 10 AS d, array_agg(t) AS all FROM c GROUP BY 1"}"#),
    ("/v1/databases/main/sql", r#"{"sql":"SELECT t, count(*) AS n FROM c GROUP BY t"}"#),
    (
        "/v1/databases/main/sql",
        r#"{"sql":"SELECT a.t FROM c AS a JOIN c AS b ON a.t = b.t WHERE a.n <> b.n"}"#,
    ),
    ("/v1/databases/main/collections/c/find", r#"{"sort":"t","limit":10000}"#),
    ("/v1/databases/main/collections/c/find", r#"{"limit":10000}"#),
];

#[test]
fn queries_beyond_the_budget_are_refused_and_others_go_on() {
    let (folder, server) = served();
    for (path, body) in TOO_MUCH {
        let (status, _, said) = http(&server.url, "POST", path, body);
        assert_eq!(status, 503, "{body}: {}", &said[..said.len().min(300)]);
        let problem: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(
            (&problem["code"], &problem["retryable"]),
            (&"memory_limit".into(), &true.into()),
            "{problem}"
        );
        assert!(problem["detail"].as_str().unwrap().contains("memory_bytes_max"), "{problem}");
        wait_for_nothing_held(&server);
    }
    // What fits is answered, however much is looked at for it.
    let sql = |text: &str| folder.quire(&["sql", text]).json();
    assert_eq!(
        sql("SELECT count(t) AS n, max(n) AS m FROM c"),
        serde_json::json!({"n": 12_000, "m": 11_999})
    );
    assert_eq!(
        folder.quire(&["find", "c", "--sort", "-n", "--limit", "1", "--fields", "n", "-q"]).json()["n"],
        11_999
    );
    assert_eq!(folder.quire(&["export", "c"]).ok().lines().count(), 12_000);
    // Under queries that are refused without end, everybody else is answered.
    let url = server.url.clone();
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for (path, body) in TOO_MUCH.iter().take(3) {
            let (url, over) = (&url, &over);
            scope.spawn(move || {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    assert_eq!(http(url, "POST", path, body).0, 503);
                }
            });
        }
        for n in 0..100 {
            let body = format!("{{\"_id\":\"w{n}\",\"t\":\"{}\"}}", "y".repeat(20_000));
            let (status, _, said) = http(&url, "POST", "/v1/databases/main/collections/d/documents", &body);
            assert_eq!(status, 201, "{n}: {said}");
            assert_eq!(http(&url, "GET", &format!("{DOCUMENTS}/000007"), "").0, 200, "{n}");
        }
        over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    wait_for_nothing_held(&server);
    assert_eq!(folder.quire(&["count", "d"]).ok(), "{\"count\":100}\n");
    server.stop();
}

#[test]
fn a_stream_holds_what_it_sorted_until_it_ends_or_nobody_reads_it() {
    let (_folder, server) = served();
    let address = server.url.strip_prefix("http://").unwrap();
    let body = r#"{"filter":{"n":{"$lt":5000}},"sort":"t"}"#;
    let ask = || {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "POST /v1/databases/main/collections/c/find HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             accept: application/x-ndjson\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut head = [0; 15];
        stream.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 200 OK");
        stream
    };
    let mut stream = ask();
    let held = query_bytes(&server);
    assert!(held > 100_000, "{held}");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.matches("\"_id\"").count(), 5_000);
    wait_for_nothing_held(&server);
    drop(ask());
    wait_for_nothing_held(&server);
    server.stop();
}

#[test]
fn figures_of_memory_and_cache_agree_with_a_known_workload() {
    let folder = Folder::new();
    folder.file("s.toml", "memory_bytes_max = 33554432\n");
    let serve =
        || Server::start_with(folder.command(&["serve", "--listen", "127.0.0.1:0", "--config", "s.toml"]));
    let server = serve();
    for n in 0..50 {
        let body = format!("{{\"_id\":\"{n}\",\"t\":\"{}\"}}", "z".repeat(1_000));
        assert_eq!(http(&server.url, "POST", DOCUMENTS, &body).0, 201);
    }
    let seen = stats(&server);
    let fresh = seen["memory"]["fresh_bytes"].as_u64().unwrap();
    assert!((50_000..100_000).contains(&fresh), "{seen}");
    assert_eq!(seen["databases"][0]["memory_bytes"], fresh, "{seen}");
    assert_eq!(seen["memory"]["bytes_max"], 33_554_432, "{seen}");
    assert_eq!(
        seen["cache"],
        serde_json::json!({"bytes": 0, "bytes_max": 16_777_216, "hits": 0, "misses": 0})
    );
    folder.quire(&["checkpoint"]).ok();
    assert_eq!(stats(&server)["memory"]["fresh_bytes"], 0);
    server.stop();
    let server = serve();
    let figures = || {
        let cache = stats(&server)["cache"].clone();
        let figure = |name: &str| cache[name].as_u64().unwrap();
        (figure("hits"), figure("misses"), figure("bytes"))
    };
    let begun = figures();
    let get = || assert_eq!(http(&server.url, "GET", &format!("{DOCUMENTS}/7"), "").0, 200);
    get();
    let first = figures();
    // The index of that part of the file, and the block that the document is in.
    assert_eq!(first.1 - begun.1, 2, "{begun:?} {first:?}");
    assert!(first.2 > 1_000 && first.2 <= 16_777_216, "{first:?}");
    for n in 1..=3 {
        get();
        assert_eq!(figures(), (first.0 + 2 * n, first.1, first.2));
    }
    // The table shows them to people.
    let table = folder.quire(&["stats", "--output", "table"]).ok();
    for shown in ["memory_bytes_max", "33554432", "cache_hits", "cache_misses", "16777216"] {
        assert!(table.contains(shown), "{shown} is not in {table}");
    }
    server.stop();
}
