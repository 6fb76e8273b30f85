//! What is shown of documents.

use crate::support::{fill, find, session, session_on};
use quire_model::Document;
use quire_query::{Find, Limits};
use quire_testkit::{ModelStore, documents};
use std::sync::Arc;

fn shown(text: &str, fields: &str) -> String {
    let session = session();
    session.insert("c", text.as_bytes()).unwrap();
    session.find(&find("c", "", "", fields)).unwrap().value.documents.remove(0)
}

#[test]
fn fields_keep_their_shape_their_order_and_their_text() {
    let text = r#"{"z":1.10,"_id":"x","a":{"b":1E400,"c":{"d":[1.0],"e":2}},"y":null,"s":"\u0061"}"#;
    for (fields, expected) in [
        ("", r#"{"z":1.10,"_id":"x","a":{"b":1E400,"c":{"d":[1.0],"e":2}},"y":null,"s":"\u0061","_rev":1}"#),
        ("y,z", r#"{"z":1.10,"_id":"x","y":null,"_rev":1}"#),
        ("s", r#"{"_id":"x","s":"\u0061","_rev":1}"#),
        ("_id", r#"{"_id":"x","_rev":1}"#),
        ("_rev", r#"{"_id":"x","_rev":1}"#),
        ("none", r#"{"_id":"x","_rev":1}"#),
        ("a.c.d", r#"{"_id":"x","a":{"c":{"d":[1.0]}},"_rev":1}"#),
        ("a.c.e,a.b", r#"{"_id":"x","a":{"b":1E400,"c":{"e":2}},"_rev":1}"#),
        ("a,a.b", r#"{"_id":"x","a":{"b":1E400,"c":{"d":[1.0],"e":2}},"_rev":1}"#),
        ("a.b,a", r#"{"_id":"x","a":{"b":1E400,"c":{"d":[1.0],"e":2}},"_rev":1}"#),
        ("a.none", r#"{"_id":"x","a":{},"_rev":1}"#),
        ("z.b", r#"{"_id":"x","_rev":1}"#),
        ("_id.x", r#"{"_id":"x","_rev":1}"#),
    ] {
        assert_eq!(shown(text, fields), expected, "{fields}");
    }
}

#[test]
fn fields_reach_through_arrays() {
    let text =
        r#"{"_id":"x","items":[{"sku":"a","n":1},{"n":2},3,[{"sku":"b","n":4}],{"n":5,"sku":{"k":[6]}}]}"#;
    for (fields, expected) in [
        ("items.sku", r#"{"_id":"x","items":[{"sku":"a"},{},[{"sku":"b"}],{"sku":{"k":[6]}}],"_rev":1}"#),
        ("items.sku.k", r#"{"_id":"x","items":[{},{},[{}],{"sku":{"k":[6]}}],"_rev":1}"#),
        ("items.2", r#"{"_id":"x","items":[{},{},3,[{}],{}],"_rev":1}"#),
        ("items.0.n", r#"{"_id":"x","items":[{"n":1},{},[{"n":4}],{}],"_rev":1}"#),
    ] {
        assert_eq!(shown(text, fields), expected, "{fields}");
    }
    assert_eq!(shown(r#"{"_id":"x","t":[1,"a"]}"#, "t.a"), r#"{"_id":"x","t":[],"_rev":1}"#);
}

#[test]
fn keys_are_compared_and_not_their_spelling() {
    assert_eq!(shown(r#"{"_id":"x","\u0061":1,"a b":2}"#, "a"), r#"{"_id":"x","\u0061":1,"_rev":1}"#);
    assert_eq!(shown(r#"{"_id":"x","größe":1}"#, "größe"), r#"{"_id":"x","größe":1,"_rev":1}"#);
}

#[test]
fn whatever_is_shown_is_a_document() {
    let all = documents(5, 300);
    let store = Arc::new(ModelStore::new());
    fill(&*store, "c", &all);
    let session = session_on(store, Limits::default());
    for fields in ["a", "a.b,c", "tags.0,items.a", "items.items.items", "größe,日本.n", "group"] {
        let query = find("c", "", "", fields);
        let shown: Vec<String> = session.stream(&query).unwrap().value.map(Result::unwrap).collect();
        assert_eq!(shown.len(), all.len());
        for (text, document) in shown.iter().zip(&all) {
            let read = quire_model::Input::parse(
                &mut quire_model::json::Scanner::new(quire_model::json::Limits::default()),
                text.as_bytes(),
            )
            .unwrap();
            assert_eq!(read.id.as_ref(), Some(document.id()), "{text}");
            assert!(read.rev.is_some(), "{text}");
            let whole = Document::parse(document.text().as_bytes()).unwrap();
            let kept = |key: &str| whole.json().get(key).map(|v| v.text());
            if fields == "group" {
                let again = quire_model::json::Json::new(text);
                assert_eq!(again.get("group").map(|v| v.text()), kept("group"));
            }
        }
    }
}

#[test]
fn lists_of_fields_are_read_in_both_ways() {
    let list = Find::parse_fields_list("a, b.c").unwrap();
    assert_eq!(list, Find::parse_fields_json(r#"["a","b.c"]"#).unwrap());
    assert_eq!(list, Find::parse_fields_json(r#""a,b.c""#).unwrap());
    assert!(Find::parse_fields_list(" ").unwrap().is_empty());
    assert!(Find::parse_fields_json("[]").unwrap().is_empty());
    for (bad, pointer) in [("{}", ""), ("[1]", "/0"), (r#"["a","b..c"]"#, "/1"), ("1", ""), (r#""a,,b""#, "")]
    {
        let error = Find::parse_fields_json(bad).unwrap_err();
        assert_eq!(error.code(), quire_model::Code::InvalidRequest, "{bad}");
        assert_eq!(crate::support::pointers(&error), [pointer], "{bad}");
    }
    for bad in [",", "a,,b", "a.", "["] {
        assert_eq!(Find::parse_fields_list(bad).is_err(), bad != "[", "{bad}");
        assert!(Find::parse_fields_json(bad).is_err(), "{bad}");
    }
}
