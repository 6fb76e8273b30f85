//! No digit of a number is lost, on the way in, through and out.

use crate::setup::{ask, ask_with, columns, session};
use quire_query::Session;
use quire_query::sql::Param;

const BIG: &str = "12345678901234567890.123";

fn numbers() -> Session {
    session(&[(
        "n",
        &[
            r#"{"_id":"a","huge":1E400,"long":12345678901234567890.123,"int":9007199254740993,
                "u":18446744073709551615,"d":0.1}"#,
            r#"{"_id":"b","huge":1e400,"long":1,"int":-9223372036854775808,"u":1,"d":1e-7}"#,
            r#"{"_id":"c","huge":-1E400,"long":12345678901234567890.124,"int":9223372036854775807,
                "u":2,"d":123456.789}"#,
        ],
    )])
}

#[test]
fn digits_come_out_as_they_went_in() {
    let session = numbers();
    assert_eq!(
        columns(&session, "SELECT huge, long, int, u, d FROM n"),
        "huge json, long json, int int64, u json, d float64"
    );
    assert_eq!(
        ask(&session, "SELECT huge, long, int, u, d FROM n ORDER BY _id"),
        "[1E400,12345678901234567890.123,9007199254740993,18446744073709551615,0.1] \
         [1e400,1,-9223372036854775808,1,1e-7] \
         [-1E400,12345678901234567890.124,9223372036854775807,2,123456.789]"
    );
    assert_eq!(ask(&session, "SELECT _doc FROM n WHERE _id = 'b'").matches("1e400").count(), 1);
}

#[test]
fn literals_keep_their_digits_in_comparisons() {
    let session = numbers();
    for (condition, expected) in [
        ("long = 12345678901234567890.123".to_owned(), "a"),
        (format!("long > {BIG}"), "c"),
        (format!("{BIG} >= long"), "ab"),
        (format!("long IN ({BIG}, 1)"), "ab"),
        (format!("long BETWEEN 1.5 AND {BIG}"), "a"),
        ("huge = 1E400".to_owned(), "ab"),
        ("huge = 10E399".to_owned(), "ab"),
        ("huge < -1E399".to_owned(), "c"),
        ("huge > 1E401".to_owned(), ""),
        ("u = 18446744073709551615".to_owned(), "a"),
        ("int = 9007199254740993".to_owned(), "a"),
        ("int = 9007199254740992".to_owned(), ""),
        ("int = -9223372036854775808".to_owned(), "b"),
        ("int < 1E400".to_owned(), "abc"),
        ("d = 0.1".to_owned(), "a"),
        ("d = 1e-7".to_owned(), "b"),
    ] {
        let sql = format!("SELECT _id FROM n WHERE {condition} ORDER BY _id");
        let found: String = ask(&session, &sql).chars().filter(|c| c.is_alphanumeric()).collect();
        assert_eq!(found, expected, "{condition}");
    }
}

#[test]
fn parameters_keep_their_digits() {
    let session = numbers();
    for (param, expected) in [(BIG, "a"), ("1", "b"), ("1.0", "b"), ("12345678901234567890.124", "c")] {
        let param = Param::from_json(param).unwrap();
        assert_eq!(
            ask_with(&session, "SELECT _id FROM n WHERE long = $1", &[param]),
            format!("[\"{expected}\"]")
        );
    }
    let params = ["1E400", "9007199254740993", "-9223372036854775808", "0.1", BIG];
    let params: Vec<Param> = params.iter().map(|p| Param::from_json(p).unwrap()).collect();
    assert_eq!(
        ask_with(&session, "SELECT $1, $2, $3, $4, $5", &params),
        format!("[1E400,9007199254740993,-9223372036854775808,0.1,{BIG}]")
    );
}

#[test]
fn decimals_are_exact() {
    let session = numbers();
    assert_eq!(ask(&session, "SELECT sum(CAST(long AS DECIMAL(38,3))) FROM n"), "[24691357802469135781.247]");
    assert_eq!(
        ask(&session, "SELECT 1E400, -1E400, 18446744073709551615"),
        "[1E400,-1E400,18446744073709551615]"
    );
}

#[test]
fn sums_of_integers_are_exact_or_refused() {
    let session = numbers();
    assert_eq!(
        ask(&session, "SELECT sum(int) FROM n WHERE int > 9007199254740992 AND int < 9223372036854775807"),
        "[9007199254740993]"
    );
    let documents = [r#"{"_id":"a","i":9223372036854775807}"#, r#"{"_id":"b","i":1}"#];
    let session = crate::setup::session(&[("o", &documents)]);
    let error = crate::setup::error(&session, "SELECT sum(i) FROM o");
    assert_eq!(error.code().as_str(), "invalid_sql", "{error}");
    assert_eq!(ask(&session, "SELECT sum(CAST(i AS DECIMAL(38,0))) FROM o"), "[9223372036854775808]");
}

#[test]
fn arithmetic_over_integers_is_exact_or_refused() {
    let session = numbers();
    for sql in [
        "SELECT 9223372036854775807 + 1",
        "SELECT int + 1 FROM n",
        "SELECT int - 1 FROM n",
        "SELECT int * 2 FROM n",
        "SELECT -int FROM n",
        "SELECT _id FROM n WHERE int + 1 > 0",
    ] {
        let error = crate::setup::error(&session, sql);
        assert_eq!(error.code().as_str(), "invalid_sql", "{sql}: {error}");
        assert!(error.detail().contains("verflow"), "{sql}: {error}");
    }
    assert_eq!(
        ask(&session, "SELECT int + 1, -int, int * 3 - 2 FROM n WHERE _id = 'a'"),
        "[9007199254740994,-9007199254740993,27021597764222977]"
    );
    assert_eq!(ask(&session, "SELECT 1 + 2 * 3 - 4 LIMIT 1 + 1"), "[3]");
}

/// Numbers of every size, and values that are none.
fn wide() -> Session {
    session(&[(
        "w",
        &[
            r#"{"_id":"a","g":1,"v":1}"#,
            r#"{"_id":"b","g":1,"v":1E400}"#,
            r#"{"_id":"c","g":1,"v":12345678901234567890.123}"#,
            r#"{"_id":"d","g":2,"v":9007199254740993}"#,
            r#"{"_id":"e","g":2,"v":-1E400}"#,
            r#"{"_id":"f","g":2,"v":9007199254740992}"#,
            r#"{"_id":"g","g":3,"v":"zzz"}"#,
            r#"{"_id":"h","g":3,"v":null}"#,
            r#"{"_id":"i","g":4,"v":2.50}"#,
            r#"{"_id":"j","g":4,"v":2.5}"#,
            r#"{"_id":"k","g":4,"v":[1E999]}"#,
        ],
    )])
}

#[test]
fn the_least_and_the_greatest_are_exact() {
    let session = wide();
    assert_eq!(columns(&session, "SELECT max(v) AS a, min(v) AS i FROM w"), "a json, i json");
    for (sql, expected) in [
        ("SELECT max(v), min(v) FROM w", "[1E400,-1E400]"),
        ("SELECT max(v) FROM w WHERE v < 1E400", "[12345678901234567890.123]"),
        ("SELECT max(v), min(v) FROM w WHERE _id IN ('d', 'f')", "[9007199254740993,9007199254740992]"),
        ("SELECT max(v) FILTER (WHERE g = 2), min(DISTINCT v) FROM w", "[9007199254740993,-1E400]"),
        (
            "SELECT g, min(v), max(v) FROM w GROUP BY g ORDER BY g",
            "[1,1,1E400] [2,-1E400,9007199254740993] [3,null,null] [4,2.5,2.5]",
        ),
        (
            "SELECT g, max(v) FILTER (WHERE v < 9007199254740993) FROM w GROUP BY g ORDER BY g",
            "[1,1] [2,9007199254740992] [3,null] [4,2.5]",
        ),
        ("SELECT g FROM w GROUP BY g HAVING max(v) > 9007199254740992 ORDER BY g", "[1] [2]"),
        ("SELECT g FROM w GROUP BY g ORDER BY max(v), g", "[4] [2] [1] [3]"),
        ("SELECT max(v) + 1, -min(v) FROM w WHERE g = 4", "[3.5,-2.5]"),
        ("SELECT _id FROM w WHERE v = (SELECT max(v) FROM w)", r#"["b"]"#),
        ("SELECT max(v) FROM w WHERE false", "[null]"),
        (
            "SELECT max(v) OVER (ORDER BY _id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM w",
            "[1] [1E400] [1E400] [12345678901234567890.123] [9007199254740993] [9007199254740992] \
             [9007199254740992] [null] [2.50] [2.5] [2.5]",
        ),
        (
            "SELECT min(v) OVER (PARTITION BY g ORDER BY _id) FROM w WHERE g < 3 ORDER BY _id",
            "[1] [1] [1] [9007199254740993] [-1E400] [-1E400]",
        ),
        ("SELECT max(json_get(_doc, 'v')) FROM w", "[1E400]"),
    ] {
        assert_eq!(ask(&session, sql), expected, "{sql}");
    }
}

#[test]
fn many_groups_have_their_own_least_and_greatest() {
    let documents: Vec<String> =
        (0..20_000).map(|n| format!("{{\"g\":{},\"v\":9007199254740992.{:05}}}", n % 5_000, n)).collect();
    let mut documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    documents.push(r#"{"g":0,"v":"x"}"#);
    let session = session(&[("m", &documents)]);
    assert_eq!(
        ask(&session, "SELECT g, min(v), max(v) FROM m GROUP BY g ORDER BY g LIMIT 2 OFFSET 1"),
        "[1,9007199254740992.00001,9007199254740992.15001] [2,9007199254740992.00002,9007199254740992.15002]"
    );
}

#[test]
fn a_number_beyond_doubles_is_not_left_out_of_a_sum() {
    let session = wide();
    for sql in [
        "SELECT sum(v) FROM w",
        "SELECT avg(v) FROM w",
        "SELECT g, sum(v) FROM w GROUP BY g",
        "SELECT stddev(v) FROM w",
        "SELECT sum(v) OVER (ORDER BY _id) FROM w",
    ] {
        let error = crate::setup::error(&session, sql);
        assert_eq!(error.code().as_str(), "invalid_sql", "{sql}: {error}");
        assert!(error.detail().contains("1E400"), "{sql}: {error}");
    }
    assert_eq!(ask(&session, "SELECT sum(v) FROM w WHERE g = 4"), "[5.0]");
}
