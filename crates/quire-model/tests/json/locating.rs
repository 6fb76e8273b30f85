//! A fault can be shown to people.

use quire_model::json::{line_column, pointer_at};

#[test]
fn a_pointer_names_the_value_that_holds_a_byte() {
    let text = r#"{"a": [10, {"b/c": "x"}], "d": {"~": null}}"#;
    let at = |needle: &str| pointer_at(text.as_bytes(), text.find(needle).unwrap());
    assert_eq!(at("{\"a"), "");
    assert_eq!(at("a\""), "/a");
    assert_eq!(at("[10"), "/a");
    assert_eq!(at("10"), "/a/0");
    assert_eq!(at("0,"), "/a/0");
    assert_eq!(at(", {"), "/a");
    assert_eq!(at("{\"b"), "/a/1");
    assert_eq!(at("b/c"), "/a/1/b~1c");
    assert_eq!(at("\"x"), "/a/1/b~1c");
    assert_eq!(at("}],"), "/a/1");
    assert_eq!(at("], "), "/a");
    assert_eq!(at("\"d"), "/d");
    assert_eq!(at("~"), "/d/~0");
    assert_eq!(at("null"), "/d/~0");
    assert_eq!(pointer_at(text.as_bytes(), text.len() - 1), "");
    assert_eq!(pointer_at(text.as_bytes(), text.len() + 10), "");
}

#[test]
fn a_pointer_unescapes_its_keys() {
    assert_eq!(pointer_at(br#"{"\u0061\n":x}"#, 12), "/a\n");
}

#[test]
fn a_pointer_into_a_faulty_text_is_as_good_as_the_text() {
    assert_eq!(pointer_at(b"[1, x]", 4), "/1");
    assert_eq!(pointer_at(b"{\"a\":[1,2", 8), "/a/1");
    assert_eq!(pointer_at(b"{\"a\":1,\"a\":2}", 7), "/a");
    assert_eq!(pointer_at(b"{\"a\":\"\\ud800\"}", 6), "/a");
    assert_eq!(pointer_at(b"{\"a\":{\"b\":\xff}}", 10), "/a/b");
    assert_eq!(pointer_at(b"", 0), "");
    assert_eq!(pointer_at(b"]]]]", 2), "");
    assert_eq!(pointer_at(b"{\"\xff\":1}", 5), "/\u{fffd}");
}

#[test]
fn lines_and_columns_count_from_one() {
    let text = b"{\n  \"a\": 1,\n}";
    assert_eq!(line_column(text, 0), (1, 1));
    assert_eq!(line_column(text, 1), (1, 2));
    assert_eq!(line_column(text, 2), (2, 1));
    assert_eq!(line_column(text, 12), (3, 1));
    assert_eq!(line_column(text, 1000), (3, 2));
    assert_eq!(line_column(b"", 0), (1, 1));
}
