//! A data folder that cannot be written to, or is not to be: it is read by every command, and stays as it is.

use std::collections::BTreeMap;
use std::path::Path;

use crate::run::{Folder, Server, Typed, http};

/// A folder with documents in a data file and in the log.
fn filled() -> Folder {
    let folder = Folder::new();
    folder.quire(&["insert", "c", r#"{"_id":"a","n":1}"#]).ok();
    folder.quire(&["checkpoint"]).ok();
    folder.quire(&["insert", "c", r#"{"_id":"b","n":2}"#]).ok();
    folder
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.display().to_string(), std::fs::read(&path).unwrap());
        }
    }
    all
}

/// What every command does on such a folder. `command` types one there; `why` is what a write is answered.
fn commands_read_and_do_not_write(folder: &Folder, why: &str, command: impl Fn(&[&str]) -> Typed) {
    let before = files(&folder.data());
    let run = |words: &[&str]| command(words).answer();
    assert_eq!(run(&["get", "c", "a"]).ok(), "{\"_id\":\"a\",\"n\":1,\"_rev\":1}\n");
    assert_eq!(run(&["find", "c", "--sort", "-n", "--fields", "n"]).ok().lines().count(), 2);
    assert_eq!(run(&["count", "c"]).ok(), "{\"count\":2}\n");
    assert_eq!(run(&["sql", "SELECT sum(n) AS n FROM c"]).ok(), "{\"n\":3}\n");
    assert_eq!(run(&["export", "c"]).ok(), "{\"_id\":\"a\",\"n\":1}\n{\"_id\":\"b\",\"n\":2}\n");
    assert_eq!(run(&["collection", "list"]).ok(), "{\"name\":\"c\"}\n");
    let stats = run(&["stats"]).json();
    assert!(stats["read_only"].as_str().is_some_and(|said| said.contains(why)), "{stats}");
    for words in [
        &["insert", "c", "{}"][..],
        &["patch", "c", "a", "{}"],
        &["delete", "c", "a"],
        &["collection", "create", "d"],
        &["db", "create", "d"],
        &["checkpoint"],
    ] {
        let said = run(words).refused(1, "read_only");
        assert!(said.contains(why), "{words:?}: {said}");
    }
    assert!(files(&folder.data()) == before, "something in the folder was changed");
}

#[test]
fn a_folder_on_a_read_only_file_system_is_read_by_every_command() {
    let folder = filled();
    if folder.command_on_read_only_mount(&["version"]).is_none() {
        return;
    }
    let command = |words: &[&str]| folder.command_on_read_only_mount(words).unwrap();
    commands_read_and_do_not_write(
        &folder,
        "the data folder cannot be written to (Read-only file system",
        command,
    );
    // A target elsewhere is written as ever.
    command(&["export", "c", "out.ndjson"]).answer().ok();
    assert_eq!(std::fs::read_to_string(folder.path().join("out.ndjson")).unwrap().lines().count(), 2);
}

#[test]
fn a_folder_that_is_to_be_read_only_is_read_by_every_command() {
    let folder = filled();
    let command = |words: &[&str]| folder.command(words).env("QUIRE_READ_ONLY", "true");
    commands_read_and_do_not_write(&folder, "the data folder is open for reading only", command);
    // A folder that is not there is not made.
    let absent = folder.path().join("absent");
    let words = ["insert", "c", "{}", "--data", absent.to_str().unwrap()];
    folder.command(&words).env("QUIRE_READ_ONLY", "true").answer().refused(4, "unavailable");
    assert!(!absent.exists());
    // Without the wish it is written to as before.
    folder.quire(&["insert", "c", "{}"]).ok();
}

#[test]
fn a_server_that_is_to_read_is_ready_and_says_that_it_only_reads() {
    let folder = filled();
    folder.file("s.toml", "read_only = true\n");
    let serve = |more: &[&str]| {
        let words: Vec<&str> = ["serve", "--config", "s.toml"].iter().chain(more).copied().collect();
        folder.command(&words)
    };
    let before = files(&folder.data());
    let server = Server::start_with(serve(&["--listen", "127.0.0.1:0"]));
    assert!(
        server.said.contains("so there is no socket in it; --socket PATH makes one elsewhere"),
        "{}",
        server.said
    );
    let (status, _, body) = http(&server.url, "GET", "/health/ready", "");
    assert_eq!(status, 200, "{body}");
    let note = r#""warnings":["main is read-only: the data folder is open for reading only"]"#;
    assert!(body.contains(r#""status":"ok""#) && body.contains(note), "{body}");
    let documents = "/v1/databases/main/collections/c/documents";
    assert_eq!(http(&server.url, "GET", &format!("{documents}/b"), "").0, 200);
    let (status, _, body) = http(&server.url, "POST", documents, "{}");
    assert!(status == 503 && body.contains(r#""code":"read_only""#), "{status} {body}");
    let (_, _, stats) = http(&server.url, "GET", "/v1/stats", "");
    assert!(stats.contains(r#""read_only":"the data folder is open for reading only""#), "{stats}");
    // Readers share the folder, with a socket elsewhere too; who would write does not get in.
    let second = Server::start_with(serve(&["--listen", "none", "--socket", "second.sock"]));
    let socket = format!("unix:{}", folder.path().join("second.sock").display());
    assert_eq!(folder.quire(&["count", "c", "--url", &socket]).ok(), "{\"count\":2}\n");
    assert!(second.said.contains("--url unix:second.sock"), "{}", second.said);
    folder.quire(&["count", "c"]).refused(4, "locked");
    folder.command(&["count", "c"]).env("QUIRE_READ_ONLY", "1").answer().ok();
    second.stop();
    server.stop();
    assert!(files(&folder.data()) == before, "something in the folder was changed");
    let said = serve(&["--listen", "none"]).answer().refused(2, "invalid_request");
    assert!(said.contains("there is nowhere to listen") && said.contains("--socket PATH"), "{said}");
}

#[test]
fn a_server_whose_folder_cannot_be_written_to_reads_and_is_degraded() {
    let folder = filled();
    let Some(typed) = folder.command_on_read_only_mount(&["serve", "--listen", "127.0.0.1:0"]) else {
        return;
    };
    let server = Server::start_with(typed);
    assert!(server.said.contains("so there is no socket in it"), "{}", server.said);
    assert!(server.said.contains(r#""event":"folder_read_only""#), "{}", server.said);
    let (status, _, body) = http(&server.url, "GET", "/health/ready", "");
    assert_eq!(status, 503, "{body}");
    let reason =
        r#""reasons":["main is read-only: the data folder cannot be written to (Read-only file system"#;
    assert!(body.contains(r#""status":"degraded""#) && body.contains(reason), "{body}");
    let (status, _, body) = http(&server.url, "GET", "/v1/databases/main/collections/c/documents/a", "");
    assert_eq!(status, 200, "{body}");
    server.stop();
}

#[test]
fn a_folder_that_is_written_to_is_locked_for_readers_and_writers() {
    let folder = filled();
    let server = Server::start(&folder);
    for typed in [
        folder.command(&["serve", "--listen", "127.0.0.1:0"]),
        folder.command(&["serve", "--listen", "127.0.0.1:0"]).env("QUIRE_READ_ONLY", "true"),
    ] {
        let said = typed.answer().refused(4, "locked");
        assert!(said.contains("another process has") && said.contains("hint: "), "{said}");
    }
    server.stop();
}
