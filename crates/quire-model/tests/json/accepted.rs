//! What strict JSON allows, odd as it may look.

use quire_model::json::{Kind, Limits, Scanner};

use crate::fault;

#[test]
fn every_form_the_grammar_has_is_accepted() {
    const ACCEPTED: &[&str] = &[
        "0",
        "-0",
        "-0.0",
        "0e0",
        "0E+1",
        "0e-1",
        "1e400",
        "-1E-400",
        "1.25e+007",
        "1e0000",
        "123456789012345678901234567890",
        "0.00000000000000000000000000000000001",
        "1e99999999999999999999",
        "null",
        "true",
        "false",
        "\"\"",
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        "{\"\":\"\"}",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "[null,true,false,0,\"\",[],{}]",
        " \t\r\n[ \t\r\n] \t\r\n",
        "{ }",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uFFFF\\uaBcD\"",
        "\"\u{7f}\u{80}\u{2028}\u{2029}\u{ffff}\u{10ffff}\"",
        "\"/\"",
        "{\"a\":1,\"A\":2,\"á\":3,\"a\u{301}\":4}",
        "\"\\\\u12\"",
        "\"\\ud834\\udd1e\"",
        "[1,[2,[3,[4,[5]]]]]",
        "{\"a\" : 1 , \"b\" : [ 1 , 2 ] }",
        "\"\u{feff}\"",
        "\"// no comment\"",
    ];
    for text in ACCEPTED {
        assert_eq!(fault(text), None, "{text:?}");
    }
}

#[test]
fn strings_of_every_length_end_where_they_should() {
    for length in 0..100 {
        for tail in ["", "\\n", "\\\\", "\\\"", "ä", "\\u00e4", "\\ud83d\\ude00"] {
            let text = format!("{{\"k\":\"{}{tail}\"}}", "x".repeat(length));
            assert_eq!(fault(&text), None, "{text}");
            assert!(fault(&text[..text.len() - 2]).is_some());
        }
    }
}

#[test]
fn the_text_is_given_without_the_white_space_around_it() {
    let mut scanner = Scanner::new(Limits::default());
    for (bytes, text, kind, compact) in [
        (" \n[1,2]\t", "[1,2]", Kind::Array, true),
        ("[1, 2]", "[1, 2]", Kind::Array, false),
        ("{ }", "{ }", Kind::Object, false),
        ("{\"a b\":\" \"}", "{\"a b\":\" \"}", Kind::Object, true),
        ("{\"a\" :1}", "{\"a\" :1}", Kind::Object, false),
        ("{\"a\":1 }", "{\"a\":1 }", Kind::Object, false),
        ("  null ", "null", Kind::Null, true),
        ("false", "false", Kind::Bool, true),
        ("\"x\"\r", "\"x\"", Kind::String, true),
        (" -1.5e3", "-1.5e3", Kind::Number, true),
    ] {
        let checked = scanner.check(bytes.as_bytes(), &[]).unwrap();
        assert_eq!((checked.text, checked.kind, checked.compact), (text, kind, compact));
    }
}
