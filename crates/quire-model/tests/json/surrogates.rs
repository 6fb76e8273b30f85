//! Half a character is no text.

use quire_model::json::{FaultKind, Json};

use crate::fault;

#[test]
fn lone_surrogates_of_every_form_are_refused() {
    for (text, offset) in [
        (r#""\ud800""#, 1),
        (r#""\uDBFF""#, 1),
        (r#""\udc00""#, 1),
        (r#""\uDFFF""#, 1),
        (r#""ab\ud800cd""#, 3),
        (r#""\ud800\n""#, 1),
        (r#""\ud800\\udc00""#, 1),
        (r#""\ud800\ud800""#, 1),
        (r#""\ud800\ud800\udc00""#, 1),
        (r#""\udc00\ud800""#, 1),
        (r#""\ud800\u0041""#, 1),
        (r#""\ud83d\ude00\ude00""#, 13),
        (r#""\ud83d\ude0""#, 1),
        (r#""\ud83dude00""#, 1),
        (r#""\ud83d \ude00""#, 1),
        (r#"{"\ud800":1}"#, 2),
        (r#"["\ud800"]"#, 2),
        (r#""0123456789abcdef\udabc""#, 17),
    ] {
        assert_eq!(fault(text), Some((FaultKind::LoneSurrogate, offset)), "{text}");
    }
    assert!(fault(r#""\ud800"#).is_some());
    assert!(fault(r#""\ud800\"#).is_some());
    assert!(fault(r#""\ud800\u"#).is_some());
}

#[test]
fn pairs_and_their_neighbours_are_accepted() {
    for (text, meaning) in [
        (r#""\ud83d\ude00""#, "\u{1f600}"),
        (r#""\uD800\uDC00""#, "\u{10000}"),
        (r#""\udbff\udfff""#, "\u{10ffff}"),
        (r#""\ud7ff\ue000""#, "\u{d7ff}\u{e000}"),
        (r#""\\ud800""#, "\\ud800"),
        (r#""a\ud83d\ude00\ud83d\ude01b""#, "a\u{1f600}\u{1f601}b"),
    ] {
        assert_eq!(fault(text), None, "{text}");
        assert_eq!(Json::new(text).as_str().as_deref(), Some(meaning));
    }
}
