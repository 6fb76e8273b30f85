//! Wrong usage, and data that cannot be reached.

use crate::run::{Folder, Server};

#[test]
fn wrong_usage_is_exit_2_and_teaches() {
    let folder = Folder::new();
    for words in [
        &["nothing"][..],
        &[],
        &["find"],
        &["get", "c"],
        &["find", "c", "--limit", "many"],
        &["find", "c", "--no-such-flag"],
        &["collection"],
        &["collection", "rename", "a"],
        &["inspect"],
        &["inspect", "wal"],
        &["inspect", "block", "f"],
        &["check", "--repair"],
        &["import", "c", "f", "--on-error", "ignore"],
        &["find", "c", "--output", "xml"],
        &["patch", "c", "a", "{}", "--if-rev", "x"],
    ] {
        let answer = folder.quire(words).exits(2);
        assert_eq!(answer.out(), "", "{words:?}");
        assert!(
            answer.err().contains("--help") || answer.err().contains("Usage"),
            "{words:?}: {}",
            answer.err()
        );
    }
    for words in [
        &["count", "c", "--url", "https://x"][..],
        &["count", "c", "--url", "localhost:7878"],
        &["import", "c", "no-such-file"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--listen", "0.0.0.0:0"],
        &["stats", "--log", "=="],
        &["check", "--url", "http://127.0.0.1:1"],
    ] {
        folder.quire(words).refused(2, "invalid_request");
    }
    assert!(!folder.data().exists(), "wrong usage leaves nothing behind");
}

#[test]
fn a_question_makes_no_folder() {
    let folder = Folder::new();
    for words in [
        &["count", "c"][..],
        &["find", "c"],
        &["get", "c", "a"],
        &["patch", "c", "a", "{}"],
        &["delete", "c", "a"],
        &["sql", "SELECT 1"],
        &["export", "c"],
        &["stats"],
        &["checkpoint"],
        &["check"],
        &["collection", "list"],
        &["collection", "drop", "c"],
        &["db", "list"],
        &["db", "drop", "x"],
    ] {
        let said = folder.quire(words).refused(4, "unavailable");
        assert!(said.contains("hint: "), "{said}");
    }
    assert!(!folder.data().exists());
    folder.quire(&["collection", "create", "c"]).ok();
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":0}\n");
}

#[test]
fn nobody_at_the_address_is_exit_4() {
    let folder = Folder::new();
    for url in ["http://127.0.0.1:1", "unix:no.sock"] {
        let said = folder.quire(&["count", "c", "--url", url]).refused(4, "unavailable");
        assert!(said.contains(url) && said.contains("hint: "), "{said}");
    }
}

#[test]
fn a_folder_held_by_somebody_who_does_not_answer_is_locked() {
    let folder = Folder::new();
    folder.quire(&["insert", "c", "{}"]).ok();
    let elsewhere = Folder::new();
    // The server's socket is taken away, so that only its lock is left.
    let server = Server::start(&folder);
    std::fs::rename(folder.data().join("quire.sock"), elsewhere.path().join("s")).unwrap();
    folder.quire(&["count", "c"]).refused(4, "locked");
    std::fs::rename(elsewhere.path().join("s"), folder.data().join("quire.sock")).unwrap();
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":1}\n");
    server.stop();
}

#[test]
fn commands_beside_each_other_wait_their_turn() {
    let folder = Folder::new();
    folder.quire(&["collection", "create", "c"]).ok();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| folder.quire(&["insert", "c", "{}"]).ok());
        }
    });
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":4}\n");
}
