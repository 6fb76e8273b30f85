//! `quickstart`: the tour is real, and it is taken once.

use std::net::TcpListener;

use crate::run::{Folder, Server, http};

#[test]
fn the_tour_shows_real_answers_and_stops() {
    let folder = Folder::new();
    let answer = folder.quire(&["quickstart", "--no-serve"]).exits(0);
    let out = answer.out();
    for shown in [
        "$ export QUIRE_DATA=",
        "$ quire insert notes ",
        "$ quire find features '{\"debut.year\"",
        "$ quire sql 'SELECT area, count(*)",
        "JOIN browsers b",
        "$ quire patch notes first ",
        "│ javascript ┆ 1402",
        "│ Blink  ┆ 196",
        "\"text\": \"took the tour\"",
    ] {
        assert!(out.contains(shown), "{shown} is missing in:\n{out}");
    }
    assert!(answer.err().contains("imported 4687 documents into features"), "{}", answer.err());
    assert_eq!(folder.quire(&["count", "browsers"]).ok(), "{\"count\":17}\n");
    // A second time nothing is imported and nothing is changed.
    let seq = folder.quire(&["stats"]).json()["seq"].clone();
    let again = folder.quire(&["quickstart", "--no-serve"]).exits(0);
    assert_eq!(again.out(), "");
    assert!(again.err().contains("holds the sample already"), "{}", again.err());
    assert_eq!(folder.quire(&["stats"]).json()["seq"], seq);
}

#[test]
fn an_import_that_was_cut_off_is_completed() {
    let folder = Folder::new();
    folder.quire(&["insert", "features", r#"{"_id":"css.properties.grid"}"#]).ok();
    folder.quire(&["quickstart", "--no-serve"]).ok();
    assert_eq!(folder.quire(&["count", "features"]).ok(), "{\"count\":4687}\n");
}

#[test]
fn data_of_others_is_left_alone() {
    let folder = Folder::new();
    folder.quire(&["insert", "mine", r#"{"_id":"a"}"#]).ok();
    let answer = folder.quire(&["quickstart", "--no-serve"]).exits(0);
    assert!(answer.err().contains("holds other data"), "{}", answer.err());
    assert_eq!(folder.quire(&["collection", "list"]).ok(), "{\"name\":\"mine\"}\n");
}

#[test]
fn it_serves_what_it_imported_and_names_the_next_steps() {
    let folder = Folder::new();
    let server = Server::start_with(folder.command(&["quickstart", "--listen", "127.0.0.1:0"]));
    let path = "/v1/databases/main/collections/features/documents/css.properties.grid";
    let (status, _, body) = http(&server.url, "GET", path, "");
    assert_eq!(status, 200, "{body}");
    server.signal("TERM");
    let (code, said) = server.wait();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("curl http://127.0.0.1:") && said.contains("quire --data "), "{said}");
}

#[test]
fn the_folder_has_a_name_of_its_own_and_a_taken_port_is_exchanged() {
    // Whoever holds the default port, the test or somebody else: it is taken.
    let taken = TcpListener::bind("127.0.0.1:7878");
    let folder = Folder::new();
    let mut quiet = folder.command(&["quickstart"]);
    quiet = quiet.without("QUIRE_DATA");
    let server = Server::start_with(quiet);
    assert!(server.said.contains("127.0.0.1:7878 is taken"), "{}", server.said);
    assert!(folder.path().join("quire-quickstart/databases").is_dir());
    assert!(!server.url.ends_with(":7878"));
    server.stop();
    drop(taken);
}

#[test]
fn it_works_on_a_folder_only() {
    let folder = Folder::new();
    folder.quire(&["quickstart", "--no-serve", "--url", "http://127.0.0.1:1"]).refused(2, "invalid_request");
}

#[test]
fn trap_01_the_sample_set_answers_the_same_after_a_kill() {
    let folder = Folder::new();
    let questions: [&[&str]; 4] = [
        &["count", "features"],
        &["get", "features", "css.properties.grid"],
        &[
            "find",
            "features",
            r#"{"area":"css","status.deprecated":true}"#,
            "--sort",
            "-browser_count",
            "--limit",
            "5",
        ],
        &["sql", "SELECT area, count(*) AS n FROM features GROUP BY area ORDER BY n DESC"],
    ];
    let ask = || questions.map(|question| folder.quire(question).ok());
    let server = Server::start_with(folder.command(&["quickstart", "--listen", "127.0.0.1:0"]));
    folder.quire(&["insert", "notes", r#"{"_id":"kept","n":1}"#]).ok();
    let before = ask();
    assert_eq!(before[0], "{\"count\":4687}\n");
    server.signal("KILL");
    server.wait();
    assert_eq!(ask(), before, "the command opens the folder itself");
    let server = Server::start(&folder);
    assert_eq!(ask(), before, "served again");
    assert!(folder.quire(&["get", "notes", "kept"]).ok().starts_with("{\"_id\":\"kept\",\"n\":1,"));
    server.stop();
}
