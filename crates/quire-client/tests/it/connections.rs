//! One connection is kept, and no change is ever sent twice.

use quire_client::{Client, ClientError, Endpoint};

use crate::scripted::{Step, client, json};

const WRITTEN: &str = r#"{"_id":"x","_rev":9}"#;

#[tokio::test]
async fn requests_share_one_connection() {
    let (client, asked) = client(vec![Step::Say(json(201, WRITTEN)); 3]).await;
    let collection = client.database("main").collection("c");
    for _ in 0..3 {
        collection.insert("{}").await.unwrap();
    }
    let asked = asked.lock().unwrap();
    assert_eq!(asked.iter().map(Vec::len).collect::<Vec<_>>(), [3]);
}

#[tokio::test]
async fn a_stream_that_is_being_read_does_not_block_other_requests() {
    let stream = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"a\":1}\n\r\n".to_owned();
    let (client, asked) = client(vec![Step::Say(stream), Step::Say(json(201, WRITTEN))]).await;
    let collection = client.database("main").collection("c");
    let mut lines = collection.find_stream(&quire_client::Find::default()).await.unwrap();
    assert_eq!(lines.next().await.unwrap().as_deref(), Some("{\"a\":1}"));
    collection.insert("{}").await.unwrap();
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn after_the_server_closed_a_new_connection_is_made() {
    let (client, asked) =
        client(vec![Step::SayAndClose(json(201, WRITTEN)), Step::Say(json(201, WRITTEN))]).await;
    let collection = client.database("main").collection("c");
    collection.insert("{\"n\":1}").await.unwrap();
    // The end of the connection is noticed by its own task.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    collection.insert("{\"n\":2}").await.unwrap();
    assert_eq!(asked.lock().unwrap().iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn a_change_that_was_sent_is_not_sent_again() {
    let (client, asked) = client(vec![Step::Say(json(201, WRITTEN)), Step::SayAndClose(String::new())]).await;
    let collection = client.database("main").collection("c");
    collection.insert("{\"n\":1}").await.unwrap();
    let error = collection.insert("{\"n\":2}").await.unwrap_err();
    assert_eq!(error.code(), "outcome_unknown", "{error}");
    assert_eq!(asked.lock().unwrap().iter().map(Vec::len).sum::<usize>(), 2);
}

#[tokio::test]
async fn a_question_is_asked_again_over_a_new_connection() {
    let (client, asked) = client(vec![
        Step::Say(json(200, r#"{"count":1}"#)),
        Step::SayAndClose(String::new()),
        Step::Say(json(200, r#"{"count":2}"#)),
    ])
    .await;
    let collection = client.database("main").collection("c");
    assert_eq!(collection.count(None).await.unwrap(), 1);
    assert_eq!(collection.count(None).await.unwrap(), 2);
    assert_eq!(asked.lock().unwrap().iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn a_change_whose_answer_is_cut_off_has_an_unknown_outcome() {
    let cut = "HTTP/1.1 201 X\r\ncontent-length: 20\r\n\r\n{\"_id\"".to_owned();
    let (client, _) = client(vec![Step::SayAndClose(cut)]).await;
    let error = client.database("main").collection("c").insert("{}").await.unwrap_err();
    assert_eq!(error.code(), "outcome_unknown", "{error}");
}

#[tokio::test]
async fn a_stream_that_is_cut_off_is_an_error_and_not_an_end() {
    let cut = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{\"a\":1}\n\r\n".to_owned();
    let (client, _) = client(vec![Step::SayAndClose(cut)]).await;
    let collection = client.database("main").collection("c");
    let mut lines = collection.find_stream(&quire_client::Find::default()).await.unwrap();
    assert!(lines.next().await.unwrap().is_some());
    assert_eq!(lines.next().await.unwrap_err().code(), "unavailable");
}

#[tokio::test]
async fn where_nobody_answers_it_is_unavailable() {
    let folder = std::env::temp_dir().join(format!("quire-nobody-{}", std::process::id()));
    for endpoint in [
        Endpoint::Unix(folder.join("quire.sock")),
        // Port 1 is reserved, and nobody listens on it.
        Endpoint::Http { host: "127.0.0.1".to_owned(), port: 1 },
    ] {
        let error = Client::connect(endpoint).await.err().unwrap();
        assert!(matches!(error, ClientError::Unreachable { outcome_unknown: false, .. }), "{error}");
    }
}

#[tokio::test]
async fn a_change_with_a_key_is_sent_again_as_it_was() {
    let (client, asked) = client(vec![
        Step::Say(json(201, WRITTEN)),
        Step::SayAndClose(String::new()),
        Step::Say(json(201, WRITTEN)),
        Step::SayAndClose(String::new()),
        Step::SayAndClose(String::new()),
    ])
    .await;
    let collection = client.database("main").collection("c");
    collection.insert("{\"n\":1}").await.unwrap();
    assert_eq!(collection.once("k").insert("{\"n\":2}").await.unwrap().rev, 9);
    {
        let asked = asked.lock().unwrap();
        assert_eq!(asked.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert!(!asked[0][0].contains("idempotency-key"));
        assert!(asked[0][1].contains("\r\nidempotency-key: k\r\n"));
        assert_eq!(asked[0][1], asked[1][0]);
    }
    // Where that does not help either, it may have happened all the same.
    let error = collection.once("l").patch("x", "{}", None).await.unwrap_err();
    assert_eq!(error.code(), "outcome_unknown", "{error}");
    assert_eq!(asked.lock().unwrap().iter().map(Vec::len).sum::<usize>(), 5);
}

#[tokio::test]
async fn every_change_carries_its_key() {
    let (client, asked) = client(vec![Step::Say(json(200, WRITTEN)); 8]).await;
    let database = client.database("main").once("k");
    let collection = database.collection("c");
    // The script's answer does not fit all of them; what was asked is what counts.
    collection.insert("{}").await.unwrap();
    collection.replace("x", "{}", None).await.unwrap();
    collection.patch("x", "{}", Some(7)).await.unwrap();
    collection.delete("x", None).await.unwrap();
    database.batch(Vec::new()).await.unwrap_err();
    collection.create().await.unwrap_err();
    collection.drop().await.unwrap();
    collection.bulk_lines(&[]).await.unwrap();
    let asked = asked.lock().unwrap().concat();
    assert_eq!(asked.len(), 8);
    assert!(asked.iter().all(|asked| asked.contains("\r\nidempotency-key: k\r\n")), "{asked:?}");
}
