//! SQL over HTTP; what SQL means is tested where it is done.

use crate::running::start;
use serde_json::json;

const SQL: &str = "/v1/databases/main/sql";
const LINES: [(&str, &str); 1] = [("accept", "application/x-ndjson")];

#[test]
fn rows_come_as_one_body() {
    let server = start();
    server.insert(r#"{"_id":"x","n":1}"#);
    server.insert(r#"{"_id":"y","n":2}"#);
    let answer = server.post(SQL, r#"{"sql":"SELECT _id, n FROM c ORDER BY n DESC"}"#).ok(200);
    assert_eq!(answer.json()["rows"], json!([["y", 2], ["x", 1]]));
    assert_eq!(answer.json()["columns"][0], json!({"name":"_id","type":"string"}));
    assert_eq!(answer.seq(), 2);
    let answer = server.post(SQL, r#"{"sql":"SELECT n FROM c WHERE n > 5"}"#).ok(200);
    assert_eq!(answer.json()["rows"], json!([]));
    assert_eq!(answer.json()["columns"].as_array().unwrap().len(), 1);
}

#[test]
fn rows_come_as_lines() {
    let server = start();
    server.insert(r#"{"_id":"x","n":1}"#);
    let answer = server.send("POST", SQL, &LINES, r#"{"sql":"SELECT n, _id FROM c"}"#).ok(200);
    assert_eq!((answer.lines(), answer.seq()), (vec![json!({"n":1,"_id":"x"})], 1));
    let answer = server.send("POST", SQL, &LINES, r#"{"sql":"SELECT n FROM c WHERE n > 5"}"#).ok(200);
    assert!(answer.lines().is_empty());
}

#[test]
fn parameters_are_scalars() {
    let server = start();
    server.insert(r#"{"_id":"x","n":1}"#);
    let body = r#"{"sql":"SELECT _id FROM c WHERE n = $1 AND _id = $2","params":[1,"x"]}"#;
    assert_eq!(server.post(SQL, body).ok(200).json()["rows"], json!([["x"]]));
    let answer = server.post(SQL, r#"{"sql":"SELECT $1","params":[1,[2]]}"#).refused("invalid_sql");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/params/1");
    server.post(SQL, r#"{"sql":"SELECT $1","params":{"a":1}}"#).refused("invalid_request");
}

#[test]
fn mistakes_are_answers_in_both_forms() {
    let server = start();
    for headers in [&[][..], &LINES[..]] {
        let send = |body: &str| server.send("POST", SQL, headers, body);
        send(r#"{"sql":"SELEC 1"}"#).refused("invalid_sql");
        send(r#"{"sql":"SELECT * FROM none"}"#).refused("collection_not_found");
        send(r#"{"sql":"DROP TABLE c"}"#).refused("invalid_sql");
        send(r#"{}"#).refused("invalid_request");
        send(r#"{"sql":"SELECT 1","parameters":[]}"#).refused("invalid_request");
        send(r#"{"sql":7}"#).refused("invalid_request");
        send("").refused("invalid_json");
    }
    server.post("/v1/databases/none/sql", r#"{"sql":"SELECT 1"}"#).refused("database_not_found");
}
