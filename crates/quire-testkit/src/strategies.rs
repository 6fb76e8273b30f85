//! Strategies of property tests: JSON as compact text.

use proptest::prelude::*;
use quire_model::json::write_string;

/// A JSON value: nested a few levels, with few different keys and values, so that equal ones meet.
pub fn value() -> BoxedStrategy<String> {
    scalar()
        .prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec((key(), inner), 0..4).prop_map(|fields| object_text(&fields)),
            ]
        })
        .boxed()
}

/// A JSON object with up to `fields_max` fields.
pub fn object(fields_max: usize) -> BoxedStrategy<String> {
    prop::collection::vec((key(), value()), 0..=fields_max).prop_map(|fields| object_text(&fields)).boxed()
}

/// A value that is no array and no object.
pub fn scalar() -> BoxedStrategy<String> {
    prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        (-3i64..4).prop_map(|n| n.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        prop::sample::select(vec!["1.0", "1e0", "-0", "0.10", "1E400", "-1e400", "9007199254740993", "1e-7"])
            .prop_map(str::to_owned),
        prop::sample::select(vec!["", "a", "b", "ab", "é", "日本", "🦀", "\"", "\\", "\n"])
            .prop_map(string_text),
        any::<String>().prop_map(|s| string_text(&s)),
    ]
    .boxed()
}

/// A key: one of a few.
pub fn key() -> BoxedStrategy<String> {
    prop::sample::select(vec!["a", "b", "c", "d", "0", "1", "é", "x y"]).prop_map(str::to_owned).boxed()
}

/// The text of an object; of equal keys the first stays.
fn object_text(fields: &[(String, String)]) -> String {
    let mut out = String::from("{");
    for (n, (key, value)) in fields.iter().enumerate() {
        if fields[..n].iter().any(|(earlier, _)| earlier == key) {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&string_text(key));
        out.push(':');
        out.push_str(value);
    }
    out.push('}');
    out
}

fn string_text(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    write_string(text, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
