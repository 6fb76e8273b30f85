//! Functions whose results are larger than a query may hold.

use crate::setup::{ask, error, session, session_with};
use quire_model::Code;
use quire_query::Limits;
use std::time::{Duration, Instant};

const DOCUMENTS: &[(&str, &[&str])] =
    &[("t", &[r#"{"_id":"a","n":2000000000,"s":"x","d":"2020-01-01"}"#, r#"{"_id":"b","n":3,"s":"yz"}"#])];

#[test]
fn what_a_call_makes_counts() {
    let session = session(DOCUMENTS);
    for call in [
        "repeat('x', 2000000000)",
        "lpad('x', 2000000000)",
        "rpad('x', 2000000000, 'é')",
        "length(lpad('x', 1000000000))",
        "upper(repeat('x', 600000000)) = 'X'",
        "array_repeat(1, 1000000000)",
        "list_repeat(1, 1000000000)",
        "array_repeat(array_repeat(1, 30000), 30000)",
        "array_length(array_repeat('x', 1000000000))",
        "range(1, 300000000)",
        "range(300000000)",
        "generate_series(300000000, 1, -1)",
        "array_length(generate_series(1, 300000000, 2))",
        "generate_series(TIMESTAMP '2020-01-01', TIMESTAMP '2021-01-01', INTERVAL '1 microsecond')",
        "array_resize([1], 1000000000)",
        "list_resize(['a'], 1000000000, 'b')",
        "replace(repeat('a', 60000), 'a', repeat('b', 60000))",
        "regexp_replace(repeat('a', 60000), 'a', repeat('b', 60000), 'g')",
        "array_to_string(array_repeat(1, 60000), repeat('b', 60000))",
        "array_replace_all(array_repeat('a', 60000), 'a', repeat('b', 60000))",
        "repeat(s, n)",
        "lpad(s, n)",
        "array_repeat(s, n)",
        "array_resize([s], n)",
        "range(1, n)",
        "CASE WHEN n > 5 THEN repeat(s, n) ELSE s END",
        "lpad(s, 100000000)",
        "_doc->repeat('x', 2000000000)",
    ] {
        let started = Instant::now();
        let error = error(&session, &format!("SELECT {call} FROM t"));
        assert_eq!(error.code(), Code::MemoryLimit, "{call}: {error}");
        assert!(started.elapsed() < Duration::from_secs(5), "{call}: {:?}", started.elapsed());
    }
    for sql in [
        "SELECT repeat('x', 2000000000)",
        "SELECT _id FROM t WHERE length(lpad('x', 2000000000)) > 1",
        "SELECT repeat('x', 100000000) FROM generate_series(1, 8192)",
        "SELECT unnest(range(1, 300000000))",
        "SELECT count(*) FROM t GROUP BY repeat(s, n)",
        "SELECT _id FROM t ORDER BY rpad(s, n)",
        "SELECT max(repeat(s, n)) FROM t",
        "SELECT (SELECT repeat('x', 2000000000))",
        "WITH a AS (SELECT repeat('x', 300000000) AS x) SELECT length(concat(x, x, x)) FROM a",
    ] {
        assert_eq!(error(&session, sql).code(), Code::MemoryLimit, "{sql}");
    }
}

#[test]
fn what_fits_is_made() {
    let session = session(DOCUMENTS);
    for (sql, expected) in [
        ("SELECT repeat(s, 3), lpad(s, 3, '.'), rpad(s, 3) FROM t WHERE _id = 'a'", r#"["xxx","..x","x  "]"#),
        ("SELECT range(3), generate_series(3, 1, -1), range(1, 1)", "[[0,1,2],[3,2,1],[]]"),
        ("SELECT array_repeat(1, 2), array_resize([1], 3, 0)", "[[1,1],[1,0,0]]"),
        ("SELECT length(repeat('x', 10000000))", "[10000000]"),
        ("SELECT array_length(range(1, 1000001))", "[1000000]"),
        ("SELECT repeat(s, n), repeat('x', n) FROM t WHERE n < 5", r#"["yzyzyz","xxx"]"#),
        ("SELECT repeat(NULL, 3), lpad('abc', -1), array_repeat(1, -1)", r#"[null,"",[]]"#),
        (
            "SELECT concat('a', 1, NULL), concat_ws('-', 'a', 'b'), replace('aba', 'a', 'cc')",
            r#"["a1","a-b","ccbcc"]"#,
        ),
        (
            "SELECT array_length(generate_series(DATE '2020-01-01', DATE '2020-12-31', INTERVAL '1 day'))",
            "[366]",
        ),
        (
            "SELECT sum(length(repeat(CAST(value AS VARCHAR), 10))) FROM generate_series(1, 100000)",
            "[4888950]",
        ),
        (
            "SELECT regexp_replace('aXbX', 'X', '-', 'g'), array_to_string([1, NULL, 2], ',')",
            r#"["a-b-","1,2"]"#,
        ),
        ("SELECT count(*) FROM generate_series(1, CAST(length(repeat('x', 1000)) AS BIGINT))", "[1000]"),
    ] {
        assert_eq!(ask(&session, sql), expected, "{sql}");
    }
    assert_eq!(error(&session, "SELECT array_resize([1], -1)").code(), Code::InvalidSql);
}

#[test]
fn what_aggregates_collect_counts() {
    let session = session_with(&[], Limits { sql_memory_bytes_max: 16 << 20, ..Limits::default() });
    for sql in [
        "SELECT array_agg(value) FROM generate_series(1, 10000000)",
        "SELECT string_agg(CAST(value AS VARCHAR), ',') FROM generate_series(1, 10000000)",
        "SELECT value % 2, array_agg(value) FROM generate_series(1, 10000000) GROUP BY 1",
        "SELECT value % 2, string_agg(CAST(value AS VARCHAR), ',') FROM generate_series(1, 10000000) GROUP BY 1",
        "SELECT array_agg(DISTINCT value) FROM generate_series(1, 10000000)",
        "SELECT array_agg(value ORDER BY -value) FROM generate_series(1, 10000000)",
        "SELECT count(DISTINCT value * 7919 % 1000003) FROM generate_series(1, 10000000)",
        "SELECT median(value) FROM generate_series(1, 10000000)",
    ] {
        assert_eq!(error(&session, sql).code(), Code::MemoryLimit, "{sql}");
    }
}
