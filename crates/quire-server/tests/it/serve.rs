//! Sockets and stopping.

use crate::faulty::Faulty;
use crate::running::{C, Folder, Running, connect_unix, start, start_on};
use quire_server::{Config, Limits, Listener};
use quire_testkit::ModelStore;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

fn on_socket(path: &Path) -> Running {
    start_on(Arc::new(ModelStore::new()), quire_query::Limits::default(), Config::default(), Some(path))
}

fn bind(path: &Path) -> std::io::Result<Listener> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Listener::unix(path))
}

#[test]
fn a_unix_socket_is_its_owners_alone_and_goes_away() {
    let folder = Folder::new();
    let path = folder.0.join("quire.sock");
    let mut server = on_socket(&path);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1);
    connect_unix(&path).send("POST", &format!("{C}/documents"), &[], r#"{"_id":"x"}"#).ok(201);
    server.get(&format!("{C}/documents/x")).ok(200);
    server.stopped();
    assert!(!path.exists());
}

#[test]
fn a_dead_socket_is_replaced_and_a_living_one_is_not() {
    let folder = Folder::new();
    let path = folder.0.join("quire.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let server = on_socket(&path);
    connect_unix(&path).send("GET", "/health/live", &[], "").ok(200);
    assert_eq!(bind(&path).err().unwrap().kind(), ErrorKind::AddrInUse);
    connect_unix(&path).send("GET", "/health/live", &[], "").ok(200);
    drop(server);
}

#[test]
fn what_is_no_socket_is_left_alone() {
    let folder = Folder::new();
    let path = folder.0.join("quire.sock");
    std::fs::write(&path, "mine").unwrap();
    assert_eq!(bind(&path).err().unwrap().kind(), ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    assert!(bind(&folder.0.join("no/such/folder/s")).is_err());
}

#[test]
fn a_path_that_is_too_long_is_said_to_be() {
    let folder = Folder::new();
    let named = |bytes: usize| folder.0.join("x".repeat(bytes - folder.0.as_os_str().len() - 1));
    assert!(bind(&named(107)).is_ok());
    let error = bind(&named(108)).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("107 bytes"), "{error}");
}

#[test]
fn a_file_that_took_the_sockets_place_is_not_removed() {
    let folder = Folder::new();
    let path = folder.0.join("quire.sock");
    let mut server = on_socket(&path);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "another").unwrap();
    server.stopped();
    assert!(path.exists());
}

#[test]
fn requests_that_run_are_finished_before_the_end() {
    let store = Arc::new(Faulty::default());
    let mut server = start_on(store.clone(), quire_query::Limits::default(), Config::default(), None);
    let mut idle = server.connect();
    idle.send("GET", "/health/live", &[], "").ok(200);
    let mut busy = server.connect();
    let insert = "POST /v1/databases/main/collections/waits/documents HTTP/1.1\r\nHost: localhost\r\n";
    busy.write(format!("{insert}Content-Length: 2\r\n\r\n{{}}").as_bytes());
    while store.waiting.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    server.tell_to_stop();
    assert!(idle.is_closed());
    store.release();
    busy.read_answer("POST").ok(201);
    assert!(busy.is_closed());
    assert_eq!(server.stopped().cut, 0);
    assert!(std::net::TcpStream::connect(server.address).is_err());
    assert!(server.state.is_stopping());
}

#[test]
fn requests_that_take_too_long_are_cut_at_the_end() {
    let store = Arc::new(Faulty::default());
    let limits = Limits { stop_timeout: Duration::from_millis(200), ..Limits::default() };
    let config = Config { limits, ..Config::default() };
    let mut server = start_on(store.clone(), quire_query::Limits::default(), config, None);
    let mut busy = server.connect();
    let insert = "POST /v1/databases/main/collections/waits/documents HTTP/1.1\r\nHost: localhost\r\n";
    busy.write(format!("{insert}Content-Length: 2\r\n\r\n{{}}").as_bytes());
    while store.waiting.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(server.stopped().cut, 1);
    assert!(busy.is_closed());
    store.release();
}

#[test]
fn requests_may_follow_each_other_without_waiting() {
    let server = start();
    let mut connection = server.connect();
    let one = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    connection.write(one.repeat(3).as_bytes());
    for _ in 0..3 {
        connection.read_answer("GET").ok(200);
    }
}
