//! Find and count.

use crate::running::{C, Running, start};
use quire_wire::path;
use serde_json::{Value, json};

fn filled() -> Running {
    let server = start();
    for n in 0..5 {
        server.insert(&format!(r#"{{"_id":"d{n}","n":{n},"even":{},"in":{{"a":{n},"b":0}}}}"#, n % 2 == 0));
    }
    server
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["documents"].as_array().unwrap().iter().map(|d| d["_id"].as_str().unwrap()).collect()
}

#[test]
fn find_filters_sorts_and_projects() {
    let server = filled();
    let find = |body: &str| server.post(&format!("{C}/find"), body).ok(200);
    assert_eq!(ids(&find("{}").json()), ["d0", "d1", "d2", "d3", "d4"]);
    assert_eq!(ids(&find("").json()), ["d0", "d1", "d2", "d3", "d4"]);
    assert_eq!(find("{}").json()["cursor"], Value::Null);
    assert_eq!(find("{}").seq(), 5);
    for sort in [r#""even,-n""#, r#"["even","-n"]"#, r#"{"even":1,"n":-1}"#] {
        let answer = find(&format!(r#"{{"filter":{{"n":{{"$gte":1}}}},"sort":{sort},"limit":10}}"#));
        assert_eq!(ids(&answer.json()), ["d3", "d1", "d4", "d2"], "{sort}");
    }
    for fields in [r#""in.a""#, r#"["in.a"]"#] {
        let answer = find(&format!(r#"{{"filter":{{"_id":"d3"}},"fields":{fields}}}"#));
        assert_eq!(answer.text(), r#"{"documents":[{"_id":"d3","in":{"a":3},"_rev":4}],"cursor":null}"#);
    }
}

#[test]
fn documents_are_listed_by_a_query_string() {
    let server = filled();
    let list = |pairs: &[(&str, &str)]| server.get(&path::with_query(&format!("{C}/documents"), pairs));
    let answer =
        list(&[("filter", r#"{"even":true}"#), ("sort", "-n"), ("fields", "n"), ("limit", "2")]).ok(200);
    assert_eq!(answer.json()["documents"], json!([{"_id":"d4","n":4,"_rev":5},{"_id":"d2","n":2,"_rev":3}]));
    assert_eq!(ids(&list(&[]).ok(200).json()).len(), 5);
    list(&[("filtre", "{}")]).refused("invalid_request");
    list(&[("limit", "1"), ("limit", "2")]).refused("invalid_request");
    list(&[("limit", "-1")]).refused("invalid_request");
    list(&[("limit", "0")]).refused("invalid_request");
    list(&[("filter", "{")]).refused("invalid_filter");
    list(&[("filter", r#"{"a":1,"a":2}"#)]).refused("invalid_filter");
    list(&[("cursor", "x")]).refused("invalid_cursor");
    server.get(&format!("{C}/documents?filter=%zz")).refused("invalid_request");
    server.get(&format!("{C}/documents?filter=%ff")).refused("invalid_request");
}

#[test]
fn pages_follow_each_other_to_the_end() {
    let server = filled();
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let body = json!({ "sort": "-n", "limit": 2, "cursor": cursor }).to_string();
        let page = server.post(&format!("{C}/find"), body).ok(200).json();
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen, ["d4", "d3", "d2", "d1", "d0"]);
    server.post(&format!("{C}/find"), r#"{"cursor":"bm9uc2Vuc2U"}"#).refused("invalid_cursor");
}

#[test]
fn count_counts() {
    let server = filled();
    let answer = server.post(&format!("{C}/count"), r#"{"filter":{"even":true}}"#).ok(200);
    assert_eq!((answer.text(), answer.seq()), (r#"{"count":3}"#, 5));
    assert_eq!(server.post(&format!("{C}/count"), "").ok(200).text(), r#"{"count":5}"#);
    server.post(&format!("{C}/count"), r#"{"filter":{},"limit":1}"#).refused("invalid_request");
    server.post("/v1/databases/main/collections/none/count", "{}").refused("collection_not_found");
    server.post("/v1/databases/none/collections/c/count", "{}").refused("database_not_found");
}

#[test]
fn a_mistake_in_a_query_is_named_with_its_place() {
    let server = filled();
    let cases = [
        (r#"{"filter":{"n":{"$foo":1}}}"#, "invalid_filter", "/filter/n/$foo"),
        (r#"{"filter":[]}"#, "invalid_filter", "/filter"),
        (r#"{"filter":{"a":1,"a":2}}"#, "invalid_filter", "/filter/a"),
        (r#"{"sort":{"n":2}}"#, "invalid_request", "/sort/n"),
        (r#"{"sort":7}"#, "invalid_request", "/sort"),
        (r#"{"fields":["n",7]}"#, "invalid_request", "/fields/1"),
        (r#"{"limit":"ten"}"#, "invalid_request", "/limit"),
        (r#"{"limit":0}"#, "invalid_request", "/limit"),
        (r#"{"limit":10001}"#, "invalid_request", "/limit"),
        (r#"{"limit":1,"limit":2}"#, "invalid_request", "/limit"),
        (r#"{"limits":1}"#, "invalid_request", "/limits"),
        ("[]", "invalid_request", ""),
        (r#"{"limit":1,}"#, "invalid_json", ""),
    ];
    for (body, code, pointer) in cases {
        let answer = server.post(&format!("{C}/find"), body).refused(code);
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{body}: {}", answer.text());
    }
}
