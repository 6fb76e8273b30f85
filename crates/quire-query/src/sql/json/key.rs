//! Texts that sort as JSON values do, and are equal where the values are.
//!
//! A tag for the kind comes first, in the order of kinds. Then:
//! - a number: its sign, the place of its point and its digits, all turned round for a negative one;
//! - a string: its characters with zero escaped, and an end that is less than any character;
//! - an array or object: its parts, and an end that is less than any part. Objects go by sorted keys.

use quire_model::json::{Json, Kind};

const END: char = '\u{0}';
const PART: char = '\u{1}';
const NULL: char = '\u{2}';
const NUMBER: char = '\u{3}';
const STRING: char = '\u{4}';
const OBJECT: char = '\u{5}';
const ARRAY: char = '\u{6}';
const FALSE: char = '\u{7}';
const TRUE: char = '\u{8}';
/// Greater than every other character of a number.
const LAST: char = '\u{7f}';

/// Appends the key of a value.
pub(super) fn write(value: Json<'_>, out: &mut String) {
    match value.kind() {
        Kind::Null => out.push(NULL),
        Kind::Bool => out.push(if value.as_bool() == Some(true) { TRUE } else { FALSE }),
        Kind::Number => {
            out.push(NUMBER);
            let canonical = value.as_number().map(|number| number.canonical()).unwrap_or_default();
            write_number(&canonical, out);
        }
        Kind::String => {
            out.push(STRING);
            write_text(&value.as_str().unwrap_or_default(), out);
        }
        Kind::Array => {
            out.push(ARRAY);
            value.items().for_each(|item| write(item, out));
            out.push(END);
        }
        Kind::Object => {
            out.push(OBJECT);
            let mut fields: Vec<_> = value.fields().map(|(key, value)| (key.unescape(), value)).collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            for (key, value) in fields {
                out.push(PART);
                write_text(&key, out);
                write(value, out);
            }
            out.push(END);
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    for (n, part) in text.split(END).enumerate() {
        if n > 0 {
            out.extend([END, LAST]);
        }
        out.push_str(part);
    }
    out.extend([END, END]);
}

/// `canonical` is `0`, or digits without zeros at their ends, `e`, and an exponent.
fn write_number(canonical: &str, out: &mut String) {
    let (negative, unsigned) = canonical.strip_prefix('-').map_or((false, canonical), |rest| (true, rest));
    let Some((digits, exponent)) = unsigned.split_once('e') else {
        out.push('1');
        return;
    };
    let mut magnitude = point(exponent, digits.len());
    magnitude.push_str(digits);
    if negative {
        out.push('0');
        out.push_str(&turned(&magnitude));
        out.push(LAST);
    } else {
        out.push('2');
        out.push_str(&magnitude);
        out.push(END);
    }
}

/// The place of the point before the first digit. Exponents that 64 bits do not hold are farther than all
/// others; among themselves they go by their own digits.
fn point(exponent: &str, digits: usize) -> String {
    let short = exponent.parse::<i64>().ok().filter(|e| e.unsigned_abs() < 1 << 62);
    let place = |point: i64| format!("{:016x}", point as u64 ^ 1 << 63);
    let long = |digits: &str| format!("{:08x}{digits}", digits.len());
    match (short, exponent.strip_prefix('-')) {
        (Some(exponent), _) => place(exponent + digits as i64),
        (None, Some(exponent)) => place(i64::MIN) + &turned(&long(exponent)),
        (None, None) => place(i64::MAX) + &long(exponent),
    }
}

/// Hexadecimal digits that sort the other way round.
fn turned(digits: &str) -> String {
    let turn =
        |digit: char| digit.to_digit(16).and_then(|value| char::from_digit(15 - value, 16)).unwrap_or(digit);
    digits.chars().map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quire_model::json::compare;

    fn key(text: &str) -> String {
        let mut out = String::new();
        write(Json::new(text), &mut out);
        out
    }

    #[test]
    fn keys_have_the_order_of_values() {
        let values = [
            "null",
            "-1E400",
            "-2",
            "-1.5",
            "-1.25",
            "-1",
            "-0.5",
            "-1e-400",
            "0",
            "-0",
            "0.0",
            "1e-400",
            "1e-5",
            "0.1",
            "0.5",
            "1",
            "1.0",
            "10e-1",
            "1.25",
            "2",
            "9",
            "10",
            "9007199254740992",
            "9007199254740993",
            "1e300",
            "1E400",
            "1e99999999999999999999",
            "2e99999999999999999999",
            "-1e99999999999999999999",
            r#""""#,
            r#""a""#,
            r#""a\u0000""#,
            r#""a\u0000b""#,
            r#""ab""#,
            r#""\u0061""#,
            r#""é""#,
            r#""😀""#,
            "{}",
            r#"{"a":1}"#,
            r#"{"a":1,"b":2}"#,
            r#"{"b":2,"a":1.0}"#,
            r#"{"a":2}"#,
            r#"{"b":0}"#,
            r#"{"a":null}"#,
            "[]",
            "[null]",
            "[1]",
            "[1,2]",
            "[1,[2]]",
            "[10]",
            r#"["a"]"#,
            "[[]]",
            "[{}]",
            "false",
            "true",
        ];
        for a in values {
            for b in values {
                let expected = compare(Json::new(a), Json::new(b));
                assert_eq!(key(a).cmp(&key(b)), expected, "{a} and {b}");
            }
        }
    }
}
