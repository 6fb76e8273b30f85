//! Fields whose types vary: what they compare with, count as and sort like.

use crate::setup::{ask, code, columns, rows, session};
use quire_model::Code;
use quire_query::Session;

/// `v` is a number, a string, a boolean, an object, an array, null and missing.
fn mixed() -> Session {
    session(&[(
        "m",
        &[
            r#"{"_id":"a","v":5,"n":1}"#,
            r#"{"_id":"b","v":"5","n":2}"#,
            r#"{"_id":"c","v":7.5,"n":3}"#,
            r#"{"_id":"d","v":true,"n":4}"#,
            r#"{"_id":"e","v":{"x":[1,"two"],"y":"z"},"n":5}"#,
            r#"{"_id":"f","v":[3,"x",null],"n":6}"#,
            r#"{"_id":"g","v":null,"n":7}"#,
            r#"{"_id":"h","n":8}"#,
            r#"{"_id":"i","v":5.0,"n":9}"#,
            r#"{"_id":"j","v":"abc","n":10}"#,
        ],
    )])
}

fn ids(session: &Session, condition: &str) -> String {
    rows(session, &format!("SELECT _id FROM m WHERE {condition} ORDER BY _id"))
        .iter()
        .map(|row| row.trim_matches(['[', ']', '"']))
        .collect()
}

#[test]
fn a_comparison_is_about_values_of_its_type() {
    let session = mixed();
    for (condition, expected) in [
        ("v = 5", "ai"),
        ("5 = v", "ai"),
        ("v = 5.0", "ai"),
        ("v > 4", "aci"),
        ("v >= 5 AND v < 7.5", "ai"),
        ("7 < v", "c"),
        ("v <> 5", "c"),
        ("NOT (v = 5)", "c"),
        ("v = '5'", "b"),
        ("v <> '5'", "j"),
        ("v > '5'", "j"),
        ("v = true", "d"),
        ("v <> true", ""),
        ("v IS TRUE", "d"),
        ("v IS NULL", "gh"),
        ("v IS NOT NULL", "abcdefij"),
        ("v BETWEEN 5 AND 6", "ai"),
        ("v NOT BETWEEN 5 AND 6", "c"),
        ("v IN (5, 7.5)", "aci"),
        ("v IN ('5', 'abc', 'x')", "bj"),
        ("v IN (5, 'abc', true)", "adij"),
        ("v NOT IN (5)", "c"),
        ("v LIKE 'a%'", "j"),
        ("v ~ '^[0-9]$'", "b"),
        ("v = n", ""),
        ("v = n + 4", "a"),
        ("v + 1 = 6", "ai"),
        ("v * 2 > 12", "c"),
        ("-v < -6", "c"),
        ("v = v", "abcdefij"),
        ("v IN (SELECT n FROM m)", "ai"),
        ("n IN (SELECT v FROM m)", "e"),
        ("v = (SELECT max(n) - 5 FROM m)", "ai"),
        ("v IS NOT DISTINCT FROM 5", "ai"),
        ("upper(v) = 'ABC'", "j"),
        ("v || 'x' = '5x'", "b"),
        ("abs(v) = 5 OR round(v) = 8", "aci"),
        ("CASE v WHEN 5 THEN true WHEN 'abc' THEN true ELSE false END", "aij"),
        ("v->'x' IS NOT NULL", "e"),
        ("v->'x'->>1 = 'two'", "e"),
        ("v.y = 'z'", "e"),
        ("m.v.x[1] = 1", "e"),
        ("v['x'][2] = 'two'", "e"),
        ("v->>0 = '3'", "f"),
        ("v->-2 = 'x'", "f"),
        ("json_get(v, 'x', 1) = 'two'", "e"),
        ("json_get_text(v, 'y') = 'z'", "e"),
        ("json_type(v) = 'array'", "f"),
        ("json_number(v) = 5", "ai"),
        ("json_text(v) = '5'", "b"),
        ("json_bool(v)", "d"),
        ("CAST(v AS BIGINT) = 7", "c"),
        ("CAST(v AS VARCHAR) = '5'", "ab"),
        ("v::DECIMAL(10,2) = 7.50", "c"),
    ] {
        assert_eq!(ids(&session, condition), expected, "{condition}");
    }
}

#[test]
fn aggregates_are_about_numbers() {
    let session = mixed();
    assert_eq!(
        ask(&session, "SELECT sum(v), avg(v), min(v), max(v), count(v) FROM m"),
        "[17.5,5.833333333333333,5,7.5,8]"
    );
    assert_eq!(ask(&session, "SELECT count(DISTINCT v) FROM m"), "[7]");
    assert_eq!(
        ask(&session, "SELECT bool_or(v), string_agg(v, ',' ORDER BY _id) FROM m"),
        r#"[true,"5,abc"]"#
    );
    assert_eq!(ask(&session, "SELECT max(v) + 1 FROM m HAVING sum(v) > 17"), "[8.5]");
    assert_eq!(ask(&session, "SELECT array_agg(v ORDER BY _id) FROM m WHERE n < 5"), r#"[[5,"5",7.5,true]]"#);
    assert_eq!(
        ask(&session, "SELECT _id, sum(v) OVER (ORDER BY _id) FROM m WHERE n IN (1, 3, 9) ORDER BY _id"),
        r#"["a",5.0] ["c",12.5] ["i",17.5]"#
    );
    assert_eq!(columns(&session, "SELECT sum(v), v FROM m GROUP BY v"), "sum(m.v) float64, v json");
}

#[test]
fn order_is_the_order_of_find() {
    let session = mixed();
    let sorted = |sql: &str| -> String {
        rows(&session, sql).iter().map(|row| row.trim_matches(['[', ']', '"'])).collect()
    };
    assert_eq!(sorted("SELECT _id FROM m ORDER BY v NULLS FIRST, _id"), "ghaicbjefd");
    assert_eq!(sorted("SELECT _id FROM m ORDER BY v, _id"), "aicbjefdgh");
    assert_eq!(sorted("SELECT _id FROM m WHERE v IS NOT NULL ORDER BY v DESC, _id DESC"), "dfejbcia");
    assert_eq!(
        sorted(
            "SELECT _id FROM (SELECT _id, row_number() OVER (ORDER BY v, _id) AS r FROM m) WHERE r <= 3 ORDER BY r"
        ),
        "aic"
    );
}

#[test]
fn values_come_out_as_they_went_in() {
    let session = mixed();
    assert_eq!(
        ask(&session, "SELECT v FROM m ORDER BY _id"),
        r#"[5] ["5"] [7.5] [true] [{"x":[1,"two"],"y":"z"}] [[3,"x",null]] [null] [null] [5.0] ["abc"]"#
    );
    assert_eq!(
        ask(&session, "SELECT coalesce(v, 'none') FROM m WHERE n >= 7 ORDER BY _id"),
        r#"["none"] ["none"] [5.0] ["abc"]"#
    );
    assert_eq!(
        ask(&session, "SELECT CASE WHEN n < 2 THEN v ELSE n END FROM m WHERE n < 3 ORDER BY n"),
        "[5] [2]"
    );
    assert_eq!(
        ask(&session, "SELECT CASE WHEN n < 2 THEN v ELSE 'x' END FROM m WHERE n < 3 ORDER BY n"),
        r#"[5] ["x"]"#
    );
    assert_eq!(ask(&session, "SELECT nullif(v, 5) FROM m WHERE n < 4 ORDER BY n"), r#"[null] ["5"] [7.5]"#);
    assert_eq!(
        ask(
            &session,
            "SELECT v FROM (SELECT v FROM m WHERE n = 1 UNION ALL SELECT 'text' \
             UNION ALL SELECT CAST(3 AS VARCHAR)) ORDER BY v"
        ),
        r#"[5] ["3"] ["text"]"#
    );
    assert_eq!(
        ask(&session, "SELECT struct(v AS a), [v, 'x', 1] FROM m WHERE n = 2"),
        r#"[{"a":"5"},["5","x",1]]"#
    );
    assert_eq!(ask(&session, "SELECT unnest(json_items(v)) FROM m WHERE n = 6"), r#"[3] ["x"] [null]"#);
    assert_eq!(ask(&session, "SELECT greatest(v, 6) FROM m WHERE n IN (1, 3) ORDER BY n"), "[6.0] [7.5]");
    assert_eq!(
        ask(&session, "SELECT lag(v, 1, 'none') OVER (ORDER BY n) FROM m WHERE n < 3"),
        r#"["none"] [5]"#
    );
    assert_eq!(ask(&session, "SELECT * FROM (VALUES (json('1')), ('x'))"), r#"[1] ["x"]"#);
    assert_eq!(
        ask(&session, "SELECT array_to_string([v, 'y'], '-') FROM m WHERE n = 2"),
        r#"["\"5\"-\"y\""]"#
    );
    assert_eq!(
        ask(&session, "SELECT array_append(json_items(v), 'q') FROM m WHERE n = 6"),
        r#"[[3,"x",null,"q"]]"#
    );
    assert_eq!(code(&session, "SELECT json_items(v) || ['q'] FROM m"), Code::InvalidSql);
    assert_eq!(ask(&session, "SELECT concat(v, '!') FROM m WHERE n = 10"), r#"["abc!"]"#);
}

#[test]
fn groups_and_joins_go_by_value() {
    let session = session(&[
        ("a", &[r#"{"_id":"1","k":1}"#, r#"{"_id":"2","k":"x"}"#, r#"{"_id":"3","k":[1]}"#]),
        (
            "b",
            &[
                r#"{"_id":"4","k":1.0}"#,
                r#"{"_id":"5","k":"x"}"#,
                r#"{"_id":"6","k":[1.0]}"#,
                r#"{"_id":"7","k":true}"#,
            ],
        ),
        ("n", &[r#"{"_id":"8","k":1}"#]),
        ("s", &[r#"{"_id":"9","k":"x"}"#]),
    ]);
    let joined = |table: &str| {
        ask(&session, &format!("SELECT a._id, t._id FROM a JOIN {table} t ON a.k = t.k ORDER BY 1, 2"))
    };
    assert_eq!(joined("b"), r#"["1","4"] ["2","5"] ["3","6"]"#);
    assert_eq!(joined("n"), r#"["1","8"]"#);
    assert_eq!(joined("s"), r#"["2","9"]"#);
    assert_eq!(
        ask(&session, "SELECT a._id, b._id FROM a JOIN b USING (k) ORDER BY 1, 2"),
        r#"["1","4"] ["2","5"] ["3","6"]"#
    );
    assert_eq!(ask(&session, "SELECT a._id, n._id FROM a, n WHERE a.k = n.k"), r#"["1","8"]"#);
    assert_eq!(ask(&session, "SELECT k FROM a INTERSECT SELECT k FROM s"), r#"["x"]"#);
    assert_eq!(
        ask(&session, "SELECT _id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k) ORDER BY 1"),
        r#"["1"] ["2"] ["3"]"#
    );
    assert!(ask(&session, "EXPLAIN SELECT 1 FROM a JOIN n ON a.k = n.k").contains("HashJoin"));
}

#[test]
fn groups_are_of_equal_values() {
    let session = session(&[(
        "g",
        &[
            r#"{"_id":"1","k":1,"n":1}"#,
            r#"{"_id":"2","k":1.0,"n":2}"#,
            r#"{"_id":"3","k":"1","n":3}"#,
            r#"{"_id":"4","k":{"a":1,"b":2},"n":4}"#,
            r#"{"_id":"5","k":{"b":2.0,"a":1},"n":5}"#,
            r#"{"_id":"6","k":10E399,"n":6}"#,
            r#"{"_id":"7","k":1E400,"n":7}"#,
            r#"{"_id":"8","n":8}"#,
        ],
    )]);
    assert_eq!(
        ask(&session, "SELECT k, sum(n) FROM g GROUP BY k ORDER BY k"),
        r#"[1,3] [1e400,13] ["1",3] [{"a":1,"b":2},9] [null,8]"#
    );
    assert_eq!(ask(&session, "SELECT DISTINCT g.k FROM g ORDER BY g.k LIMIT 2"), "[1] [1e400]");
    assert_eq!(ask(&session, "SELECT count(*) FROM (SELECT k FROM g UNION SELECT k FROM g)"), "[5]");
    assert_eq!(
        ask(&session, "SELECT k, count(*) FROM g WHERE k = 1 GROUP BY ROLLUP(k) ORDER BY k"),
        "[1,2] [null,2]"
    );
    assert_eq!(
        ask(&session, "SELECT k->'a' AS a, count(*) FROM g WHERE k->'a' IS NOT NULL GROUP BY a"),
        "[1,2]"
    );
    assert_eq!(ask(&session, "SELECT count(*) OVER (PARTITION BY k) FROM g WHERE n < 3"), "[2] [2]");
}

#[test]
fn lists_of_mixed_elements_are_searched() {
    let session = session(&[("l", &[r#"{"_id":"1","t":[1,"a",null]}"#, r#"{"_id":"2","t":["b"]}"#])]);
    assert_eq!(ask(&session, "SELECT _id FROM l WHERE array_has(t, 'a')"), r#"["1"]"#);
    assert_eq!(ask(&session, "SELECT _id FROM l WHERE array_has(t, 1)"), r#"["1"]"#);
    assert_eq!(ask(&session, "SELECT _id FROM l WHERE 'b' = ANY(t)"), r#"["2"]"#);
    assert_eq!(ask(&session, "SELECT t[1], t FROM l ORDER BY _id"), r#"[1,[1,"a",null]] ["b",["b"]]"#);
    assert_eq!(ask(&session, "SELECT x FROM (SELECT unnest(t) AS x FROM l) WHERE x = 'a'"), r#"["a"]"#);
}

#[test]
fn the_functions_work_on_columns_of_one_type_too() {
    let session = session(&[("t", &[r#"{"_id":"1","n":3,"s":"x","b":true,"o":{"p":{"q":7}},"l":[1,2]}"#])]);
    assert_eq!(
        ask(&session, "SELECT json_type(n), json_type(s), json_type(b), json_type(o), json_type(l) FROM t"),
        r#"["number","string","boolean","object","array"]"#
    );
    assert_eq!(
        ask(&session, "SELECT json_number(n), json_number(s), json_text(s), json_text(n) FROM t"),
        r#"[3.0,null,"x",null]"#
    );
    assert_eq!(
        ask(&session, "SELECT json_get(o, 'p', 'q') AS a, o->'p'->'q', o->>'p', l->1 FROM t"),
        r#"[7,7,"{\"q\":7}",2]"#
    );
    assert_eq!(
        ask(&session, "SELECT json('{\"a\": [1, 2.50]}'), json('{\"a\":1}')->'a' + 1"),
        r#"[{"a":[1,2.50]},2.0]"#
    );
    assert_eq!(code(&session, "SELECT json('{')"), Code::InvalidJson);
}
