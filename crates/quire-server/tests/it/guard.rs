//! `Host` and `Origin`.

use crate::running::{C, Folder, connect_unix, start, start_on};
use quire_server::{Config, Server};
use quire_testkit::ModelStore;
use std::sync::Arc;

#[test]
fn over_tcp_the_host_must_be_ours() {
    let config = Config { hosts_allowed: vec!["db.example".to_owned()], ..Config::default() };
    let server = start_on(Arc::new(ModelStore::new()), quire_query::Limits::default(), config, None);
    for host in ["localhost", "127.0.0.1:7878", "[::1]:7878", "10.0.0.1", "db.example", "DB.example:80"] {
        server.send("GET", "/v1/stats", &[("host", host)], "").ok(200);
    }
    for host in
        ["evil.example", "evil.example:7878", "localhost.evil.example", "sub.db.example", "0x7f.1.evil"]
    {
        server.send("GET", "/v1/stats", &[("host", host)], "").refused("forbidden");
        server.send("PUT", C, &[("host", host)], "").refused("forbidden");
    }
    server.send("GET", "/nothing", &[("host", "evil.example")], "").refused("forbidden");
    server
        .send("GET", "/v1/stats", &[("host", "localhost"), ("host", "localhost")], "")
        .refused("invalid_request");
    server.send("GET", "/v1/stats", &[("host", "")], "").refused("invalid_request");
    server.send("GET", "http://evil.example/v1/stats", &[], "").refused("forbidden");
}

#[test]
fn a_request_without_a_host_is_refused() {
    let server = start();
    let mut connection = server.connect();
    connection.write(b"GET /v1/stats HTTP/1.1\r\n\r\n");
    connection.read_answer("GET").refused("invalid_request");
}

#[test]
fn pages_of_other_origins_are_refused() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    let host = format!("127.0.0.1:{}", server.address.port());
    let own = format!("http://{host}");
    let path = format!("{C}/documents/x");
    server.send("GET", &path, &[("host", &host), ("origin", &own)], "").ok(200);
    for origin in
        ["http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "https://localhost", "x"]
    {
        for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
            server.send(method, &path, &[("host", &host), ("origin", origin)], "{}").refused("forbidden");
        }
    }
    assert_eq!(server.get(&path).seq(), 1);
}

#[test]
fn private_connections_need_no_host_of_ours() {
    let folder = Folder::new();
    let socket = folder.0.join("quire.sock");
    let server = start_on(
        Arc::new(ModelStore::new()),
        quire_query::Limits::default(),
        Config::default(),
        Some(&socket),
    );
    let headers = [("host", "whatever.example"), ("origin", "http://other.example")];
    connect_unix(&socket).send("GET", "/v1/stats", &headers, "").ok(200);

    let (near, far) = tokio::io::duplex(64 << 10);
    let inside = Server::new(server.state.clone());
    server.runtime().spawn(async move { inside.serve_connection(far).await });
    let answer = server.runtime().block_on(async {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut near = near;
        let request = b"GET /health/live HTTP/1.1\r\nHost: whatever.example\r\nConnection: close\r\n\r\n";
        near.write_all(request).await.unwrap();
        let mut answer = String::new();
        near.read_to_string(&mut answer).await.unwrap();
        answer
    });
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_header_that_asks_for_more_than_there_is_is_refused() {
    let server = start();
    for header in ["Quire-Transaction", "Quire-Min-Seq", "If-None-Match"] {
        server.send("PUT", &format!("{C}/documents/x"), &[(header, "1")], "{}").refused("invalid_request");
    }
    server.get(&format!("{C}/documents/x")).refused("collection_not_found");
}

#[test]
fn an_empty_id_is_named() {
    let server = start();
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        server.send(method, &format!("{C}/documents/"), &[], "{}").refused("invalid_id");
    }
}
