//! Parameters, and literals that try to be more than that.

use crate::setup::{ask, ask_with, code, error, session, try_rows};
use quire_model::Code;
use quire_query::Session;
use quire_query::sql::Param;

fn people() -> Session {
    session(&[(
        "people",
        &[
            r#"{"_id":"a","name":"Ada","age":36,"ok":true}"#,
            r#"{"_id":"b","name":"O'Brien","age":41,"ok":false}"#,
            r#"{"_id":"c","name":"?","age":-5}"#,
        ],
    )])
}

#[test]
fn both_kinds_of_parameters_work() {
    let session = people();
    let (ada, age) = (Param::from("Ada"), Param::from(36));
    assert_eq!(
        ask_with(
            &session,
            "SELECT _id FROM people WHERE name = $1 AND age = $2",
            &[ada.clone(), age.clone()]
        ),
        r#"["a"]"#
    );
    assert_eq!(
        ask_with(
            &session,
            "SELECT _id FROM people WHERE age = $2 AND name = $1",
            &[ada.clone(), age.clone()]
        ),
        r#"["a"]"#
    );
    assert_eq!(
        ask_with(&session, "SELECT _id FROM people WHERE name = ? AND age = ?", &[ada.clone(), age]),
        r#"["a"]"#
    );
    assert_eq!(ask_with(&session, "SELECT $1 || $1", &[ada]), r#"["AdaAda"]"#);
    assert_eq!(ask_with(&session, "SELECT _id FROM people WHERE ok = ?", &[true.into()]), r#"["a"]"#);
    assert_eq!(ask_with(&session, "SELECT _id FROM people WHERE age = ?", &[(-5).into()]), r#"["c"]"#);
    assert_eq!(
        ask_with(&session, "SELECT -?, 1 - ?, -(?)", &[(-5).into(), (-5).into(), 2.5.into()]),
        "[5,6,-2.5]"
    );
    assert_eq!(
        ask_with(&session, "SELECT ? IS NULL, coalesce(?, 1)", &[Param::Null, Param::Null]),
        "[true,1]"
    );
    assert_eq!(
        ask_with(&session, "SELECT _id FROM people ORDER BY _id LIMIT ? OFFSET ?", &[1.into(), 1.into()]),
        r#"["b"]"#
    );
    assert_eq!(
        ask_with(&session, "SELECT _id FROM people WHERE _id IN (?, ?)", &["a".into(), "c".into()]),
        r#"["a"] ["c"]"#
    );
    assert_eq!(
        ask_with(&session, "SELECT _doc ->> $1 FROM people WHERE _id = 'a'", &["name".into()]),
        r#"["Ada"]"#
    );
}

#[test]
fn a_question_mark_in_a_text_is_no_parameter() {
    let session = people();
    assert_eq!(ask(&session, "SELECT _id FROM people WHERE name = '?' -- ?\n /* ? */"), r#"["c"]"#);
    assert_eq!(
        ask_with(&session, "SELECT '?', \"name\" FROM people WHERE _id = ?", &["a".into()]),
        r#"["?","Ada"]"#
    );
}

#[test]
fn a_wrong_number_of_parameters_is_refused() {
    let session = people();
    for (sql, params) in
        [("SELECT $1", 0), ("SELECT $1, $2", 1), ("SELECT 1", 1), ("SELECT ?", 2), ("SELECT $3", 2)]
    {
        let params = vec![Param::Int(1); params];
        let error = try_rows(&session, sql, &params).unwrap_err();
        assert_eq!(error.code(), Code::InvalidSql, "{sql}");
        assert!(error.detail().contains("parameter"), "{error}");
        assert!(error.detail().contains(&params.len().to_string()), "{error}");
    }
    for sql in ["SELECT $1, ?", "SELECT $0", "SELECT $name", "SELECT $99999"] {
        assert_eq!(code(&session, sql), Code::InvalidSql, "{sql}");
    }
    assert!(error(&session, "SELECT $a").detail().contains("$a"));
}

#[test]
fn parameters_are_json_scalars() {
    let of = |text| Param::from_json(text).unwrap();
    assert_eq!(of("null"), Param::Null);
    assert_eq!(of("true"), Param::Bool(true));
    assert_eq!(of("1.0"), Param::Int(1));
    assert_eq!(of("1.5"), Param::Float(1.5));
    assert_eq!(of("1E400"), Param::Number("1E400".to_owned()));
    assert_eq!(of(r#""a\nb""#), Param::Text("a\nb".to_owned()));
    assert_eq!(Param::from_json("[1]").unwrap_err().code(), Code::InvalidSql);
    assert_eq!(Param::from_json("{}").unwrap_err().code(), Code::InvalidSql);
}

/// Whatever a parameter or a quoted literal says, it stays a value.
#[test]
fn trap_20_literals_stay_literals() {
    let session = people();
    let attacks = [
        "' OR '1'='1",
        "'; DROP TABLE people; --",
        "\\' OR 1=1 --",
        "x' UNION SELECT _doc FROM people --",
        "$1",
        "?",
        "\" OR \"\"=\"",
        "/* */ '",
        "\u{0}",
        "\u{2019} OR 1=1",
        "a\nb\r\tc",
        "%' OR name LIKE '%",
        "{\"$gt\":\"\"}",
        "E'\\x27'",
        "\u{1F600}'",
    ];
    for attack in attacks {
        let found = ask_with(&session, "SELECT _id FROM people WHERE name = $1", &[attack.into()]);
        assert_eq!(found, if attack == "?" { r#"["c"]"# } else { "" }, "{attack:?}");
        let back = ask_with(&session, "SELECT $1", &[attack.into()]);
        assert_eq!(back, format!("[{}]", quoted_json(attack)), "{attack:?}");
        let back = ask(&session, &format!("SELECT '{}'", attack.replace('\'', "''")));
        assert_eq!(back, format!("[{}]", quoted_json(attack)), "{attack:?}");
        let back = ask_with(
            &session,
            "SELECT count(*) FROM people WHERE name LIKE $1 OR _doc->>$1 = $1",
            &[attack.into()],
        );
        assert!(back == "[0]" || attack == "?", "{attack:?} {back}");
    }
    assert_eq!(ask(&session, "SELECT count(*) FROM people"), "[3]");
}

/// Random texts of characters that mean something to somebody, as parameter and as literal.
#[test]
fn trap_20_random_literals_come_back() {
    let session = people();
    let alphabet: Vec<char> = "'\"\\;-/*$?%_{}[]()\u{0}\n\u{e9}\u{1F600}ab 0E#`@:".chars().collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    for _ in 0..100 {
        let text: String = (0..next(12)).map(|_| alphabet[next(alphabet.len())]).collect();
        let sql = format!("SELECT $1, '{}', $1 = '{}'", text.replace('\'', "''"), text.replace('\'', "''"));
        let json = quoted_json(&text);
        assert_eq!(
            ask_with(&session, &sql, &[text.as_str().into()]),
            format!("[{json},{json},true]"),
            "{text:?}"
        );
    }
}

fn quoted_json(text: &str) -> String {
    let mut out = Vec::new();
    quire_model::json::write_string(text, &mut out);
    String::from_utf8(out).unwrap()
}
