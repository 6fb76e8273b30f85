//! `find` and `count`.

use crate::run::Folder;

fn numbers(count: usize) -> Folder {
    let folder = Folder::new();
    let lines: String =
        (0..count).map(|n| format!("{{\"_id\":\"{n:04}\",\"n\":{n},\"o\":{{\"k\":{}}}}}\n", n % 3)).collect();
    folder.file("n.ndjson", lines);
    folder.quire(&["import", "n", "n.ndjson", "-q"]).ok();
    folder
}

#[test]
fn all_documents_come_without_a_limit() {
    let folder = numbers(2_500);
    let out = folder.quire(&["find", "n"]).ok();
    assert_eq!(out.lines().count(), 2_500);
    assert!(out.lines().next().unwrap().starts_with("{\"_id\":\"0000\""));
    assert_eq!(folder.quire(&["find", "n", "--limit", "1500"]).ok().lines().count(), 1_500);
    assert_eq!(folder.quire(&["count", "n"]).ok(), "{\"count\":2500}\n");
    assert_eq!(folder.quire(&["count", "n", "--output", "table"]).ok(), "2500\n");
}

#[test]
fn filter_sort_and_fields_are_kept() {
    let folder = numbers(10);
    let out = folder.quire(&["find", "n", r#"{"n":{"$gte":4}}"#, "--sort", "-o.k,n", "--fields", "o.k"]).ok();
    let ids: Vec<&str> = out.lines().map(|line| &line[8..12]).collect();
    assert_eq!(ids, ["0005", "0008", "0004", "0007", "0006", "0009"]);
    assert!(out.starts_with("{\"_id\":\"0005\",\"o\":{\"k\":2},\"_rev\":1}\n"), "{out}");
}

#[test]
fn a_cursor_goes_on_where_a_limit_ended() {
    let folder = numbers(25);
    let mut seen = Vec::new();
    let mut cursor = None::<String>;
    loop {
        let mut words = vec!["find", "n", "--sort", "-n", "--limit", "10"];
        if let Some(cursor) = &cursor {
            words.extend(["--cursor", cursor]);
        }
        let answer = folder.quire(&words).exits(0);
        seen.extend(answer.out().lines().map(|line| line[8..12].parse::<usize>().unwrap()));
        let said = answer.err();
        cursor = said.trim().strip_prefix("there is more: --cursor ").map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).rev().collect::<Vec<_>>());
    // Without a limit a cursor goes on to the end.
    let first = folder.quire(&["find", "n", "--limit", "3"]).exits(0).err();
    let cursor = first.trim().strip_prefix("there is more: --cursor ").unwrap().to_owned();
    assert_eq!(folder.quire(&["find", "n", "--cursor", &cursor]).ok().lines().count(), 22);
    folder.quire(&["find", "n", "--sort", "n", "--cursor", &cursor]).refused(1, "invalid_cursor");
    assert_eq!(folder.quire(&["find", "n", "--limit", "3", "-q"]).exits(0).err(), "");
}

#[test]
fn wrong_queries_are_refused() {
    let folder = numbers(1);
    for (words, code) in [
        (&["find", "n", "{\"$no\":1}"][..], "invalid_filter"),
        (&["find", "n", "{n:1}"], "invalid_filter"),
        (&["count", "n", "{\"a\":{\"$no\":1}}"], "invalid_filter"),
        (&["count", "n", "["], "invalid_filter"),
        (&["find", "n", "--limit", "0"], "invalid_request"),
        (&["find", "n", "--sort", "a,,b"], "invalid_request"),
        (&["find", "n", "--cursor", "x"], "invalid_cursor"),
        (&["find", "m"], "collection_not_found"),
        (&["count", "m"], "collection_not_found"),
    ] {
        folder.quire(words).refused(1, code);
    }
}

#[test]
fn a_table_shows_one_page_and_says_that_there_is_more() {
    let folder = numbers(150);
    let answer = folder.quire(&["find", "n", "--output", "table"]).exits(0);
    assert_eq!(answer.out().lines().filter(|line| line.contains("│ 0")).count(), 100);
    assert!(answer.err().contains("there is more: --cursor "), "{}", answer.err());
}
