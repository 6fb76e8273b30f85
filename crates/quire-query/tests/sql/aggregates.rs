//! Aggregates and groups over fields of one type.

use crate::setup::{ask, session};
use quire_query::Session;

fn sales() -> Session {
    session(&[(
        "s",
        &[
            r#"{"_id":"1","g":"a","n":1,"f":0.5,"o":{"x":1}}"#,
            r#"{"_id":"2","g":"a","n":2,"f":1.5,"o":{"x":2}}"#,
            r#"{"_id":"3","g":"b","n":3,"o":{"x":1}}"#,
            r#"{"_id":"4","n":4}"#,
        ],
    )])
}

#[test]
fn groups_and_aggregates_work() {
    let session = sales();
    assert_eq!(
        ask(
            &session,
            "SELECT g, count(*), sum(n), avg(f), min(n), max(n) FROM s GROUP BY g ORDER BY g NULLS FIRST"
        ),
        r#"[null,1,4,null,4,4] ["a",2,3,1.0,1,2] ["b",1,3,null,3,3]"#
    );
    assert_eq!(ask(&session, "SELECT o.x, count(*) FROM s GROUP BY o.x HAVING count(*) > 1"), "[1,2]");
    assert_eq!(
        ask(&session, "SELECT count(*) FILTER (WHERE n > 2), count(g), count(DISTINCT g) FROM s"),
        "[2,3,2]"
    );
    assert_eq!(
        ask(&session, "SELECT array_agg(n ORDER BY n DESC), string_agg(g, '-' ORDER BY n) FROM s"),
        r#"[[4,3,2,1],"a-a-b"]"#
    );
    assert_eq!(ask(&session, "SELECT median(n), stddev(n) > 1, count(*) FROM s"), "[2.5,true,4]");
    assert_eq!(
        ask(&session, "SELECT g, sum(n) FROM s GROUP BY ROLLUP(g) ORDER BY 2"),
        r#"["a",3] ["b",3] [null,4] [null,10]"#
    );
    assert_eq!(ask(&session, "SELECT sum(n) AS total FROM s WHERE false"), "[null]");
    assert_eq!(ask(&session, "SELECT n % 2 AS odd, sum(n) FROM s GROUP BY odd ORDER BY odd"), "[0,6] [1,4]");
    assert_eq!(ask(&session, "SELECT sum(n) + 1, sum(f) * 2, sum(DISTINCT o.x) FROM s"), "[11,4.0,3]");
}

#[test]
fn functions_work() {
    let session = sales();
    for (sql, expected) in [
        ("SELECT upper(g), length(g) FROM s WHERE _id = '1'", r#"["A",1]"#),
        ("SELECT round(f, 0), abs(-n), power(n, 2) FROM s WHERE _id = '2'", "[2.0,2,4.0]"),
        ("SELECT date_trunc('day', to_timestamp('2024-01-31T10:00:00Z'))", r#"["2024-01-31T00:00:00Z"]"#),
        ("SELECT extract(year FROM CAST('2024-01-31' AS DATE))", "[2024]"),
        ("SELECT regexp_replace('abc', 'b', 'x'), split_part('a.b', '.', 2)", r#"["axc","b"]"#),
        ("SELECT coalesce(g, 'none') FROM s WHERE _id = '4'", r#"["none"]"#),
        (
            "SELECT substring('hello' FROM 2 FOR 3), position('l' IN 'hello'), trim('  x ')",
            r#"["ell",3,"x"]"#,
        ),
        ("SELECT now() > to_timestamp('2020-01-01T00:00:00Z'), current_date IS NULL", "[true,false]"),
        ("SELECT random() < 1, pi() > 3", "[true,true]"),
    ] {
        assert_eq!(ask(&session, sql), expected, "{sql}");
    }
}

#[test]
fn order_by_id_needs_no_sort() {
    let plan = ask(&sales(), "EXPLAIN SELECT _id, n FROM s ORDER BY _id LIMIT 2");
    assert!(!plan.contains("SortExec"), "{plan}");
}
