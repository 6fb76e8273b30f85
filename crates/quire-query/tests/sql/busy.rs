//! Queries that keep their threads busy: their time ends all the same, and that of others does not suffer.

use crate::setup::{ask, block_on, code, session_with};
use quire_model::Code;
use quire_query::{Limits, Session};
use std::time::{Duration, Instant};

/// Each pairs rows in one step that goes on for minutes.
const BUSY: [&str; 4] = [
    "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b \
     WHERE a.value * b.value = 7",
    "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b",
    "SELECT count(*) FROM generate_series(1, 200000) a JOIN generate_series(1, 200000) b \
     ON a.value % 2 = b.value % 2 AND a.value * b.value = 7",
    "SELECT sum(a.value) FROM generate_series(1, 100000) a LEFT JOIN generate_series(1, 100000) b \
     ON a.value * b.value < 0",
];

fn limited(timeout_ms: u64) -> Session {
    session_with(&[], Limits { query_timeout: Duration::from_millis(timeout_ms), ..Limits::default() })
}

#[test]
fn time_ends_while_threads_are_busy() {
    let session = limited(500);
    for sql in BUSY {
        let started = Instant::now();
        assert_eq!(code(&session, sql), Code::Timeout, "{sql}");
        assert!(started.elapsed() < Duration::from_secs(5), "{sql}: {:?}", started.elapsed());
    }
}

#[test]
fn others_are_answered_while_threads_are_busy() {
    let session = limited(3_000);
    block_on(async {
        let busy: Vec<_> = BUSY
            .iter()
            .map(|sql| {
                let session = session.clone();
                tokio::spawn(async move { session.sql(sql, &[]).await?.rows.all().await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let rows = session.sql("SELECT 1", &[]).await.unwrap().rows.all().await.unwrap();
        assert_eq!(rows, ["[1]"]);
        for query in busy {
            assert_eq!(query.await.unwrap().unwrap_err().code(), Code::Timeout);
        }
    });
    // What has ended leaves the threads to the next.
    let started = Instant::now();
    assert_eq!(
        ask(&session, "SELECT count(*) FROM generate_series(1, 1000000) WHERE value % 2 = 0"),
        "[500000]"
    );
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}
