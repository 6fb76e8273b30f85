//! Bodies that nobody should send, through every door that takes documents.

use crate::http::Answer;
use crate::running::{C, Running, start};

const MERGE: [(&str, &str); 1] = [("content-type", "application/merge-patch+json")];

/// Sends a document through every door and gives the codes that it met.
fn through_every_door(server: &Running, document: &[u8]) -> Vec<(&'static str, String)> {
    let document_path = format!("{C}/documents/seed");
    let batch = [br#"{"operations":[{"op":"insert","collection":"c","document":"#, document, b"}]}"].concat();
    let line = [br#"{"insert":"#, document, b"}"].concat();
    let mut codes = vec![
        ("insert", server.post(&format!("{C}/documents"), document).problem()),
        ("replace", server.send("PUT", &document_path, &[], document).problem()),
        ("patch", server.send("PATCH", &document_path, &MERGE, document).problem()),
        ("batch", server.post("/v1/databases/main/batch", batch).problem()),
    ];
    if !document.contains(&b'\n') {
        for (door, body) in [("bare line", document.to_vec()), ("line", line)] {
            let answer = server.post(&format!("{C}/bulk"), body).ok(200);
            let lines = answer.lines();
            assert_eq!(lines.len(), 1, "{door}");
            codes.push((door, lines[0]["code"].as_str().unwrap_or("none").to_owned()));
        }
    }
    codes
}

#[test]
fn what_is_no_json_is_refused_at_every_door() {
    let server = start();
    server.insert(r#"{"_id":"seed"}"#);
    let bad: &[&[u8]] = &[
        b"{\"a\":\"\xff\"}",
        b"{\"a\":\"\xc0\xaf\"}",
        b"{\"a\":\"\xed\xa0\x80\"}",
        b"{\"\xf0\x28\x8c\x28\":1}",
        b"{\"a\":1,}",
        b"{\"a\":[1,]}",
        b"{\"a\":NaN}",
        b"{\"a\":Infinity}",
        b"{\"a\":-}",
        b"{\"a\":01}",
        b"{\"a\":1.}",
        b"{\"a\":.5}",
        b"{\"a\":+1}",
        b"{\"a\":0x10}",
        b"{\"a\":\"\\ud800\"}",
        b"{\"a\":\"\\udc00\\ud800\"}",
        b"{\"a\":\"\\x41\"}",
        b"{\"a\":\"\x00\"}",
        b"{\"a\":\"tab\there\"}",
        b"{a:1}",
        b"{'a':1}",
        b"{\"a\":1 /* c */}",
        b"{\"a\":1} {}",
        b"{\"a\"",
        b"{\"a\":tru}",
        b"\xef\xbb\xbf{}",
    ];
    for document in bad {
        for (door, code) in through_every_door(&server, document) {
            assert_eq!(code, "invalid_json", "{door}: {}", String::from_utf8_lossy(document));
        }
    }
    assert_eq!(server.get(C).json()["documents"], 1);
}

#[test]
fn json_that_is_no_document_is_refused_at_every_door() {
    let server = start();
    server.insert(r#"{"_id":"seed"}"#);
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(128), "]".repeat(128));
    let bad: &[&str] = &[
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"a":{"b":[{"c":1,"c":1}]}}"#,
        r#"{"_rev":"1"}"#,
        r#"{"_rev":-1}"#,
        r#"{"_rev":0}"#,
        r#"{"_rev":1.5}"#,
        &deep,
    ];
    for document in bad {
        for (door, code) in through_every_door(&server, document.as_bytes()) {
            assert_eq!(code, "invalid_document", "{door}: {document}");
        }
    }
    for document in ["[]", "1", "\"text\"", "null", "true"] {
        for (door, code) in through_every_door(&server, document.as_bytes()) {
            // A patch that is no object is said to be no patch; a batch takes null for a document left out.
            let wanted = match (door, document) {
                ("patch", _) => "invalid_patch",
                ("batch", "null") => "invalid_request",
                _ => "invalid_document",
            };
            assert_eq!(code, wanted, "{door}: {document}");
        }
    }
}

#[test]
fn ids_are_strings_of_1_to_512_bytes_at_every_door() {
    let server = start();
    server.insert(r#"{"_id":"seed"}"#);
    let long = format!("{{\"_id\":\"{}\"}}", "x".repeat(513));
    let bad =
        [r#"{"_id":""}"#, r#"{"_id":7}"#, r#"{"_id":null}"#, r#"{"_id":{"a":1}}"#, r#"{"_id":["x"]}"#, &long];
    for document in bad {
        for (door, code) in through_every_door(&server, document.as_bytes()) {
            assert_eq!(code, "invalid_id", "{door}: {document}");
        }
    }
    server.insert(&format!("{{\"_id\":\"{}\"}}", "x".repeat(512)));
}

#[test]
fn depth_is_128_levels_at_every_door() {
    let server = start();
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    let good = nested(128);
    server.insert(&good);
    server
        .post(&format!("{C}/bulk"), format!("{good}\n{{\"insert\":{good}}}"))
        .ok(200)
        .lines()
        .iter()
        .for_each(|line| assert_eq!(line["status"], 201, "{line}"));
    let batch = format!(r#"{{"operations":[{{"op":"insert","collection":"c","document":{good}}}]}}"#);
    server.post("/v1/databases/main/batch", batch).ok(200);
    server.post(&format!("{C}/documents"), nested(129)).refused("invalid_document");
    // A million levels cost neither the stack nor much time.
    let hostile = "[".repeat(1_000_000);
    server.post(&format!("{C}/documents"), &hostile).refused("invalid_document");
    server.post(&format!("{C}/find"), format!("{{\"filter\":{hostile}")).refused("invalid_filter");
    server.post("/v1/databases/main/batch", format!("{{\"operations\":{hostile}")).refused("invalid_request");
}

#[test]
fn documents_have_16_mib_at_most() {
    let server = start();
    let document = |bytes: usize| format!("{{\"_id\":\"big\",\"a\":\"{}\"}}", "x".repeat(bytes - 20));
    let good = document(16 << 20);
    assert_eq!(good.len(), 16 << 20);
    server.insert(&good);
    assert_eq!(
        server.get(&format!("{C}/documents/big")).ok(200).body.len(),
        (16 << 20) + ",\"_rev\":1".len()
    );
    server.post(&format!("{C}/documents"), document((16 << 20) + 1)).refused("too_large");
    server.post(&format!("{C}/documents"), document((16 << 20) + (64 << 10))).refused("too_large");
    server.post(&format!("{C}/documents"), document((16 << 20) + (64 << 10) + 1)).refused("too_large");
    server.post(&format!("{C}/documents"), document(40 << 20)).refused("too_large");
    server.get(&format!("{C}/documents/big")).ok(200);
}

#[test]
fn strange_values_come_back_as_they_went_in() {
    let server = start();
    let document = concat!(
        r#"{"_id":"x","zero":-0,"huge":1e400,"tiny":1e-999,"long":123456789012345678901234567890,"#,
        r#""digits":0.1000000000000000055511151231257827,"esc":"\u0000\ud83d\ude00\/","":"empty","k\"":[]}"#
    );
    server.insert(document);
    let wanted = format!("{},\"_rev\":1}}", document.strip_suffix('}').unwrap());
    assert_eq!(server.get(&format!("{C}/documents/x")).text(), wanted);
    assert_eq!(
        server.post(&format!("{C}/find"), "{}").text(),
        format!("{{\"documents\":[{wanted}],\"cursor\":null}}")
    );
}

#[test]
fn content_types_are_json_or_nothing() {
    let server = start();
    server.insert(r#"{"_id":"seed"}"#);
    let routes = [
        ("POST", format!("{C}/documents"), "{}"),
        ("PUT", format!("{C}/documents/seed"), "{}"),
        ("POST", format!("{C}/find"), "{}"),
        ("POST", format!("{C}/count"), "{}"),
        ("POST", "/v1/databases/main/batch".to_owned(), r#"{"operations":[]}"#),
    ];
    for (method, path, body) in &routes {
        let send = |headers: &[(&str, &str)]| server.send(method, path, headers, body);
        for good in ["application/json", "text/json", "application/json; charset=utf-8", "Application/JSON"] {
            assert!(send(&[("content-type", good)]).status < 300, "{method} {path} {good}");
        }
        for bad in
            ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "json"]
        {
            send(&[("content-type", bad)]).refused("unsupported_media_type");
        }
        send(&[("content-encoding", "gzip")]).refused("unsupported_media_type");
        send(&[("content-type", "application/json"), ("content-type", "text/plain")])
            .refused("invalid_request");
    }
}

/// Checks an answer to what is no request.
#[track_caller]
fn explained(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
    let body = answer.json();
    assert_eq!(
        (answer.status, body["status"].as_u64(), body["code"].as_str()),
        (status, Some(status.into()), Some(code))
    );
    assert!(!body["detail"].as_str().unwrap().is_empty() && body["retryable"] == false);
}

#[test]
fn what_is_no_request_is_told_so_and_the_connection_ends() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(70_000));
    for (text, status, code) in [
        ("nonsense\r\n\r\n", 400, "invalid_request"),
        ("GET / HTTP/9.9\r\n\r\n", 400, "invalid_request"),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "invalid_request"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400, "invalid_request"),
    ] {
        // As the first on its connection, and behind others that were answered, whatever their answers say.
        for before in 0..3 {
            let mut connection = server.connect();
            for _ in 0..before {
                connection.send("GET", &format!("{C}/documents/x"), &[], "").ok(200);
                connection.send("HEAD", &format!("{C}/documents/x"), &[], "").ok(200);
                connection.send("GET", "/nothing", &[], "").refused("route_not_found");
                connection.send("DELETE", &format!("{C}/documents/y"), &[], "").refused("document_not_found");
            }
            connection.write(text.as_bytes());
            explained(&connection.read_answer("GET"), status, code);
            assert!(connection.is_closed(), "{text}");
        }
    }
    let mut connection = server.connect();
    connection.try_write(long.as_bytes());
    let answer = connection.read_answer("GET");
    let status = answer.status;
    assert!([414, 431].contains(&status), "{status}");
    explained(&answer, status, "too_large");
}

#[test]
fn a_document_that_looks_like_an_answer_is_passed_on() {
    let server = start();
    let text = "HTTP/1.1 400 Bad Request\\r\\ncontent-length: 0\\r\\n\\r\\n".repeat(20_000);
    server.insert(&format!("{{\"_id\":\"x\",\"t\":\"{text}\"}}"));
    let mut connection = server.connect();
    for _ in 0..5 {
        let answer = connection.send("GET", &format!("{C}/documents/x"), &[], "").ok(200);
        assert!(answer.text() == format!("{{\"_id\":\"x\",\"t\":\"{text}\",\"_rev\":1}}"));
    }
}

#[test]
fn smuggled_lengths_are_refused() {
    let server = start();
    for headers in [
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: 2, 3\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
    ] {
        let mut connection = server.connect();
        connection
            .write(format!("POST {C}/documents HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{{}}").as_bytes());
        explained(&connection.read_answer("POST"), 400, "invalid_request");
        assert!(connection.is_closed(), "{headers}");
    }
    // With both, RFC 9112 lets the chunks win, and the connection ends so that nothing can follow.
    let mut connection = server.connect();
    let both = "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n";
    let chunks = "2\r\n{}\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    connection
        .write(format!("POST {C}/documents HTTP/1.1\r\nHost: localhost\r\n{both}\r\n{chunks}").as_bytes());
    let (status, _) = connection.read_head();
    assert!(status == 400 || status == 201, "{status}");
    assert!(server.get("/health/live").status == 200);
}
