//! The server as a process: where it listens, what it says, how it stops.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::run::{Folder, Server, http, insert_head};

#[test]
fn it_says_where_it_is_and_stops_on_either_signal() {
    for signal in ["TERM", "INT"] {
        let folder = Folder::new();
        let server = Server::start(&folder);
        assert!(server.url.starts_with("http://127.0.0.1:") && !server.url.ends_with(":0"), "{}", server.url);
        let socket = folder.data().join("quire.sock");
        assert!(
            server.said.contains(&format!("quire: ready on unix:{}", socket.display())),
            "{}",
            server.said
        );
        assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
        let (status, head, body) = http(&server.url, "GET", "/health/ready", "");
        assert_eq!((status, body.contains("\"ok\"")), (200, true), "{head}\n{body}");
        folder.quire(&["insert", "c", r#"{"_id":"a"}"#]).ok();
        server.signal(signal);
        let (code, said) = server.wait();
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("quire: stopped"), "{said}");
        assert!(!socket.exists());
        // What was written is there, and the next server finds its place free.
        assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":1}\n");
        Server::start(&folder).stop();
    }
}

#[test]
fn a_second_server_of_a_folder_is_locked() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let said = folder.quire(&["serve", "--listen", "127.0.0.1:0"]).refused(4, "locked");
    assert!(said.contains("hint: "), "{said}");
    folder.quire(&["serve", "--listen", "none"]).refused(4, "locked");
    // The first one is none the worse.
    folder.quire(&["insert", "c", "{}"]).ok();
    server.stop();
}

#[test]
fn a_port_that_is_taken_is_exit_4() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let other = Folder::new();
    let address = server.url.strip_prefix("http://").unwrap();
    let said = other.quire(&["serve", "--listen", address]).refused(4, "unavailable");
    assert!(said.contains(address), "{said}");
    assert!(!other.data().exists());
    server.stop();
}

#[test]
fn others_are_let_in_only_on_request() {
    let folder = Folder::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let said = folder.quire(&["serve", "--listen", address]).refused(2, "invalid_request");
        assert!(said.contains("--insecure-no-auth"), "{said}");
    }
    let typed = folder.command(&["serve", "--listen", "0.0.0.0:0", "--insecure-no-auth"]);
    let server = Server::start_with(typed);
    let (_, port) = server.url.rsplit_once(':').unwrap();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    write!(stream, "GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut health = String::new();
    stream.read_to_string(&mut health).unwrap();
    assert!(health.contains(r#""warnings":["insecure-no-auth"]"#), "{health}");
    server.stop();
}

#[test]
fn a_killed_server_leaves_nothing_in_the_way() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    folder.quire(&["insert", "c", r#"{"_id":"a"}"#]).ok();
    server.signal("KILL");
    server.wait();
    assert!(folder.data().join("quire.sock").exists());
    // Without a server the command opens the folder itself, and the next server takes the socket's place.
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":1}\n");
    let server = Server::start(&folder);
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":1}\n");
    server.stop();
}

#[test]
fn a_second_signal_does_not_wait() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    folder.quire(&["collection", "create", "c"]).ok();
    // A request whose body never comes holds a graceful stop up.
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{}{{", insert_head(address, 9)).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(500));
    server.signal("TERM");
    let (code, said) = server.wait();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("stopped at once"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(10));
    drop(stream);
}

#[test]
fn a_request_under_way_is_answered_before_the_end() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    let body = r#"{"_id":"late"}"#;
    stream.write_all(insert_head(&address, body.len()).as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let (code, said) = server.wait();
    assert_eq!(code, Some(0), "{said}");
    folder.quire(&["get", "c", "late"]).ok();
}

#[test]
fn logs_are_json_where_nobody_looks() {
    let folder = Folder::new();
    let typed = folder.command(&["serve", "--listen", "none", "--log", "debug"]);
    let server = Server::start_with(typed);
    let line = server.said.lines().find(|line| line.starts_with('{')).unwrap().to_owned();
    let event: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(event["level"].is_string() && event["timestamp"].is_string(), "{event}");
    server.stop();
    // Other commands say nothing of that kind.
    assert_eq!(
        folder.quire(&["count", "c"]).exits(1).err().lines().filter(|line| line.starts_with('{')).count(),
        0
    );
}
