//! Streams in and out under pressure: what is held is bounded, by counting.
//!
//! The connections are streams inside the process, so that what lies between client and server is known to the byte.

use crate::faulty::Faulty;
use crate::running::{C, Running, start_on};
use quire_server::{Config, Limits, Server};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::time::timeout;

/// Bytes that lie between client and server, each way.
const BETWEEN_BYTES: usize = 16 << 10;

/// What hyper may hold of what it reads, and of what it writes.
const HYPER_BYTES: usize = 512 << 10;

fn faulty(limits: Limits) -> (Arc<Faulty>, Running) {
    let store = Arc::new(Faulty::default());
    let config = Config { limits, ..Config::default() };
    (store.clone(), start_on(store, quire_query::Limits::default(), config, None))
}

fn connect(server: &Running) -> DuplexStream {
    let (near, far) = tokio::io::duplex(BETWEEN_BYTES);
    let inside = Server::new(server.state.clone());
    server.runtime().spawn(async move { inside.serve_connection(far).await });
    near
}

fn wait_until(what: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Writes until nothing is taken for a while, or everything was; gives the number of bytes that were taken.
async fn write_while_taken(near: &mut DuplexStream, bytes: &[u8]) -> usize {
    let mut taken = 0;
    while taken < bytes.len() {
        match timeout(Duration::from_millis(500), near.write(&bytes[taken..])).await {
            Ok(written) => taken += written.unwrap(),
            Err(_) => break,
        }
    }
    taken
}

#[test]
fn a_client_that_reads_no_results_is_not_read_from() {
    let limits = Limits { bulk_answer_bytes_max: 4 << 10, ..Limits::default() };
    let (store, server) = faulty(limits);
    let mut near = connect(&server);
    // Sixty-four megabytes in one chunk, of which a small part is taken.
    let lines = 16_000_000;
    let head = format!(
        "POST {C}/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
        lines * 4
    );
    let body = b"{ }\n".repeat(lines);
    server.runtime().block_on(async {
        near.write_all(head.as_bytes()).await.unwrap();
        let taken = write_while_taken(&mut near, &body).await;
        let documents = server.runtime().spawn_blocking({
            let path = C.to_owned();
            let address = server.address;
            move || documents(address, &path)
        });
        let documents = documents.await.unwrap();
        // A result is longer than its line, so what is held of results bounds what was done.
        let results_max = (4 << 10) + HYPER_BYTES + BETWEEN_BYTES;
        let group = 2 * Limits::default().bulk_group_lines_max;
        assert!(documents <= results_max / 60 + group, "{documents} documents");
        assert!(taken <= 4 * documents + 2 * HYPER_BYTES, "{taken} bytes of {}", body.len());
        // Whoever reads goes on: the rest of the body is taken while its results are read.
        let (reader, mut writer) = tokio::io::split(near);
        let reading = tokio::spawn(async move {
            let (mut lines, mut reader) = (0, BufReader::new(reader).lines());
            while lines < 30_000 {
                let line = reader.next_line().await.unwrap().unwrap();
                lines += usize::from(line.contains("\"status\":201"));
            }
        });
        let writing = tokio::spawn(async move {
            // It ends when the reader leaves.
            writer.write_all(&body[taken..]).await.ok();
        });
        reading.await.unwrap();
        writing.abort();
    });
    assert!(store.largest.load(Ordering::SeqCst) <= Limits::default().bulk_group_lines_max);
}

fn documents(address: std::net::SocketAddr, path: &str) -> usize {
    let stream = std::net::TcpStream::connect(address).unwrap();
    let answer = crate::http::Connection::new(stream).send("GET", path, &[], "").ok(200);
    usize::try_from(answer.json()["documents"].as_u64().unwrap()).unwrap()
}

#[test]
fn a_bulk_commits_in_groups_of_bounded_size() {
    let limits = Limits { bulk_group_lines_max: 50, bulk_group_bytes_max: 10_000, ..Limits::default() };
    let (store, server) = faulty(limits);
    let small = "{}\n".repeat(5_000);
    assert_eq!(server.post(&format!("{C}/bulk"), small).ok(200).lines().len(), 5_000);
    assert_eq!(store.largest.load(Ordering::SeqCst), 50);
    let large = format!("{{\"a\":\"{}\"}}\n", "x".repeat(3_000)).repeat(500);
    store.largest_bytes.store(0, Ordering::SeqCst);
    assert_eq!(server.post(&format!("{C}/bulk"), large).ok(200).lines().len(), 500);
    // The group ends with the line that fills it.
    let bytes = store.largest_bytes.load(Ordering::SeqCst);
    assert!(bytes < 10_000 + 3_100 + 5 * 150, "{bytes}");
}

#[test]
fn a_line_that_never_ends_is_an_error_of_its_own() {
    let query_limits = quire_query::Limits { document_bytes_max: 10_000, ..quire_query::Limits::default() };
    let store = Arc::new(Faulty::default());
    let server = start_on(store, query_limits, Config::default(), None);
    let mut body = b"{\"_id\":\"a\"}\n{\"x\":\"".to_vec();
    body.extend(std::iter::repeat_n(b'x', 60 << 20));
    body.extend_from_slice(b"\"}\n{\"_id\":\"b\"}\n");
    let lines = server.post(&format!("{C}/bulk"), body).ok(200).lines();
    let codes: Vec<_> = lines.iter().map(|line| (line["line"].as_u64(), line["code"].as_str())).collect();
    assert_eq!(codes, [(Some(1), None), (Some(2), Some("too_large")), (Some(3), None)]);
}

#[test]
fn a_connection_that_is_cut_leaves_whole_lines() {
    let (store, server) = faulty(Limits::default());
    let holders = Arc::strong_count(&store);
    for cut in [b"{\"_id\":\"half".as_slice(), b"{\"_id\":\"half\"}", b"{\"_id\":\"half\",\"a\":1"] {
        let mut near = connect(&server);
        server.runtime().block_on(async {
            let head = format!("POST {C}/bulk HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
            near.write_all(head.as_bytes()).await.unwrap();
            near.write_all(b"{\"replace\":{\"_id\":\"a\"}}\n{\"replace\":{\"_id\":\"b\"}}\n").await.unwrap();
            let mut answer = Vec::new();
            while answer.windows(8).filter(|part| part == b"\"status\"").count() < 2 {
                near.read_buf(&mut answer).await.unwrap();
            }
            near.write_all(cut).await.unwrap();
            drop(near);
        });
        // The server is through with it when its bulk has let the store go.
        wait_until(|| Arc::strong_count(&store) == holders);
        assert_eq!(server.post(&format!("{C}/find"), "{}").json()["documents"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn a_stream_is_made_as_it_is_read() {
    let (store, server) = faulty(Limits::default());
    let document_bytes = 10_000;
    let body = format!("{{\"a\":\"{}\"}}\n", "x".repeat(document_bytes)).repeat(3_000);
    server.post(&format!("{C}/bulk"), body).ok(200);
    let mut near = connect(&server);
    store.scanned.store(0, Ordering::SeqCst);
    server.runtime().block_on(async {
        let head = format!("GET {C}/documents HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\n\r\n");
        near.write_all(head.as_bytes()).await.unwrap();
        let mut read = 0;
        // At every moment no more was scanned than was read and what lies between; a scan goes in batches.
        let between = BETWEEN_BYTES + HYPER_BYTES + 4 * (64 << 10);
        let batch = 1_024;
        while read < 20 << 20 {
            let mut buffer = vec![0; 64 << 10];
            read += near.read(&mut buffer).await.unwrap();
            let scanned = store.scanned.load(Ordering::SeqCst);
            assert!(scanned <= (read + between) / document_bytes + batch, "{scanned} of {read} bytes");
        }
        assert_eq!(store.snapshots.load(Ordering::SeqCst), 1);
        drop(near);
    });
    // Whoever leaves holds nothing.
    wait_until(|| store.snapshots.load(Ordering::SeqCst) == 0);
}

#[test]
fn the_snapshot_of_a_reader_that_stands_still_ends() {
    let limits = Limits { write_stall_timeout: Duration::from_millis(200), ..Limits::default() };
    let (store, server) = faulty(limits);
    let body = format!("{{\"a\":\"{}\"}}\n", "x".repeat(10_000)).repeat(1_000);
    server.post(&format!("{C}/bulk"), body).ok(200);
    let mut near = connect(&server);
    let head = format!("GET {C}/documents HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\n\r\n");
    server.runtime().block_on(near.write_all(head.as_bytes())).unwrap();
    wait_until(|| store.snapshots.load(Ordering::SeqCst) == 1);
    wait_until(|| store.snapshots.load(Ordering::SeqCst) == 0);
    drop(near);
}

#[test]
fn a_slow_reader_hears_the_reason_before_it_is_cut() {
    let (_, server) = faulty(Limits::default());
    let body = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1_000)).repeat(5_000);
    server.post("/v1/databases/main/collections/broken/bulk", body).ok(200);
    let mut near = connect(&server);
    let answer = server.runtime().block_on(async {
        let head = "GET /v1/databases/main/collections/broken/documents HTTP/1.1\r\nHost: x\r\n\
                    Accept: application/x-ndjson\r\n\r\n";
        near.write_all(head.as_bytes()).await.unwrap();
        // The stream is at its error long before this reader comes to the end.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut answer = Vec::new();
        while near.read_buf(&mut answer).await.unwrap() > 0 {}
        answer
    });
    let answer = String::from_utf8(answer).unwrap();
    let last = answer.trim_end().lines().last().unwrap();
    assert!(last.starts_with("{\"error\":{") && last.contains("\"corrupt\""), "{last}");
    assert!(!answer.ends_with("0\r\n\r\n"), "the body ended as if all were well");
}
