//! Every command works on a folder, over its socket, and over an address; the answers are the same.

use crate::run::{Folder, Server};

/// A command, and its answer in a pipe.
const STEPS: &[(&[&str], &str)] = &[
    (&["insert", "people", r#"{"_id":"ada","born":1815,"n":1.500}"#], "{\"_id\":\"ada\",\"_rev\":1}\n"),
    (&["insert", "people", r#"{"_id":"bob","born":1900}"#], "{\"_id\":\"bob\",\"_rev\":2}\n"),
    (&["get", "people", "ada"], "{\"_id\":\"ada\",\"born\":1815,\"n\":1.500,\"_rev\":1}\n"),
    (&["replace", "people", "bob", r#"{"born":1901}"#, "--if-rev", "2"], "{\"_id\":\"bob\",\"_rev\":3}\n"),
    (&["patch", "people", "bob", r#"{"tags":["red"]}"#, "--if-rev", "3"], "{\"_id\":\"bob\",\"_rev\":4}\n"),
    (
        &["find", "people", r#"{"tags":"red"}"#],
        "{\"_id\":\"bob\",\"born\":1901,\"tags\":[\"red\"],\"_rev\":4}\n",
    ),
    (&["count", "people", r#"{"born":{"$lt":1900}}"#], "{\"count\":1}\n"),
    (&["sql", "SELECT _id FROM people WHERE born > $1", "-p", "1900"], "{\"_id\":\"bob\"}\n"),
    (&["import", "things", "things.ndjson"], ""),
    (&["export", "things"], "{\"_id\":\"t1\"}\n{\"_id\":\"t2\"}\n"),
    (&["delete", "people", "bob", "--if-rev", "4"], "{\"_id\":\"bob\",\"_rev\":6}\n"),
    (&["collection", "create", "empty"], ""),
    (&["collection", "list"], "{\"name\":\"empty\"}\n{\"name\":\"people\"}\n{\"name\":\"things\"}\n"),
    (&["collection", "drop", "empty"], ""),
    (&["db", "create", "other"], ""),
    (&["db", "list"], "{\"name\":\"main\"}\n{\"name\":\"other\"}\n"),
    (&["insert", "people", r#"{"_id":"eve"}"#, "--db", "other"], "{\"_id\":\"eve\",\"_rev\":1}\n"),
    (&["db", "drop", "other"], ""),
];

fn walk(folder: &Folder, way: &[&str]) {
    folder.file("things.ndjson", "{\"_id\":\"t1\"}\n{\"_id\":\"t2\"}\n");
    for (words, wanted) in STEPS {
        let typed: Vec<&str> = words.iter().chain(way).copied().collect();
        assert_eq!(folder.quire(&typed).ok(), *wanted, "{typed:?}");
    }
    let typed: Vec<&str> = ["stats", "--output", "json"].iter().chain(way).copied().collect();
    let stats = folder.quire(&typed).json();
    let main = &stats["databases"][0];
    assert_eq!((main["name"].as_str(), main["seq"].as_u64()), (Some("main"), Some(8)), "{stats}");
    assert_eq!(main["collections"][1]["documents"], 2, "{stats}");
    let typed: Vec<&str> = ["checkpoint"].iter().chain(way).copied().collect();
    assert_eq!(folder.quire(&typed).json()["seq"], 8);
}

#[test]
fn over_the_folder() {
    walk(&Folder::new(), &[]);
}

#[test]
fn over_the_socket() {
    let folder = Folder::new();
    let server = Server::start_with(folder.command(&["serve", "--listen", "none"]));
    assert_eq!(server.url, "");
    walk(&folder, &[]);
    server.stop();
}

#[test]
fn over_an_address() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    // The folder that is named has nothing to do with the server.
    walk(&folder, &["--data", "nothing-here", "--url", &server.url]);
    assert!(!folder.path().join("nothing-here").exists());
    server.stop();
}

#[test]
fn over_a_socket_that_is_named() {
    let folder = Folder::new();
    let server = Server::start_with(folder.command(&["serve", "--listen", "none", "--socket", "s.sock"]));
    walk(&folder, &["--data", "nothing-here", "--url", "unix:s.sock"]);
    // The data folder leads to the socket, wherever it is.
    assert_eq!(folder.quire(&["count", "people"]).ok(), "{\"count\":1}\n");
    server.stop();
    assert!(!folder.path().join("s.sock").exists());
    assert!(std::fs::symlink_metadata(folder.data().join("quire.sock")).is_err());
}

#[test]
fn the_variable_names_the_server_too() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    folder.quire(&["insert", "c", r#"{"_id":"a"}"#]).ok();
    let answer =
        folder.command(&["count", "c"]).env("QUIRE_URL", &server.url).env("QUIRE_DATA", "none").answer();
    assert_eq!(answer.ok(), "{\"count\":1}\n");
    server.stop();
}
