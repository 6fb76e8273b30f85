//! Views read values where they are.

use std::borrow::Cow;

use quire_model::json::{Json, Kind};

#[test]
fn each_kind_answers_for_itself_only() {
    for (text, kind) in [
        ("null", Kind::Null),
        ("true", Kind::Bool),
        ("-1", Kind::Number),
        ("\"a\"", Kind::String),
        ("{}", Kind::Object),
        ("[]", Kind::Array),
    ] {
        let value = Json::new(text);
        assert_eq!(value.kind(), kind);
        assert_eq!(value.is_null(), kind == Kind::Null);
        assert_eq!(value.as_bool().is_some(), kind == Kind::Bool);
        assert_eq!(value.as_number().is_some(), kind == Kind::Number);
        assert_eq!(value.as_str().is_some(), kind == Kind::String);
        assert_eq!((value.fields().count(), value.items().count()), (0, 0));
        assert!(value.get("a").is_none() && value.at(0).is_none());
        assert_eq!(value.text(), text);
    }
}

#[test]
fn strings_without_escapes_are_borrowed() {
    assert!(matches!(Json::new("\"日本 语\"").as_str(), Some(Cow::Borrowed("日本 语"))));
    assert_eq!(Json::new(r#""\"\\\/\b\f\n\r\t\u00e4""#).as_str().unwrap(), "\"\\/\u{8}\u{c}\n\r\tä");
}

#[test]
fn fields_are_found_behind_anything() {
    // Values that look like structure, of all lengths around the blocks that are skipped at once.
    for filler in ["x", "]", "}", "[{", "\\\"", "\\\\", "\\\\\\\"", ",", ":", "ä"] {
        for count in 0..70 {
            let string = filler.repeat(count);
            for value in [
                format!("\"{string}\""),
                format!("[\"{string}\",[],{{}}]"),
                format!("{{\"{string}\":[\"{string}\"],\"wanted\":0}}"),
                format!("[[[\"{string}\"]],[{}1]]", "1,".repeat(count)),
            ] {
                let text = format!("{{\"a\":{value},\"wanted\":[1,{value},2]}}");
                let found = Json::new(&text).get("wanted").unwrap();
                assert_eq!(found.items().map(Json::text).collect::<Vec<_>>(), ["1", &value, "2"]);
                assert_eq!(found.at(1).unwrap().text(), value);
                assert!(found.at(3).is_none() && Json::new(&text).get("b").is_none());
            }
        }
    }
}

#[test]
fn keys_are_known_however_they_are_written() {
    let object = Json::new(r#"{"\u0061":1,"b\"":2,"c":3}"#);
    let found = |key: &str| object.get(key).map(Json::text);
    assert_eq!(
        (found("a"), found("b\""), found("c"), found("\\u0061")),
        (Some("1"), Some("2"), Some("3"), None)
    );
    let keys: Vec<_> = object.fields().map(|(key, _)| (key.raw(), key.unescape())).collect();
    assert_eq!(keys, [("\\u0061", "a".into()), ("b\\\"", "b\"".into()), ("c", "c".into())]);
}

#[test]
fn empty_text_is_harmless() {
    let value = Json::new("");
    assert_eq!((value.kind(), value.text()), (Kind::Null, ""));
    assert!(value.as_str().is_none() && value.as_number().is_none());
    for text in [
        "\"", "{", "[", "{\"", "{\"a", "{\"a\"", "{\"a\":", "[,", "[\"", "-", "\"\\", "{\"a\\", "[}", "{]",
        "[[[", "\"\\u",
    ] {
        let value = Json::new(text);
        let _ = (value.as_str(), value.fields().count(), value.items().count(), value.get("a"), value.at(7));
    }
}
