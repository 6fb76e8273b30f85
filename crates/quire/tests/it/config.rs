//! Settings: which source wins, what is fatal, and that every key takes effect.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::run::{Folder, Server, http, insert_head};

/// Some documents, enough for limits to bite.
fn filled(documents: usize) -> Folder {
    let folder = Folder::new();
    let text = "x".repeat(200);
    let lines: String =
        (0..documents).map(|n| format!("{{\"_id\":\"{n:06}\",\"n\":{n},\"t\":\"{text}\"}}\n")).collect();
    folder.file("c.ndjson", lines);
    folder.quire(&["import", "c", "c.ndjson", "-q"]).ok();
    folder
}

#[test]
fn flags_beat_the_environment_which_beats_the_file_which_beats_the_default() {
    let folder = Folder::new();
    for db in ["file", "env", "flag"] {
        folder.quire(&["db", "create", db]).ok();
    }
    for db in ["main", "file", "env", "flag"] {
        folder.quire(&["insert", "c", &format!("{{\"_id\":\"{db}\"}}"), "--db", db]).ok();
    }
    let id = |words: &[&str], env: Option<&str>| {
        let typed: Vec<&str> = ["find", "c"].iter().chain(words).copied().collect();
        let mut command = folder.command(&typed);
        if let Some(env) = env {
            command = command.env("QUIRE_DB", env);
        }
        command.answer().json()["_id"].as_str().unwrap().to_owned()
    };
    folder.file("s.toml", "db = \"file\"\n");
    assert_eq!(id(&[], None), "main");
    assert_eq!(id(&["--config", "s.toml"], None), "file");
    assert_eq!(id(&["--config", "s.toml"], Some("env")), "env");
    assert_eq!(id(&["--config", "s.toml", "--db", "flag"], Some("env")), "flag");
    // The file in the data folder counts where none is named.
    std::fs::write(folder.data().join("quire.toml"), "db = \"env\"\n").unwrap();
    assert_eq!(id(&[], None), "env");
    assert_eq!(id(&["--config", "s.toml"], None), "file");
    let named = folder.command(&["find", "c"]).env("QUIRE_CONFIG", "s.toml").answer().json();
    assert_eq!(named["_id"], "file");
}

#[test]
fn what_does_not_fit_is_fatal_and_says_where() {
    let folder = Folder::new();
    for (text, wanted) in [
        ("lisen = \"none\"\n", "s.toml:1:1: there is no setting `lisen`; did you mean `listen`?"),
        ("db = \"main\"\npage_size_max = \"10\"\n", "s.toml:2:17: `page_size_max` is a whole number"),
        ("page_size_max = 0\n", "s.toml:1:17: `page_size_max` is a whole number from 1"),
        ("listen = \"here\"\n", "s.toml:1:10: "),
        ("db = \n", "s.toml:1:"),
        ("db = \"a\"\ndb = \"b\"\n", "s.toml:2:1: "),
        ("log_format = \"xml\"\n", "s.toml:1:14: `log_format` is text or json"),
        ("[limits]\n", "s.toml:1:2: there is no setting `limits`"),
    ] {
        folder.file("s.toml", text);
        let said =
            folder.quire(&["collection", "create", "c", "--config", "s.toml"]).refused(2, "invalid_request");
        assert!(said.contains(wanted), "{wanted} is not in {said}");
    }
    folder.quire(&["stats", "--config", "missing.toml"]).refused(2, "invalid_request");
    let said =
        folder.command(&["stats"]).env("QUIRE_PAGE_SIZE_MAX", "ten").answer().refused(2, "invalid_request");
    assert!(said.contains("QUIRE_PAGE_SIZE_MAX: `page_size_max` is a whole number"), "{said}");
    assert!(!folder.data().exists());
}

#[test]
fn a_variable_that_is_none_of_ours_is_named() {
    let folder = Folder::new();
    let answer =
        folder.command(&["collection", "create", "c"]).env("QUIRE_PAGE_SIZ_MAX", "1").answer().exits(0);
    assert!(answer.err().contains("QUIRE_PAGE_SIZ_MAX") && answer.err().contains("QUIRE_PAGE_SIZE_MAX"));
}

#[test]
fn data_and_socket_and_listen_say_where() {
    let folder = Folder::new();
    folder.file("s.toml", "data = \"elsewhere\"\nsocket = \"named.sock\"\nlisten = \"127.0.0.1:0\"\n");
    let typed = folder.command(&["serve", "--config", "s.toml"]).without("QUIRE_DATA");
    let server = Server::start_with(typed);
    assert!(folder.path().join("elsewhere/databases").is_dir());
    assert!(server.said.contains("unix:named.sock"), "{}", server.said);
    assert_eq!(http(&server.url, "GET", "/health/live", "").0, 200);
    server.stop();
    std::fs::write(folder.path().join("elsewhere/quire.toml"), "data = \"x\"\n").unwrap();
    let said = folder.quire(&["stats", "--data", "elsewhere"]).refused(2, "invalid_request");
    assert!(said.contains("`data` cannot be set"), "{said}");
}

#[test]
fn limits_of_documents_and_pages_take_effect() {
    let folder = filled(20);
    let refused = |key: &str, value: &str, words: &[&str], code: &str| {
        let said = folder.command(words).env(key, value).answer().refused(1, code);
        assert!(!said.contains("warning"), "{said}");
        folder.quire(words).exits(0);
    };
    let long = format!("{{\"t\":\"{}\"}}", "x".repeat(2_000));
    refused("QUIRE_DOCUMENT_BYTES_MAX", "1024", &["insert", "c", &long], "too_large");
    refused("QUIRE_DEPTH_MAX", "2", &["insert", "c", r#"{"a":{"b":{}}}"#], "invalid_document");
    refused("QUIRE_PAGE_SIZE_MAX", "10", &["find", "c", "--limit", "11"], "invalid_request");
    refused("QUIRE_SORT_BYTES_MAX", "1024", &["find", "c", "--sort", "t"], "memory_limit");
    let page =
        folder.command(&["find", "c", "--output", "table"]).env("QUIRE_PAGE_SIZE_DEFAULT", "7").answer();
    assert_eq!(page.ok().lines().filter(|line| line.contains("│ 0000")).count(), 7);
}

#[test]
fn limits_of_queries_take_effect() {
    let folder = filled(20_000);
    let refused = |key: &str, value: &str, words: &[&str], code: &str| {
        folder.command(words).env(key, value).answer().refused(1, code);
    };
    // The time is looked at between batches, so the count has to read all of them.
    refused("QUIRE_QUERY_TIMEOUT_MS", "1", &["count", "c", r#"{"t":{"$exists":true}}"#], "timeout");
    let sql = "SELECT t, n FROM c ORDER BY t, n DESC";
    refused("QUIRE_SQL_MEMORY_BYTES_MAX", "65536", &["sql", sql], "memory_limit");
    assert_eq!(folder.quire(&["sql", sql]).ok().lines().count(), 20_000);
}

/// Serves with these settings.
fn serving(folder: &Folder, settings: &str) -> Server {
    folder.file("s.toml", settings);
    Server::start_with(folder.command(&["serve", "--listen", "127.0.0.1:0", "--config", "s.toml"]))
}

#[test]
fn limits_of_batches_and_answers_take_effect() {
    let folder = filled(20);
    let server =
        serving(&folder, "batch_operations_max = 2\nbatch_bytes_max = 2048\nanswer_bytes_max = 2048\n");
    let operation = r#"{"op":"insert","collection":"d","document":{}}"#;
    let batch = |operations: &[&str]| {
        let body = format!("{{\"operations\":[{}]}}", operations.join(","));
        http(&server.url, "POST", "/v1/databases/main/batch", &body)
    };
    assert_eq!(batch(&[operation; 2]).0, 200);
    let (status, _, body) = batch(&[operation; 3]);
    assert!(status == 413 && body.contains("at most 2 operations"), "{status} {body}");
    let long = format!(r#"{{"op":"insert","collection":"d","document":{{"t":"{}"}}}}"#, "x".repeat(3_000));
    assert_eq!(batch(&[&long]).0, 413);
    let find = "/v1/databases/main/collections/c/find";
    assert_eq!(http(&server.url, "POST", find, "{\"limit\":5}").0, 200);
    assert_eq!(http(&server.url, "POST", find, "{\"limit\":20}").0, 413);
    // An import splits what does not fit into one batch.
    folder.quire(&["import", "e", "c.ndjson"]).ok();
    assert_eq!(folder.quire(&["count", "e"]).ok(), "{\"count\":20}\n");
    server.stop();
}

#[test]
fn limits_of_connections_take_effect() {
    let folder = Folder::new();
    let server =
        serving(&folder, "connections_max = 1\nhosts_allowed = \"db.example\"\nstop_timeout_ms = 300\n");
    let address = server.url.strip_prefix("http://").unwrap();
    let ask = |stream: &mut TcpStream, host: &str| {
        write!(stream, "GET /health/live HTTP/1.1\r\nhost: {host}\r\n\r\n").unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        String::from_utf8(head.to_vec()).unwrap()
    };
    let mut first = TcpStream::connect(address).unwrap();
    assert_eq!(ask(&mut first, "db.example"), "HTTP/1.1 200");
    let mut second = TcpStream::connect(address).unwrap();
    assert_eq!(ask(&mut second, "db.example"), "HTTP/1.1 503");
    drop((first, second));
    std::thread::sleep(Duration::from_millis(200));
    let mut third = TcpStream::connect(address).unwrap();
    assert_eq!(ask(&mut third, "evil.example"), "HTTP/1.1 403");
    // A request whose body never comes does not hold the end up for longer than the limit.
    write!(third, "POST /v1/databases/main/sql HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{{").ok();
    drop(third);
    std::thread::sleep(Duration::from_millis(200));
    let mut last = TcpStream::connect(address).unwrap();
    write!(last, "{}{{", insert_head(address, 9)).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    server.signal("TERM");
    let (code, said) = server.wait();
    assert_eq!(code, Some(0), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(said.contains("1 connections took too long"), "{said}");
}

#[test]
fn logs_have_a_level_and_a_format() {
    let folder = Folder::new();
    folder.file("s.toml", "log = \"info\"\nlog_format = \"text\"\n");
    let said = folder.quire(&["collection", "create", "c", "--config", "s.toml"]).exits(0).err();
    assert!(said.contains("INFO") && !said.contains("{\"timestamp"), "{said}");
    let said = folder.quire(&["collection", "list", "--config", "s.toml", "--log", "warn"]).exits(0).err();
    assert!(!said.contains("INFO"), "{said}");
    let typed =
        folder.command(&["collection", "list"]).env("QUIRE_LOG", "info").env("QUIRE_LOG_FORMAT", "json");
    let said = typed.answer().exits(0).err();
    assert!(said.contains("{\"timestamp"), "{said}");
}

#[test]
fn insecure_no_auth_can_be_set_in_the_file() {
    let folder = Folder::new();
    folder.file("s.toml", "listen = \"0.0.0.0:0\"\n");
    folder.quire(&["serve", "--config", "s.toml"]).refused(2, "invalid_request");
    folder.file("s.toml", "listen = \"0.0.0.0:0\"\ninsecure_no_auth = true\n");
    Server::start_with(folder.command(&["serve", "--config", "s.toml"])).stop();
}
