//! What strict JSON refuses, and the place that is blamed.

use quire_model::json::FaultKind;

use crate::fault;

const REFUSED: &[&str] = &[
    // Nothing, or too much.
    "\u{c}",
    "\u{b}1",
    "\u{a0}1",
    "1 2",
    "{}{}",
    "[]]",
    "null,",
    "1\0",
    "\0",
    "\"a\" \"b\"",
    "[1]x",
    "//",
    "1 // one",
    "/* */ 1",
    "\u{2028}1",
    // Words.
    "nul",
    "nulL",
    "NULL",
    "True",
    "tru",
    "truee",
    "fals",
    "nullnull",
    "undefined",
    "NaN",
    "nan",
    "-NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "[NaN]",
    "{\"a\":NaN}",
    // Numbers.
    "01",
    "-01",
    "00",
    "1.",
    ".5",
    "-.5",
    "-",
    "+1",
    "1e",
    "1e+",
    "1E-",
    "1.e1",
    "1.5.5",
    "1e5.5",
    "0x10",
    "1_000",
    "--1",
    "1-",
    "- 1",
    "1 .5",
    "1e 5",
    "0e",
    "0.e1",
    "[-]",
    "[1.]",
    "[01]",
    "١",
    "1f",
    "1n",
    "1,5",
    // Strings.
    "\"",
    "\"a",
    "'a'",
    "\"\\\"",
    "\"\\a\"",
    "\"\\x41\"",
    "\"\\U0041\"",
    "\"\\u\"",
    "\"\\u1\"",
    "\"\\u12\"",
    "\"\\u123\"",
    "\"\\u123g\"",
    "\"\\u+123\"",
    "\"\\u 123\"",
    "\"\\u-123\"",
    "\"\\\n\"",
    "\"\\0\"",
    "\"\\'\"",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"\0\"",
    "\"\u{1f}\"",
    "\"\\u00\u{e4}\"",
    "`a`",
    "\"a\" + \"b\"",
    "\"\\",
    // Arrays.
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[1;2]",
    "[1}",
    "[\"a\"",
    "[[]",
    "[:]",
    "[1:2]",
    "(1)",
    // Objects.
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{,}",
    "{,\"a\":1}",
    "{\"a\":1,,\"b\":2}",
    "{\"a\" 1}",
    "{\"a\":}",
    "{\"a\",1}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{\"a\":1]",
    "{\"a\"::1}",
    "{\"a\":1:2}",
    "{\"a\":1 \"b\":2}",
    "{[]:1}",
    "{\"a\"}",
    "{\"a\":1}}",
    "{\"a\":1;\"b\":2}",
    "{...}",
    "{\"a\\q\":1}",
    "{\"a\n\":1}",
];

#[test]
fn texts_that_are_no_json_are_refused() {
    for text in REFUSED {
        assert!(fault(text).is_some(), "{text:?} is accepted");
        // The same deep inside a good document.
        assert!(
            fault(format!("{{\"before\":[1,{{\"it\":{text}}}],\"after\":0}}")).is_some()
                || text.starts_with("1,5"),
            "{text:?} is accepted inside"
        );
    }
}

#[test]
fn nothing_but_white_space_is_empty() {
    assert_eq!(fault(""), Some((FaultKind::Empty, 0)));
    assert_eq!(fault(" \n\r\t"), Some((FaultKind::Empty, 4)));
}

#[test]
fn a_byte_order_mark_is_refused() {
    assert_eq!(fault("\u{feff}{}"), Some((FaultKind::ByteOrderMark, 0)));
    assert!(fault(" \u{feff}{}").is_some());
    assert!(fault("{}\u{feff}").is_some());
    assert!(fault("[\u{feff}1]").is_some());
    assert!(fault(b"\xff\xfe1\x00").is_some());
}

#[test]
fn every_control_character_in_a_string_is_refused_and_every_other_character_is_not() {
    for code in 0..0x20_u8 {
        for lead in [0, 1, 14, 15, 16, 31, 32] {
            let text = format!("[\"{}{}\"]", "x".repeat(lead), char::from(code));
            assert_eq!(fault(&text), Some((FaultKind::ControlCharacter, lead + 2)), "{code}");
        }
    }
    for character in ['\u{20}', '\u{7f}', '\u{80}', '\u{9f}', '\u{2028}', '\u{fffe}', '\u{10ffff}'] {
        assert_eq!(fault(format!("\"{character}\"")), None);
    }
}

#[test]
fn the_first_wrong_byte_is_blamed() {
    use FaultKind::{End, Escape, Syntax, Trailing};
    let cases: &[(&str, FaultKind, usize)] = &[
        ("[1,]", Syntax("a value"), 3),
        (" {\"a\":1,}", Syntax("a key in double quotes"), 8),
        ("{\"a\" 1}", Syntax("a colon after the key"), 5),
        ("[1 2]", Syntax("a comma or ]"), 3),
        ("{\"a\":1 2}", Syntax("a comma or }"), 7),
        ("[1.x]", Syntax("a digit"), 3),
        ("-", End("a digit"), 1),
        ("[01]", Syntax("no digit after a leading zero"), 2),
        ("[tru]", Syntax("a value"), 1),
        ("[1", End("a comma or ]"), 2),
        ("{\"a\":", End("a value"), 5),
        ("\"abc", End("the closing quote of a string"), 4),
        ("\"abc\\", End("the rest of an escape"), 5),
        ("\"ab\\x\"", Escape, 3),
        ("\"ab\\u12\"", Escape, 3),
        ("{} x", Trailing, 3),
    ];
    for (text, kind, offset) in cases {
        assert_eq!(fault(text), Some((*kind, *offset)), "{text}");
    }
}

#[test]
fn a_fault_is_one_sentence_without_the_offset() {
    for text in
        ["", "[1,]", "[1", "\"\\x\"", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "1 1", "\u{feff}1", "\"\n\""]
    {
        let sentence = quire_model::json::Scanner::new(Default::default())
            .check(text.as_bytes(), &[])
            .unwrap_err()
            .to_string();
        assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
        assert_eq!(sentence.matches('.').count(), 1, "{sentence}");
    }
}
