//! The server killed with SIGKILL at random moments, under load, again and again.
//!
//! Eight writers replace documents with counters that only grow: one at a time, and two at once in a batch. What was
//! acknowledged must be there after every kill, whole; a batch is there with both of its documents or with none.

// A helper that cannot go on stops the test.
#![allow(clippy::unwrap_used)]

mod http;
mod server;

use http::Connection;
use server::{Folder, Server};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const WRITERS: usize = 8;
const ROUNDS: u64 = 100;
const KEYS: u64 = 20;

/// What a writer knows of one of its keys: the last value that was acknowledged and the last that was sent.
#[derive(Debug, Default, Clone, Copy)]
struct Known {
    acknowledged: u64,
    sent: u64,
}

type Ledger = Mutex<HashMap<String, Known>>;

/// A document whose content follows from its value, so that a half-written one shows.
fn document(id: &str, value: u64) -> String {
    let filling = format!("{value}-").repeat((value % 97) as usize);
    format!(r#"{{"_id":"{id}","value":{value},"filling":"{filling}"}}"#)
}

/// Writes until the server is gone. Every value is larger than any before.
fn write(address: &str, writer: usize, next: &AtomicU64, ledger: &Ledger) {
    let Some(mut connection) = Connection::open(address) else { return };
    loop {
        let value = next.fetch_add(1, Ordering::Relaxed) + 1;
        let key = value % KEYS;
        let ids = if value.is_multiple_of(3) {
            vec![format!("{writer}-{key}-left"), format!("{writer}-{key}-right")]
        } else {
            vec![format!("{writer}-{key}-single")]
        };
        for id in &ids {
            ledger.lock().unwrap().entry(id.clone()).or_default().sent = value;
        }
        let answer = match &ids[..] {
            [id] => {
                let path = format!("/v1/databases/main/collections/c/documents/{id}");
                connection.send("PUT", &path, &document(id, value))
            }
            ids => {
                let operation = |id: &String| {
                    let document = document(id, value);
                    format!(r#"{{"op":"replace","collection":"c","id":"{id}","document":{document}}}"#)
                };
                let body = format!(r#"{{"operations":[{},{}]}}"#, operation(&ids[0]), operation(&ids[1]));
                connection.send("POST", "/v1/databases/main/batch", &body)
            }
        };
        let Some((status, body)) = answer else { return };
        assert!(status == 200 || status == 201, "{status}: {body}");
        for id in &ids {
            ledger.lock().unwrap().entry(id.clone()).or_default().acknowledged = value;
        }
    }
}

/// The value of every document, each checked to be whole.
fn stored(address: &str) -> HashMap<String, u64> {
    let mut connection = Connection::open(address).expect("the server answers");
    let mut found = HashMap::new();
    let mut cursor = "null".to_owned();
    loop {
        let body = format!(r#"{{"limit":1000,"cursor":{cursor}}}"#);
        let (status, page) =
            connection.send("POST", "/v1/databases/main/collections/c/find", &body).expect("an answer");
        if status == 404 {
            return found;
        }
        assert_eq!(status, 200, "{page}");
        let page: serde_json::Value = serde_json::from_str(&page).unwrap();
        for stored in page["documents"].as_array().unwrap() {
            let (id, value) = (stored["_id"].as_str().unwrap(), stored["value"].as_u64().unwrap());
            let expected: serde_json::Value = serde_json::from_str(&document(id, value)).unwrap();
            assert_eq!(stored["filling"], expected["filling"], "{id} is not whole");
            found.insert(id.to_owned(), value);
        }
        match &page["cursor"] {
            serde_json::Value::Null => return found,
            next => cursor = next.to_string(),
        }
    }
}

fn check(round: u64, found: &HashMap<String, u64>, ledger: &Ledger) {
    for (id, known) in ledger.lock().unwrap().iter_mut() {
        let value = found.get(id).copied().unwrap_or(0);
        assert!(
            value >= known.acknowledged,
            "round {round}: {id} is {value}, {known:?}: an acknowledged write is lost"
        );
        assert!(value <= known.sent, "round {round}: {id} is {value}, {known:?}: nobody wrote that");
        // What is there now was read by somebody, and must stay.
        known.acknowledged = value;
    }
    for (id, value) in found {
        if let Some(key) = id.strip_suffix("-left") {
            assert_eq!(found.get(&format!("{key}-right")), Some(value), "round {round}: half of a batch");
        }
    }
}

#[test]
fn trap_1_and_27_a_hundred_kills_under_eight_writers_lose_nothing() {
    let folder = Folder::new("crash");
    let (ledger, next) = (Ledger::default(), AtomicU64::new(0));
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..ROUNDS {
        let mut server = Server::start(&folder);
        check(round, &stored(&server.address), &ledger);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let life = Duration::from_millis(5 + random % 120);
        let address = server.address.clone();
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (address, next, ledger) = (&address, &next, &ledger);
                scope.spawn(move || write(address, writer, next, ledger));
            }
            std::thread::sleep(life);
            server.kill();
        });
    }
    let server = Server::start(&folder);
    check(ROUNDS, &stored(&server.address), &ledger);
    let acknowledged = ledger.lock().unwrap().values().filter(|known| known.acknowledged > 0).count();
    assert!(acknowledged > 100, "only {acknowledged} keys were ever acknowledged: this proves nothing");
}
