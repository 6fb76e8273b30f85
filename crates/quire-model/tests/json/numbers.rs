//! Numbers mean exactly what their digits say.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use quire_model::json::Number;

fn number(text: &str) -> Number<'_> {
    Number::new(text).unwrap_or_else(|| panic!("{text} is a number"))
}

#[test]
fn only_numbers_by_the_grammar_are_numbers() {
    for text in
        ["", "-", "+1", "01", "1.", ".1", "1e", "1e+", " 1", "1 ", "0x1", "NaN", "1a", "--1", "1.2.3", "null"]
    {
        assert!(Number::new(text).is_none(), "{text}");
    }
    for text in ["0", "-0", "10", "0.10", "1e5", "1E-05", "-1.5e+300"] {
        assert_eq!(number(text).text(), text);
    }
}

#[test]
fn numbers_compare_by_value() {
    const HUGE: &str = "1e999999999999999999999";
    let cases: &[(&str, Ordering, &str)] = &[
        ("1", Equal, "1.0"),
        ("1", Equal, "10e-1"),
        ("1", Equal, "0.1e1"),
        ("100", Equal, "1e2"),
        ("-0", Equal, "0"),
        ("0.0e99999999999999999999999", Equal, "-0"),
        ("1E400", Less, "1E401"),
        ("-1E400", Greater, "-1E401"),
        ("9007199254740993", Greater, "9007199254740992"),
        ("9007199254740993.0", Greater, "9007199254740992"),
        ("1e-400", Greater, "0"),
        ("-1e-400", Less, "0"),
        ("0.1", Greater, "0.09999999999999999999999"),
        ("2", Less, "10"),
        ("-2", Greater, "-10"),
        ("-1", Less, "1"),
        ("1.5", Greater, "1.25"),
        ("1.5", Less, "15"),
        ("0.015", Less, "0.15"),
        ("123456789012345678901", Greater, "123456789012345678900"),
        ("1.000", Equal, "1e0"),
        ("1200", Equal, "12e2"),
        (HUGE, Greater, "1e999999999999999999998"),
        (HUGE, Equal, "10e999999999999999999998"),
        (HUGE, Greater, "1e400"),
        (HUGE, Equal, "0.01e1000000000000000000001"),
        (HUGE, Less, "1e1000000000000000000000"),
        ("1e-999999999999999999999", Less, "1"),
        ("1e-999999999999999999999", Greater, "0"),
        ("1e-1000000000000000000000", Less, "1e-999999999999999999999"),
        ("10e-1000000000000000000000", Equal, "1e-999999999999999999999"),
        ("-1e999999999999999999999", Less, "-1"),
        ("1e00000000000000000000000000000000000001", Equal, "10"),
        ("10e99999999999999999", Equal, "1e100000000000000000"),
        ("1e99999999999999999", Less, "1e100000000000000000"),
        ("0.1e100000000000000000", Equal, "1e99999999999999999"),
        ("0.1e-99999999999999999", Equal, "1e-100000000000000000"),
    ];
    for (left, order, right) in cases {
        assert_eq!(number(left).cmp_value(number(right)), *order, "{left} {right}");
        assert_eq!(number(right).cmp_value(number(left)), order.reverse(), "{right} {left}");
        let canonical = number(left).canonical() == number(right).canonical();
        assert_eq!(canonical, order.is_eq(), "{left} {right}");
    }
}

#[test]
fn the_canonical_form_is_short_and_a_number_of_the_same_value() {
    for (text, canonical) in [
        ("0", "0"),
        ("-0.00e7", "0"),
        ("1", "1e0"),
        ("-1.50", "-15e-1"),
        ("1200", "12e2"),
        ("0.001", "1e-3"),
        ("10e-1", "1e0"),
        ("1e999999999999999999999", "1e999999999999999999999"),
        ("1.5e-100000000000000000000", "15e-100000000000000000001"),
        ("100e99999999999999999999", "1e100000000000000000001"),
        ("0.1e100000000000000000", "1e99999999999999999"),
    ] {
        assert_eq!(number(text).canonical(), canonical, "{text}");
        assert!(number(canonical).cmp_value(number(text)).is_eq());
        assert_eq!(number(canonical).canonical(), canonical);
    }
}

#[test]
fn integers_are_integers_however_they_are_written() {
    for (text, value) in [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("-0.0e5", Some(0)),
        ("1.0", Some(1)),
        ("1e2", Some(100)),
        ("-1.5e1", Some(-15)),
        ("1.5", None),
        ("1e-1", None),
        ("10e-1", Some(1)),
        ("9223372036854775807", Some(i64::MAX)),
        ("9223372036854775808", None),
        ("-9223372036854775808", Some(i64::MIN)),
        ("-9223372036854775809", None),
        ("9223372036854775807.0", Some(i64::MAX)),
        ("922337203685477580.7e1", Some(i64::MAX)),
        ("92233720368547758.07e1", None),
        ("1e18", Some(1_000_000_000_000_000_000)),
        ("1e19", None),
        ("1e999999999999999999999", None),
        ("0e999999999999999999999", Some(0)),
        ("1e-999999999999999999999", None),
        ("123.000000000000000000000000000", Some(123)),
    ] {
        assert_eq!(number(text).to_i64(), value, "{text}");
    }
    for text in [
        "1",
        "1.0",
        "1e999999999999999999999",
        "12e-0",
        "120e-1",
        "0e-999999999999999999999",
        "99999999999999999999",
    ] {
        assert!(number(text).is_integer(), "{text}");
    }
    for text in ["1.5", "1e-1", "1e-999999999999999999999", "125e-1", "0.1", "-7.25"] {
        assert!(!number(text).is_integer(), "{text}");
    }
}

#[test]
fn doubles_are_the_nearest() {
    for (text, value) in [
        ("0", 0.0),
        ("1.5", 1.5),
        ("1e400", f64::INFINITY),
        ("-1e400", f64::NEG_INFINITY),
        ("1e-400", 0.0),
        ("0.1", 0.1),
        ("9007199254740993", 9_007_199_254_740_992.0),
        ("1e999999999999999999999", f64::INFINITY),
        ("1e23", 1e23),
        ("1e-999999999999999999999", 0.0),
        ("0e999999999999999999999", 0.0),
        ("5e-324", 5e-324),
        ("123e00000000002", 12300.0),
        ("1.7976931348623157e308", f64::MAX),
        ("1.7976931348623157e00308", f64::MAX),
        ("2.4703282292062327e-324", 0.0),
    ] {
        assert_eq!(number(text).to_f64(), value, "{text}");
    }
    // Just above the middle of two doubles, by a digit far behind all that is looked at first.
    let above = format!("9007199254740993.{}1", "0".repeat(2000));
    assert_eq!(number(&above).to_f64(), 9_007_199_254_740_994.0);
    let above = format!("9007199254740993.{}1e000000", "0".repeat(2000));
    assert_eq!(number(&above).to_f64(), 9_007_199_254_740_994.0);
}

#[test]
fn a_number_fits_a_double_when_nothing_is_lost() {
    for text in [
        "0",
        "-0",
        "0.0",
        "1",
        "-1.5",
        "0.1",
        "1e23",
        "1e308",
        "5e-324",
        "9007199254740992",
        "123456789012345",
        "1.0",
        "100e-2",
        "0.30000000000000004",
        "1.7976931348623157e308",
        "1e22",
        "4503599627370495.5",
        "1000000000000000000000",
        "3.140",
    ] {
        assert!(number(text).fits_f64(), "{text}");
    }
    for text in [
        "9007199254740993",
        "1e400",
        "-1e400",
        "1e-400",
        "0.1000000000000000055511151231257827",
        "3.141592653589793238",
        "1e999999999999999999999",
        "1e-999999999999999999999",
        "123456789012345678",
        "18446744073709551615",
    ] {
        assert!(!number(text).fits_f64(), "{text}");
    }
}
