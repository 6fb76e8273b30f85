//! Texts made to hurt cost no more than their length: quadratic work on one of these would not end within the day.

use quire_model::json::{FaultKind, Json, Limits, Number, Scanner, compare, equal, pointer_at};

use crate::{accepts, fault};

#[test]
fn a_hundred_thousand_open_brackets_are_a_plain_fault() {
    for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000), "[{\"a\":".repeat(100_000)] {
        assert!(matches!(fault(&text), Some((FaultKind::TooDeep { .. }, _))));
        // Views of such a text, unchecked, return as well.
        let json = Json::new(&text);
        let _ = (json.at(0), json.get("a"), compare(json, Json::new("[[]]")));
        assert!(pointer_at(text.as_bytes(), text.len()).len() < 10_000);
    }
    let closing = "]".repeat(100_000);
    assert!(fault(closing).is_some());
}

#[test]
fn a_million_keys_are_checked() {
    let keys: Vec<String> = (0..1_000_000).map(|key| format!("\"{key}\":0")).collect();
    let good = format!("{{{}}}", keys.join(","));
    let bad = format!("{{{},\"500000\":1}}", keys.join(","));
    let mut scanner = Scanner::new(Limits::default());
    assert!(scanner.check(good.as_bytes(), &[]).is_ok());
    assert_eq!(scanner.check(bad.as_bytes(), &[]).unwrap_err().kind, FaultKind::DuplicateKey);
    assert!(equal(Json::new(&good), Json::new(&good)));
}

#[test]
fn keys_that_look_alike_to_a_cheap_hash_cost_no_more() {
    // The same length, the same first and last bytes, the same bits in any fold of them: only the middle differs.
    let keys: Vec<String> = (0..300_000).map(|key| format!("\"prefix--{key:06}--suffix--\":0")).collect();
    let text = format!("{{{}}}", keys.join(","));
    assert!(accepts(&text));
}

#[test]
fn many_large_objects_inside_each_other_keep_their_keys_apart() {
    let fields: String = (0..40).map(|key| format!("\"k{key}\":{key},")).collect();
    let open = format!("{{{fields}\"inner\":");
    let good = format!("{}null{}", open.repeat(100), "}".repeat(100));
    assert!(accepts(&good));
    // A key of an outer object again after the inner ones are closed.
    let bad = format!("{}null{},\"k7\":0}}", open.repeat(100), "}".repeat(99));
    assert!(matches!(fault(&bad), Some((FaultKind::DuplicateKey, _))));
}

#[test]
fn a_number_as_long_as_a_document_is_still_exact() {
    let digits = "7".repeat(1_000_000);
    let zeros = "0".repeat(1_000_000);
    let shifted = format!("{digits}e-1000000");
    let fraction = format!("0.{digits}");
    let number = |text: &'static str| Number::new(text).unwrap();
    let (shifted, fraction) = (Number::new(&shifted).unwrap(), Number::new(&fraction).unwrap());
    assert!(shifted.cmp_value(fraction).is_eq());
    assert_eq!(shifted.to_f64(), 0.777_777_777_777_777_8);
    let one = format!("0.{zeros}1e1000001");
    let one = Number::new(&one).unwrap();
    assert!(one.cmp_value(number("1")).is_eq());
    assert_eq!((one.to_f64(), one.to_i64(), one.fits_f64()), (1.0, Some(1), true));
}
