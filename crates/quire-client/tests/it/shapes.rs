//! What goes out and what comes back.

use quire_client::wire::{BatchOperation, BatchVerb, BulkLine};
use quire_client::{ClientError, Find, parameter};

use crate::scripted::{Step, client, json};

fn problem(status: u16, code: &str) -> String {
    let body = format!(
        r#"{{"type":"urn:quiredb:error:{code}","title":"t","status":{status},"detail":"why","code":"{code}",
        "retryable":false,"errors":[{{"pointer":"/a","code":"{code}","detail":"d"}}]}}"#
    );
    json(status, &body)
}

#[tokio::test]
async fn documents_keep_every_digit() {
    let text = r#"{"_id":"x","n":1.500,"big":123456789012345678901234567890,"_rev":3}"#;
    let (client, asked) = client(vec![Step::Say(json(200, text))]).await;
    let got = client.database("main").collection("c").get("a/b ü").await.unwrap();
    assert_eq!(got.get(), text);
    let asked = asked.lock().unwrap();
    assert!(
        asked[0][0].starts_with("GET /v1/databases/main/collections/c/documents/a%2Fb%20%C3%BC HTTP/1.1\r\n")
    );
    assert!(asked[0][0].contains("host: localhost\r\n"), "{}", asked[0][0]);
}

#[tokio::test]
async fn expectations_travel_as_if_match() {
    let written = json(200, r#"{"_id":"x","_rev":9}"#);
    let gone = "HTTP/1.1 204 X\r\nquire-seq: 10\r\n\r\n".to_owned();
    let (client, asked) = client(vec![Step::Say(written.clone()), Step::Say(written), Step::Say(gone)]).await;
    let collection = client.database("main").collection("c");
    assert_eq!(collection.replace("x", "{}", Some(7)).await.unwrap().rev, 9);
    collection.patch("x", "{}", None).await.unwrap();
    assert_eq!(collection.delete("x", Some(9)).await.unwrap(), 10);
    let asked = asked.lock().unwrap();
    assert!(asked[0][0].contains("if-match: \"7\"\r\n"), "{}", asked[0][0]);
    assert!(asked[0][1].contains("content-type: application/merge-patch+json\r\n"), "{}", asked[0][1]);
    assert!(!asked[0][1].contains("if-match"), "{}", asked[0][1]);
    assert!(asked[0][2].contains("if-match: \"9\"\r\n"), "{}", asked[0][2]);
}

#[tokio::test]
async fn a_problem_keeps_its_code_and_parts() {
    let (client, _) = client(vec![Step::Say(problem(404, "document_not_found"))]).await;
    let error = client.database("main").collection("c").get("x").await.unwrap_err();
    let ClientError::Problem(problem) = error else { panic!("{error}") };
    assert_eq!((problem.status, problem.code.as_str()), (404, "document_not_found"));
    assert_eq!(problem.errors[0].pointer, "/a");
}

#[tokio::test]
async fn an_answer_of_something_else_is_named() {
    let (client, _) = client(vec![Step::Say(json(502, "<html>gateway</html>"))]).await;
    let error = client.database("main").collection("c").get("x").await.unwrap_err();
    assert!(error.to_string().contains("<html>gateway"), "{error}");
}

#[tokio::test]
async fn a_stream_ends_with_the_problem_that_the_server_names() {
    let body = "{\"_id\":\"a\"}\n{\"error\":{\"type\":\"urn:quiredb:error:timeout\",\"title\":\"t\",\"status\":504,\
                \"detail\":\"late\",\"code\":\"timeout\",\"retryable\":true,\"errors\":[]}}\n";
    let (client, _) = client(vec![Step::Say(json(200, body))]).await;
    let mut lines = client.database("main").collection("c").find_stream(&Find::default()).await.unwrap();
    assert!(lines.next().await.unwrap().is_some());
    assert_eq!(lines.next().await.unwrap_err().code(), "timeout");
}

#[tokio::test]
async fn bulk_answers_line_by_line() {
    let body = "{\"line\":1,\"status\":201,\"_id\":\"x\",\"_rev\":7}\n{\"line\":2,\"status\":409,\
                \"code\":\"document_exists\",\"detail\":\"taken\",\"retryable\":false}\n";
    let (client, asked) = client(vec![Step::Say(json(200, body))]).await;
    let raw = |text: &str| {
        quire_client::wire::Raw::from(serde_json::value::RawValue::from_string(text.into()).unwrap())
    };
    let lines = [BulkLine::Insert(raw(r#"{"n":1.0}"#)), BulkLine::Replace(raw(r#"{"_id":"y"}"#))];
    let mut results = client.database("main").collection("c").bulk_lines(&lines).await.unwrap();
    assert!(results.next().await.unwrap().unwrap().succeeded());
    assert_eq!(results.next().await.unwrap().unwrap().code.as_deref(), Some("document_exists"));
    assert!(results.next().await.unwrap().is_none());
    assert!(
        asked.lock().unwrap()[0][0].ends_with("{\"insert\":{\"n\":1.0}}\n{\"replace\":{\"_id\":\"y\"}}\n")
    );
}

#[tokio::test]
async fn find_and_sql_send_what_was_typed() {
    let (client, asked) = client(vec![
        Step::Say(json(200, r#"{"documents":[{"_id":"a","_rev":1}],"cursor":"k"}"#)),
        Step::Say(json(200, r#"{"columns":[{"name":"n","type":"int64"}],"rows":[[1.0]]}"#)),
        Step::Say(json(200, r#"{"seq":9,"results":[{"_id":"x","_rev":9}]}"#)),
    ])
    .await;
    let main = client.database("main");
    let find = Find {
        filter: Some(r#"{"a": 1.0}"#.to_owned()),
        sort: Some("a,-b".to_owned()),
        fields: Some("a, b.c".to_owned()),
        limit: Some(1),
        cursor: Some("j".to_owned()),
    };
    let page = main.collection("c").find(&find).await.unwrap();
    assert_eq!((page.documents.len(), page.cursor.as_deref()), (1, Some("k")));
    let answer = main.sql("SELECT $1", vec![parameter("1.0").unwrap()]).await.unwrap();
    assert_eq!(answer.rows[0].get(), "[1.0]");
    let operation = BatchOperation {
        op: BatchVerb::Delete,
        collection: "c".to_owned(),
        id: Some("x".to_owned()),
        document: None,
        patch: None,
        if_rev: Some(3),
    };
    assert_eq!(main.batch(vec![operation]).await.unwrap().seq, 9);
    let asked = asked.lock().unwrap();
    let body = |at: usize| asked[0][at].split("\r\n\r\n").nth(1).unwrap().to_owned();
    assert_eq!(body(0), r#"{"filter":{"a": 1.0},"sort":"a,-b","fields":["a","b.c"],"limit":1,"cursor":"j"}"#);
    assert_eq!(body(1), r#"{"sql":"SELECT $1","params":[1.0]}"#);
    assert_eq!(body(2), r#"{"operations":[{"op":"delete","collection":"c","id":"x","if_rev":3}]}"#);
}
