//! Bytes that sort as JSON values do, and are equal where the values are.
//!
//! A tag for the kind comes first, in the order of kinds. Then:
//! - a number: its sign, the place of its point and its digits, all turned round for a negative one;
//! - a string: its bytes with zero bytes escaped, and an end that is less than any character;
//! - an array or object: its parts, and an end that is less than any part. Objects go by sorted keys.

use quire_model::json::{Json, Kind};

const END: u8 = 0;
const PART: u8 = 1;
const NULL: u8 = 2;
const NUMBER: u8 = 3;
const STRING: u8 = 4;
const OBJECT: u8 = 5;
const ARRAY: u8 = 6;
const FALSE: u8 = 7;
const TRUE: u8 = 8;

/// Appends the key of a value.
pub(super) fn write(value: Json<'_>, out: &mut Vec<u8>) {
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

fn write_text(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        out.push(byte);
        if byte == 0 {
            out.push(0xff);
        }
    }
    out.extend_from_slice(&[0, END]);
}

/// `canonical` is `0`, or digits without zeros at their ends, `e`, and an exponent.
fn write_number(canonical: &str, out: &mut Vec<u8>) {
    let (negative, unsigned) = canonical.strip_prefix('-').map_or((false, canonical), |rest| (true, rest));
    let Some((digits, exponent)) = unsigned.split_once('e') else {
        out.push(1);
        return;
    };
    out.push(if negative { 0 } else { 2 });
    let from = out.len();
    write_point(exponent, digits.len(), out);
    out.extend_from_slice(digits.as_bytes());
    out.push(END);
    if negative {
        out[from..].iter_mut().for_each(|byte| *byte = !*byte);
    }
}

/// The place of the point before the first digit. Exponents that 64 bits do not hold are farther than all others;
/// among themselves they go by their own digits.
fn write_point(exponent: &str, digits: usize, out: &mut Vec<u8>) {
    let short = exponent.parse::<i64>().ok().filter(|e| e.unsigned_abs() < 1 << 62);
    let (point, long) = match (short, exponent.strip_prefix('-')) {
        (Some(exponent), _) => (exponent + digits as i64, None),
        (None, Some(digits)) => (i64::MIN, Some(digits)),
        (None, None) => (i64::MAX, Some(exponent)),
    };
    out.extend_from_slice(&(point as u64 ^ 1 << 63).to_be_bytes());
    if let Some(long) = long {
        let from = out.len();
        out.extend_from_slice(&(long.len() as u32).to_be_bytes());
        out.extend_from_slice(long.as_bytes());
        if point == i64::MIN {
            out[from..].iter_mut().for_each(|byte| *byte = !*byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quire_model::json::compare;

    fn key(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        write(Json::new(text), &mut out);
        out
    }

    #[test]
    fn keys_have_the_order_of_values() {
        let values = [
            "null", "-1E400", "-2", "-1.5", "-1.25", "-1", "-0.5", "-1e-400", "0", "-0", "0.0", "1e-400", "1e-5", "0.1", "0.5", "1",
            "1.0", "10e-1", "1.25", "2", "9", "10", "9007199254740992", "9007199254740993", "1e300", "1E400",
            "1e99999999999999999999", "2e99999999999999999999", "-1e99999999999999999999",
            r#""""#, r#""a""#, r#""a\u0000""#, r#""a\u0000b""#, r#""ab""#, r#""\u0061""#, r#""é""#, r#""😀""#, "{}",
            r#"{"a":1}"#, r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1.0}"#, r#"{"a":2}"#, r#"{"b":0}"#, r#"{"a":null}"#, "[]", "[null]",
            "[1]", "[1,2]", "[1,[2]]", "[10]", r#"["a"]"#, "[[]]", "[{}]", "false", "true",
        ];
        for a in values {
            for b in values {
                let expected = compare(Json::new(a), Json::new(b));
                assert_eq!(key(a).cmp(&key(b)), expected, "{a} and {b}");
            }
        }
    }
}
