//! One document: insert, get, replace, patch, delete.

use crate::run::Folder;

#[test]
fn every_digit_comes_back() {
    let folder = Folder::new();
    let text = r#"{"_id":"x","z":1.0,"a":1E400,"big":123456789012345678901234567890.10,"s":"\u00e9 \"q\""}"#;
    folder.quire(&["insert", "c", text]).ok();
    let got = folder.quire(&["get", "c", "x"]).ok();
    assert_eq!(got, format!("{},\"_rev\":1}}\n", &text[..text.len() - 1]));
}

#[test]
fn an_id_is_made_where_none_is_given() {
    let folder = Folder::new();
    let written = folder.quire(&["insert", "c", "{\"a\":1}"]).json();
    let id = written["_id"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    assert!(folder.quire(&["get", "c", id]).ok().starts_with(&format!("{{\"_id\":\"{id}\",\"a\":1")));
}

#[test]
fn standard_input_gives_one_document_or_several() {
    let folder = Folder::new();
    let insert = |words: &[&str], input: &str| folder.command(words).input(input).answer();
    assert_eq!(insert(&["insert", "c"], "{\n \"_id\": \"a\"\n}\n").ok(), "{\"_id\":\"a\",\"_rev\":1}\n");
    let two = insert(&["insert", "c", "-"], "{\"_id\":\"b\"}\n\n{\"_id\":\"c\"}\n").ok();
    assert_eq!(two, "{\"_id\":\"b\",\"_rev\":2}\n{\"_id\":\"c\",\"_rev\":2}\n");
    insert(&["replace", "c", "a", "-"], "{\"n\":2}").ok();
    insert(&["patch", "c", "a"], "{\"m\":3}").ok();
    assert_eq!(folder.quire(&["get", "c", "a"]).ok(), "{\"_id\":\"a\",\"n\":2,\"m\":3,\"_rev\":4}\n");
    let nothing = insert(&["insert", "c"], " \n").exits(2).err();
    assert!(nothing.contains("standard input is empty"), "{nothing}");
}

#[test]
fn the_first_bad_line_stops_an_insert_of_several() {
    let folder = Folder::new();
    let input = "{\"_id\":\"a\"}\n{\"_id\":\"b\"}\n\n{\"_id\":\"a\"}\n{\"_id\":\"d\"}\n";
    let answer = folder.command(&["insert", "c"]).input(input).answer().exits(1);
    assert_eq!(answer.out(), "{\"_id\":\"a\",\"_rev\":1}\n{\"_id\":\"b\",\"_rev\":1}\n");
    assert!(answer.err().starts_with("error: stdin:4: "), "{}", answer.err());
    assert!(answer.err().contains("[document_exists]"));
    let answer = folder.command(&["insert", "c"]).input("{\"_id\":\"e\"}\n{\"_id\":\n{}\n").answer().exits(1);
    assert!(
        answer.err().contains("stdin:2: ") && answer.err().contains("[invalid_json]"),
        "{}",
        answer.err()
    );
    assert_eq!(folder.quire(&["count", "c"]).ok(), "{\"count\":3}\n");
}

#[test]
fn refusals_have_their_code_and_exit_1() {
    let folder = Folder::new();
    folder.quire(&["insert", "c", r#"{"_id":"a"}"#]).ok();
    let refused = |words: &[&str], code: &str| folder.quire(words).refused(1, code);
    refused(&["insert", "c", r#"{"_id":"a"}"#], "document_exists");
    refused(&["insert", "c", "{"], "invalid_json");
    refused(&["insert", "c", "[]"], "invalid_document");
    refused(&["insert", "c", r#"{"_id":7}"#], "invalid_id");
    refused(&["insert", "c d", "{}"], "invalid_name");
    refused(&["get", "c", "b"], "document_not_found");
    refused(&["get", "d", "a"], "collection_not_found");
    refused(&["get", "c", "a", "--db", "other"], "database_not_found");
    refused(&["replace", "c", "a", "{}", "--if-rev", "7"], "revision_mismatch");
    refused(&["patch", "c", "a", "{}", "--if-rev", "7"], "revision_mismatch");
    refused(&["patch", "c", "b", "{}"], "document_not_found");
    refused(&["patch", "c", "a", "[]"], "invalid_patch");
    refused(&["delete", "c", "a", "--if-rev", "7"], "revision_mismatch");
    refused(&["delete", "c", "b"], "document_not_found");
    let said = refused(&["get", "d", "a"], "collection_not_found");
    assert!(said.contains("\nhint: "), "{said}");
}

#[test]
fn an_id_may_be_any_text() {
    let folder = Folder::new();
    for id in ["a/b", "50%", "ü €", "..", " ", "-dash", "a\"b\\c"] {
        folder.quire(&["replace", "c", "--", id, "{}"]).ok();
        folder.quire(&["patch", "c", "--", id, "{\"n\":1}"]).ok();
        assert_eq!(folder.quire(&["get", "c", "--", id]).json()["_id"], id);
        folder.quire(&["delete", "c", "--", id]).ok();
        folder.quire(&["get", "c", "--", id]).refused(1, "document_not_found");
    }
}
