//! One total order of all values, the same as a slow and plain reference has.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use proptest::prelude::*;
use quire_model::json::{Json, compare, equal};

use crate::oracle::{self, Tree};
use crate::random::{self, Random};

fn order(a: &str, b: &str) -> Ordering {
    compare(Json::new(a), Json::new(b))
}

#[test]
fn kinds_come_in_their_order() {
    let ordered = [
        "null",
        "-1e400",
        "-2",
        "-1",
        "0",
        "0.5",
        "1",
        "1e400",
        "\"\"",
        "\"A\"",
        "\"a\"",
        "\"aa\"",
        "\"b\"",
        "\"ä\"",
        "\"\u{ffff}\"",
        "\"\u{10000}\"",
        "{}",
        "{\"a\":null}",
        "{\"a\":1}",
        "{\"a\":1,\"b\":0}",
        "{\"a\":2}",
        "{\"b\":0}",
        "[]",
        "[null]",
        "[null,0]",
        "[0]",
        "[1]",
        "[1,2]",
        "[2]",
        "[[]]",
        "[false]",
        "false",
        "true",
    ];
    for (left, a) in ordered.iter().enumerate() {
        for (right, b) in ordered.iter().enumerate() {
            assert_eq!(order(a, b), left.cmp(&right), "{a} {b}");
        }
    }
}

#[test]
fn spelling_does_not_count() {
    for (a, b) in [
        ("1", "1.0"),
        ("-0", "0"),
        ("\"a\"", "\"\\u0061\""),
        ("\"\\/\"", "\"/\""),
        ("\"😀\"", "\"\\ud83d\\ude00\""),
        ("{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":10e-1}"),
        ("{\"\\u0061\":[1]}", "{\"a\":[1.0]}"),
        ("[{\"a\":1,\"b\":[{\"c\":1,\"d\":2}]}]", "[{\"b\":[{\"d\":2,\"c\":1}],\"a\":1}]"),
    ] {
        assert_eq!(order(a, b), Equal, "{a} {b}");
        assert!(equal(Json::new(a), Json::new(b)));
    }
}

#[test]
fn objects_compare_by_sorted_keys_and_the_key_counts_first() {
    for (a, order_expected, b) in [
        ("{\"b\":1,\"a\":9}", Greater, "{\"a\":8,\"b\":5}"),
        ("{\"a\":9}", Less, "{\"b\":0}"),
        ("{\"a\":1,\"c\":0}", Greater, "{\"a\":1,\"b\":9}"),
        ("{\"a\":1}", Less, "{\"b\":1,\"a\":1}"),
        ("{\"z\":1,\"y\":{\"q\":[1,2]}}", Less, "{\"z\":1,\"y\":{\"q\":[1,3]}}"),
    ] {
        assert_eq!(order(a, b), order_expected, "{a} {b}");
        assert_eq!(order(b, a), order_expected.reverse());
    }
}

#[test]
fn strings_order_by_code_point_and_not_by_utf16() {
    assert_eq!(order("\"\u{ffff}\"", "\"\u{10000}\""), Less);
    assert_eq!(order("\"\\uffff\"", "\"\\ud800\\udc00\""), Less);
    assert_eq!(order("\"a\\n\"", "\"a\\u0009\""), Greater);
    assert_eq!(order("\"\\\\\"", "\"]\""), Less);
}

#[test]
fn deep_values_compare_without_recursion() {
    let deep = |inner: &str| format!("{}{inner}{}", "[".repeat(3000), "]".repeat(3000));
    assert_eq!(order(&deep("1"), &deep("2")), Less);
    assert_eq!(order(&deep("1"), &deep("1.0")), Equal);
}

/// A number as the reference sees it: an exact integer after scaling away all exponents of the tests.
fn scaled(text: &str) -> (bool, String) {
    const SCALE: i32 = 500;
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = SCALE + exponent.parse::<i32>().unwrap() - fraction.len() as i32;
    let digits = format!("{whole}{fraction}{}", "0".repeat(usize::try_from(zeros).unwrap()));
    let digits = digits.trim_start_matches('0').to_owned();
    (negative && !digits.is_empty(), digits)
}

fn reference_numbers(a: &str, b: &str) -> Ordering {
    let magnitude = |a: &str, b: &str| a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    match (scaled(a), scaled(b)) {
        ((false, a), (false, b)) => magnitude(&a, &b),
        ((true, a), (true, b)) => magnitude(&b, &a),
        ((a, _), (b, _)) => b.cmp(&a),
    }
}

fn reference(a: &Tree, b: &Tree) -> Ordering {
    let rank = |tree: &Tree| match tree {
        Tree::Null => 0,
        Tree::Number(_) => 1,
        Tree::String(_) => 2,
        Tree::Object(_) => 3,
        Tree::Array(_) => 4,
        Tree::Bool(false) => 5,
        Tree::Bool(true) => 6,
    };
    match (a, b) {
        (Tree::Number(a), Tree::Number(b)) => reference_numbers(a, b),
        (Tree::String(a), Tree::String(b)) => a.chars().cmp(b.chars()),
        (Tree::Array(a), Tree::Array(b)) => {
            let pairs = a.iter().zip(b).map(|(a, b)| reference(a, b));
            pairs.fold(Equal, Ordering::then).then(a.len().cmp(&b.len()))
        }
        (Tree::Object(a), Tree::Object(b)) => {
            let sorted = |fields: &[(String, Tree)]| {
                let mut fields = fields.to_vec();
                fields.sort_by(|(a, _), (b, _)| a.chars().cmp(b.chars()));
                fields
            };
            let (a, b) = (sorted(a), sorted(b));
            let pairs = a.iter().zip(&b).map(|((a_key, a), (b_key, b))| {
                a_key.chars().cmp(b_key.chars()).then_with(|| reference(a, b))
            });
            pairs.fold(Equal, Ordering::then).then(a.len().cmp(&b.len()))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

/// A random value of few shapes, so that many are equal or nearly so, and its tree.
fn small(seed: u64, depth: usize) -> Option<(String, Tree)> {
    let mut text = String::new();
    random::value(&mut Random::new(seed), depth, seed.is_multiple_of(2), &mut text);
    let tree = oracle::tree(text.as_bytes(), 128)?;
    Some((text, tree))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_order_is_total_and_that_of_the_reference(
        a in any::<u64>(), b in any::<u64>(), c in any::<u64>(), depth in 0_usize..4
    ) {
        let Some((a, a_tree)) = small(a, depth) else { return Ok(()) };
        let Some((b, b_tree)) = small(b, depth) else { return Ok(()) };
        let Some((c, c_tree)) = small(c, depth) else { return Ok(()) };
        prop_assert_eq!(order(&a, &b), reference(&a_tree, &b_tree), "{} {}", a, b);
        prop_assert_eq!(order(&b, &c), reference(&b_tree, &c_tree), "{} {}", b, c);
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
        prop_assert_eq!(order(&a, &a), Equal);
        prop_assert_eq!(equal(Json::new(&a), Json::new(&b)), order(&a, &b).is_eq());
        let mut three = [&a, &b, &c];
        three.sort_by(|a, b| order(a, b));
        prop_assert!(order(three[0], three[1]).is_le() && order(three[1], three[2]).is_le());
        prop_assert!(order(three[0], three[2]).is_le());
    }

    #[test]
    fn numbers_order_as_the_reference_orders_them(
        a in "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        b in "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        zeros in 0_usize..4,
    ) {
        prop_assert_eq!(order(&a, &b), reference_numbers(&a, &b));
        // The same number spelled with the point moved.
        let (negative, digits) = scaled(&a);
        let digits = if digits.is_empty() { "0".to_owned() } else { digits };
        let sign = if negative { "-" } else { "" };
        let other = format!("{sign}{digits}{}e-{}", "0".repeat(zeros), 500 + zeros);
        prop_assert_eq!(order(&a, &other), Equal, "{} {}", a, other);
    }
}
