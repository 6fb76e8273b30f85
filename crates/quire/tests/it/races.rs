//! Several clients at once, over the shipped server.

use std::collections::HashSet;

use crate::run::{Folder, Server, try_http};

const X: &str = "/v1/databases/main/collections/c/documents/x";

/// The value of a header of an answer.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn whoever_loses_a_race_is_told_the_revision_that_won() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let (_, head, _) = try_http(&server.url, "PUT", X, "", "{}").unwrap();
    let mut tag = header(&head, "etag").unwrap().to_owned();
    for _ in 0..40 {
        let condition = format!("if-match: {tag}\r\n");
        let answers: Vec<_> = std::thread::scope(|scope| {
            let write = || try_http(&server.url, "PUT", X, &condition, "{}").unwrap();
            let writers: Vec<_> = (0..6).map(|_| scope.spawn(write)).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|(status, _, _)| *status == 200).count(), 1);
        let tags: HashSet<&str> = answers.iter().map(|(_, head, _)| header(head, "etag").unwrap()).collect();
        assert!(tags.len() == 1 && !tags.contains(&*tag), "{tags:?} after {tag}");
        for (status, head, body) in &answers {
            assert!(
                *status == 200 || (*status == 412 && body.contains("revision_mismatch")),
                "{status} {body}"
            );
            let seq: u64 = header(head, "quire-seq").unwrap().parse().unwrap();
            assert!(head.contains(&format!("etag: \"{seq}\"")), "{head}");
        }
        tag = answers[0].1.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    }
    server.stop();
}

#[test]
fn of_several_with_one_key_one_writes_and_all_get_its_answer() {
    let folder = Folder::new();
    let server = Server::start(&folder);
    let documents = "/v1/databases/main/collections/c/documents";
    try_http(&server.url, "PUT", X, "", r#"{"n":0}"#).unwrap();
    let patch = r#"{"operations":[{"op":"insert","collection":"c","document":{}},
        {"op":"patch","collection":"c","id":"x","patch":{"m":1}}]}"#;
    for round in 0..40 {
        for (n, path, body) in [(0, documents, "{}"), (1, "/v1/databases/main/batch", patch)] {
            let key = format!("idempotency-key: {round}-{n}\r\n");
            let answers: Vec<_> = std::thread::scope(|scope| {
                let write = || try_http(&server.url, "POST", path, &key, body).unwrap();
                let writers: Vec<_> = (0..6).map(|_| scope.spawn(write)).collect();
                writers.into_iter().map(|writer| writer.join().unwrap()).collect()
            });
            assert!(
                answers.iter().all(|(status, _, _)| *status == answers[0].0 && *status < 300),
                "{answers:?}"
            );
            let bodies: HashSet<&String> = answers.iter().map(|(_, _, body)| body).collect();
            assert_eq!(bodies.len(), 1, "{bodies:?}");
            let replayed =
                answers.iter().filter(|(_, head, _)| header(head, "idempotency-replayed").is_some());
            assert_eq!(replayed.count(), 5);
        }
    }
    assert_eq!(folder.quire(&["count", "c"]).json()["count"], 81);
    assert_eq!(folder.quire(&["stats"]).json()["seq"], 81);
    server.stop();
}
