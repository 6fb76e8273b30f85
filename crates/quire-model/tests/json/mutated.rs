//! Hundreds of thousands of damaged documents: the same verdict as the judge, and the same values.

use quire_model::json::{Json, Kind, Limits, Scanner, compact_into, pointer_at};

use crate::oracle::{self, Tree};
use crate::random::{self, Random};

const DOCUMENTS: u64 = 250_000;
const DEPTH_MAX: usize = 6;

#[test]
fn damaged_documents_are_judged_as_the_oracle_judges_them() {
    let mut random = Random::new(1);
    let mut scanner = Scanner::new(Limits { depth_max: DEPTH_MAX, ..Limits::default() });
    let mut accepted = 0;
    for _ in 0..DOCUMENTS {
        let mut text = String::new();
        let (depth, spaces) = (random.below(8), random.below(2) == 0);
        random::value(&mut random, depth, spaces, &mut text);
        let mut bytes = text.into_bytes();
        if random.below(3) > 0 {
            random::mutate(&mut random, &mut bytes);
        }
        let expected = oracle::tree(&bytes, DEPTH_MAX);
        let found = scanner.check(&bytes, &[]);
        let shown = String::from_utf8_lossy(&bytes);
        assert_eq!(expected.is_some(), found.is_ok(), "{shown:?}: {found:?}");
        match (expected, found) {
            (Some(expected), Ok(checked)) => {
                accepted += 1;
                let mut compact = Vec::new();
                compact_into(checked.text, &mut compact);
                assert_eq!(checked.compact, compact.len() == checked.text.len(), "{shown:?}");
                let compact = String::from_utf8(compact).unwrap();
                assert_same(&expected, Json::new(&compact));
                // Navigation does not mind the white space it need never meet.
                assert_same(&expected, Json::new(checked.text));
            }
            (_, Err(fault)) => {
                assert!(fault.offset <= bytes.len(), "{shown:?}: {fault:?}");
                pointer_at(&bytes, fault.offset);
            }
            _ => unreachable!("the verdicts are the same"),
        }
    }
    // Both verdicts must be common or the comparison says little.
    assert!((DOCUMENTS / 4..DOCUMENTS * 3 / 4).contains(&accepted), "{accepted} accepted");
}

#[test]
fn views_of_unchecked_text_always_return() {
    let mut random = Random::new(2);
    for _ in 0..60_000 {
        let mut text = String::new();
        random::value(&mut random, 4, true, &mut text);
        let mut bytes = text.into_bytes();
        random::mutate(&mut random, &mut bytes);
        random::mutate(&mut random, &mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        visit(Json::new(&text));
        let json = Json::new(&text);
        let _ = quire_model::json::compare(json, Json::new("{\"a\":[1,2.5]}"));
        let _ = quire_model::json::compare(json, json);
        compact_into(&text, &mut Vec::new());
        let offset = random.below(bytes.len() + 2);
        pointer_at(&bytes, offset);
    }
}

/// Asks a value everything there is to ask.
fn visit(value: Json<'_>) {
    let _ = (value.kind(), value.as_bool(), value.as_str(), value.get("a"), value.at(1));
    if let Some(number) = value.as_number() {
        let _ =
            (number.to_i64(), number.to_f64(), number.fits_f64(), number.canonical(), number.is_integer());
    }
    for (key, value) in value.fields() {
        let _ = (key.unescape(), key.is("a"));
        visit(value);
    }
    value.items().for_each(visit);
}

fn assert_same(expected: &Tree, found: Json<'_>) {
    match expected {
        Tree::Null => assert!(found.is_null()),
        Tree::Bool(value) => assert_eq!(found.as_bool(), Some(*value)),
        Tree::Number(text) => {
            assert_eq!(found.kind(), Kind::Number);
            assert_eq!(found.as_number().map(|number| number.text()), Some(text.as_str()));
        }
        Tree::String(text) => assert_eq!(found.as_str().as_deref(), Some(text.as_str())),
        Tree::Array(items) => {
            assert_eq!(found.kind(), Kind::Array);
            assert_eq!(found.items().count(), items.len());
            for (index, (expected, found_item)) in items.iter().zip(found.items()).enumerate() {
                assert_same(expected, found_item);
                assert_eq!(found.at(index).map(Json::text), Some(found_item.text()));
            }
        }
        Tree::Object(fields) => {
            assert_eq!(found.kind(), Kind::Object);
            assert_eq!(found.fields().count(), fields.len());
            for ((expected_key, expected), (key, value)) in fields.iter().zip(found.fields()) {
                assert_eq!(key.unescape(), expected_key.as_str());
                assert!(key.is(expected_key));
                assert_same(expected, value);
                assert_eq!(found.get(expected_key).map(Json::text), Some(value.text()));
            }
        }
    }
}
