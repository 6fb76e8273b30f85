//! No object has a key twice, however the key is written and however many there are.

use quire_model::json::FaultKind;

use crate::{accepts, fault};

#[test]
fn a_key_may_not_come_twice_in_one_object() {
    for (text, offset) in [
        (r#"{"a":1,"a":2}"#, 7),
        (r#"{"a":1,"b":2,"a":1}"#, 13),
        (r#"{"":1,"":2}"#, 6),
        (r#"[{"x":{"y":1,"z":2,"y":3}}]"#, 19),
        (r#"{"a":{"b":1},"c":[{}],"a":null}"#, 22),
        (r#"{"long key with more than sixteen bytes":1,"long key with more than sixteen bytes":2}"#, 43),
    ] {
        assert_eq!(fault(text), Some((FaultKind::DuplicateKey, offset)), "{text}");
    }
}

#[test]
fn keys_are_compared_after_unescaping() {
    for text in [
        r#"{"a":1,"\u0061":2}"#,
        r#"{"\u0061":1,"a":2}"#,
        r#"{"\u0061":1,"\u0061":2}"#,
        r#"{"/":1,"\/":2}"#,
        r#"{"😀":1,"\ud83d\ude00":2}"#,
        r#"{"\n":1,"\u000a":2}"#,
        r#"{"\u00E4":1,"ä":2}"#,
        r#"{"b":0,"key with \"quotes\"":1,"key with \u0022quotes\u0022":2}"#,
    ] {
        assert!(matches!(fault(text), Some((FaultKind::DuplicateKey, _))), "{text}");
    }
    assert!(accepts(r#"{"\\u0061":1,"a":2,"\u0041":3,"u0061":4}"#));
}

#[test]
fn the_same_key_in_different_objects_is_fine() {
    assert!(accepts(r#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}],"c":{"a":1}}"#));
}

#[test]
fn keys_that_are_nearly_the_same_differ() {
    // Lengths around the eight and sixteen bytes that are looked at in one go, and bytes at either end.
    let mut keys: Vec<String> = (0..40).map(|length| "k".repeat(length)).collect();
    keys.extend((0..40).map(|at| format!("{}x{}", "k".repeat(at), "k".repeat(39 - at))));
    keys.extend(["k\0", "k\0\0"].map(|key| key.replace('\0', "\\u0000")));
    for count in [keys.len(), 30, 31, 32, 33, 34] {
        let fields: Vec<String> = keys.iter().rev().take(count).map(|key| format!("\"{key}\":0")).collect();
        assert!(accepts(format!("{{{}}}", fields.join(","))));
        for twice in &fields {
            assert!(!accepts(format!("{{{},{twice}}}", fields.join(","))), "{twice}");
        }
    }
}

#[test]
fn a_duplicate_is_found_at_any_distance() {
    for count in [1, 2, 31, 32, 33, 64, 65, 1000] {
        let fields: Vec<String> = (0..count).map(|key| format!("\"key{key}\":{{\"key0\":0}}")).collect();
        let fields = fields.join(",");
        assert!(accepts(format!("{{{fields}}}")));
        for twice in [0, count / 2, count - 1] {
            assert!(!accepts(format!("{{{fields},\"key{twice}\":0}}")));
            assert!(!accepts(format!("{{{fields},\"\\u006bey{twice}\":0}}")));
        }
        assert!(accepts(format!("{{{fields},\"\\u006bey{count}\":0}}")));
    }
}
