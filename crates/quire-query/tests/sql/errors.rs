//! Wrong statements, and statements that ask for too much.

use crate::setup::{ask, block_on, code, error, session, session_with, try_rows};
use quire_model::{Code, Name};
use quire_query::{Limits, Session};
use std::time::Duration;

fn small() -> Session {
    session(&[("users", &[r#"{"_id":"a","name":"Ada","o":{"p":1}}"#])])
}

#[test]
fn wrong_statements_say_what_is_wrong() {
    let session = small();
    for (sql, part) in [
        ("SELEC 1", "line 1, column 1"),
        ("SELECT 1 +", "not valid SQL"),
        ("SELECT *\nFROM users\nWHERE )", "line 3, column 7"),
        ("SELECT nam FROM users", "did you mean \"name\""),
        ("SELECT u.nam FROM users u", "did you mean \"name\""),
        ("SELECT name FROM users GROUP BY _id", "name"),
        ("SELECT nofunction(1)", "nofunction"),
        ("SELECT o.q FROM users", "q"),
        ("SELECT sum(name) FROM users", "sum does not take (string)"),
        ("SELECT json_get(name) FROM users", "json_get takes 2 or more arguments, 1 given"),
        ("SELECT * FROM users TABLESAMPLE (10)", "TABLESAMPLE"),
        ("SELECT 1 WHERE 'a'", "boolean"),
        ("SELECT 'unterminated", "line 1"),
        ("SELECT a._id FROM users a JOIN users b ON name = 'x'", "mbiguous"),
        ("", "empty"),
        (" ; ;", "empty"),
        ("-- nothing", "empty"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("SELECT (SELECT max(x._rev) FROM users x WHERE x._rev <= u._rev) FROM users u", "uses a field"),
        ("SELECT 1 / 0", "zero"),
        ("SELECT CAST('x' AS INT)", "x"),
        ("SELECT regexp_like('a', '(')", "regex parse error"),
        ("SELECT regexp_like(name, '(' || name) FROM users", "regex parse error"),
        ("SELECT regexp_replace(name, '[', 'x') FROM users", "regex parse error"),
        ("SELECT regexp_match(name, '*') FROM users", "regex parse error"),
        ("SELECT regexp_count(name, '(?') FROM users", "did not compile"),
        ("SELECT regexp_like(name, 'a', 'zz') FROM users", "flag"),
        ("SELECT name ~ '(' FROM users", "regex parse error"),
        ("SELECT to_timestamp('nonsense')", "nonsense"),
    ] {
        let error = error(&session, sql);
        assert_eq!(error.code(), Code::InvalidSql, "{sql}: {error}");
        assert!(error.detail().contains(part), "{sql}: {error}");
        assert!(!error.detail().contains('\n'), "{sql}: {error}");
        assert!(!error.detail().contains("DataFusion") && error.detail().len() < 900, "{sql}: {error}");
    }
    assert_eq!(ask(&session, "SELECT 1;"), "[1]");
    assert_eq!(ask(&session, ";SELECT 1;;"), "[1]");
}

#[test]
fn what_is_not_there_has_its_own_code() {
    let session = small();
    let missing = error(&session, "SELECT * FROM user");
    assert_eq!(missing.code(), Code::CollectionNotFound);
    assert!(missing.detail().contains("users"), "{missing}");
    assert_eq!(code(&session, "SELECT * FROM users JOIN nothing ON true"), Code::CollectionNotFound);
    assert_eq!(code(&session, "DESCRIBE nothing"), Code::CollectionNotFound);
    assert_eq!(code(&session, "SELECT * FROM nodb.users"), Code::DatabaseNotFound);
    assert_eq!(code(&session, "SELECT * FROM \"a b\""), Code::InvalidName);
    let nowhere = session.with_database(Name::new("nowhere").unwrap());
    assert_eq!(code(&nowhere, "SELECT 1"), Code::DatabaseNotFound);
}

#[test]
fn a_query_that_takes_too_long_ends_with_timeout() {
    let limits = Limits { query_timeout: Duration::from_millis(300), ..Limits::default() };
    let session = session_with(&[], limits);
    for sql in [
        "SELECT count(*) FROM generate_series(1, 5000) a, generate_series(1, 5000) b, generate_series(1, 5000) c \
         WHERE (a.value + b.value * c.value) % 7 = 3",
        "SELECT count(*) FROM generate_series(1, 100000000000) WHERE value % 7 = 3",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    ] {
        let started = std::time::Instant::now();
        assert_eq!(code(&session, sql), Code::Timeout, "{sql}");
        assert!(started.elapsed() < Duration::from_secs(20), "{sql}: {:?}", started.elapsed());
    }
}

#[test]
fn a_query_that_needs_too_much_ends_with_memory_limit() {
    let limits = Limits { sql_memory_bytes_max: 1 << 20, ..Limits::default() };
    let session = session_with(&[], limits);
    for sql in [
        "SELECT value FROM generate_series(1, 2000000) ORDER BY value * 7919 % 1000003",
        "SELECT value * 7919 % 2000003, count(*) FROM generate_series(1, 2000000) GROUP BY 1",
        "SELECT count(*) FROM generate_series(1, 1000000) a JOIN generate_series(1, 1000000) b ON a.value = b.value",
    ] {
        assert_eq!(code(&session, sql), Code::MemoryLimit, "{sql}");
    }
    assert_eq!(ask(&session, "SELECT sum(value) FROM generate_series(1, 100000)"), "[5000050000]");
}

#[test]
fn long_chains_do_not_overflow_the_stack() {
    let session = small();
    for count in [1_000, 5_000] {
        let chain: Vec<String> = (0..count).map(|n| format!("name = 'n{n}'")).collect();
        let sql = format!("SELECT _id FROM users WHERE {} OR name = 'Ada'", chain.join(" OR "));
        assert_eq!(ask(&session, &sql), r#"["a"]"#, "{count}");
    }
    let list: Vec<String> = (0..20_000).map(|n| format!("'n{n}'")).collect();
    assert_eq!(
        ask(&session, &format!("SELECT _id FROM users WHERE name IN ({}, 'Ada')", list.join(","))),
        r#"["a"]"#
    );
}

/// Every way to nest that a statement has is either answered or refused; none ends the process.
#[test]
fn deep_statements_are_answered_or_refused() {
    let session = small();
    for count in [100, 3_000, 9_000, 100_000] {
        for sql in [
            format!("SELECT {}1", "1 + ".repeat(count)),
            format!("SELECT {}1", "1 || ".repeat(count)),
            format!("SELECT {}1{}", "(".repeat(count), ")".repeat(count)),
            format!("SELECT {}true", "NOT ".repeat(count)),
            format!("SELECT {}1", "- ".repeat(count)),
            format!("SELECT 1{}", "::INT".repeat(count)),
            format!("SELECT _doc{} FROM users", "->'a'".repeat(count)),
            format!("SELECT o{} FROM users", ".p".repeat(count)),
            format!("SELECT [1]{}", "[1]".repeat(count)),
            format!("SELECT true{}", " IS NULL".repeat(count)),
            format!("SELECT {}1{}", "abs(".repeat(count), ")".repeat(count)),
            format!("{}SELECT 1{}", "SELECT * FROM (".repeat(count), ")".repeat(count)),
            format!("SELECT {}1{}", "CASE WHEN true THEN ".repeat(count), " END".repeat(count)),
        ] {
            let shown: String = sql.chars().take(40).collect();
            if let Err(error) = try_rows(&session, &sql, &[]) {
                assert_eq!(error.code(), Code::InvalidSql, "{count} {shown}: {error}");
            }
        }
    }
}

#[test]
fn long_unions_are_answered_or_refused() {
    let session = small();
    for count in [10, 200, 30_000] {
        let sql = format!("SELECT 1 AS a{}", " UNION ALL SELECT 1".repeat(count));
        match try_rows(&session, &sql, &[]) {
            Ok(rows) => assert_eq!(rows.len(), count + 1),
            Err(error) => assert_eq!(error.code(), Code::InvalidSql, "{count}: {error}"),
        }
    }
}

#[test]
fn a_dropped_answer_ends_its_query() {
    let documents: Vec<String> = (0..50_000).map(|n| format!("{{\"_id\":\"{n:06}\",\"n\":{n}}}")).collect();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let session = session(&[("many", &documents)]);
    block_on(async {
        for _ in 0..20 {
            drop(session.sql("SELECT * FROM many", &[]).await.unwrap());
        }
    });
    assert_eq!(ask(&session, "SELECT count(*), sum(n) FROM many"), "[50000,1249975000]");
}
