//! What one JSON value is as a number, a string, a boolean, a type.

use crate::sql::error::sql_error;
use quire_model::json::{Json, Kind, Limits, Number, Scanner, compare, write_string};
use quire_model::{Result, fault_error};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The most characters of a number in an error.
const DIGITS_SHOWN: usize = 40;

/// The nearest double of a number, if there is one.
pub(super) fn number(value: Json<'_>) -> Option<f64> {
    value.as_number().map(Number::to_f64).filter(|number| number.is_finite())
}

/// The nearest double of a number.
///
/// # Errors
/// `invalid_sql` where it is beyond all doubles.
pub(super) fn double(value: Json<'_>) -> Result<Option<f64>> {
    let far = |n: Number<'_>| {
        let text: String = n.text().chars().take(DIGITS_SHOWN).collect();
        sql_error(format!(
            "the number {text} is beyond what this aggregate reaches; min, max and count take it, \
             sum(CAST(… AS DECIMAL(p, s))) takes up to 76 digits"
        ))
    };
    match value.as_number() {
        Some(n) if !n.to_f64().is_finite() => Err(far(n)),
        n => Ok(n.map(Number::to_f64)),
    }
}

/// A number without its fraction, if it fits.
pub(super) fn integer(value: Json<'_>) -> Option<i64> {
    let number = value.as_number()?;
    let within = |n: &f64| (-9.2e18..=9.2e18).contains(n);
    number.to_i64().or_else(|| Some(number.to_f64().trunc()).filter(within).map(|n| n as i64))
}

/// The digits of a number.
pub(super) fn digits(value: Json<'_>) -> Option<Cow<'_, str>> {
    value.as_number().map(|number| number.text().into())
}

/// A string.
pub(super) fn text(value: Json<'_>) -> Option<Cow<'_, str>> {
    value.as_str()
}

/// A string as it is, anything else by its JSON text.
pub(super) fn shown(value: Json<'_>) -> Cow<'_, str> {
    value.as_str().unwrap_or(value.text().into())
}

/// The name of the type.
pub(super) fn type_of(value: Json<'_>) -> &'static str {
    value.kind().name()
}

/// The order of two values of one kind; none for two kinds.
pub(super) fn order(a: Json<'_>, b: Json<'_>) -> Option<Ordering> {
    (a.kind() == b.kind()).then(|| compare(a, b))
}

/// Appends the one spelling that all values have that mean the same: numbers without needless digits, keys
/// sorted.
pub(super) fn write_canonical(value: Json<'_>, out: &mut Vec<u8>) {
    match value.kind() {
        Kind::Number => {
            let text = value.as_number().map(canonical_number).unwrap_or_default();
            out.extend_from_slice(text.as_bytes());
        }
        Kind::String => write_string(&value.as_str().unwrap_or_default(), out),
        Kind::Array => {
            out.push(b'[');
            for (n, item) in value.items().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write_canonical(item, out);
            }
            out.push(b']');
        }
        Kind::Object => {
            let mut fields: Vec<_> = value.fields().map(|(key, value)| (key.unescape(), value)).collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            out.push(b'{');
            for (n, (key, value)) in fields.into_iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write_string(&key, out);
                out.push(b':');
                write_canonical(value, out);
            }
            out.push(b'}');
        }
        Kind::Null | Kind::Bool => out.extend_from_slice(value.text().as_bytes()),
    }
}

fn canonical_number(number: Number<'_>) -> String {
    match number.to_i64() {
        Some(integer) => integer.to_string(),
        None if number.fits_f64() => {
            serde_json::Number::from_f64(number.to_f64()).map(|n| n.to_string()).unwrap_or_default()
        }
        None => number.canonical(),
    }
}

/// Reads a text as a JSON value. `None` for `null`.
///
/// # Errors
/// `invalid_json`.
pub(super) fn parse(text: &str) -> Result<Option<String>> {
    let mut scanner = Scanner::new(Limits::default());
    let checked = scanner.check(text.as_bytes(), &[]).map_err(|fault| fault_error(text.as_bytes(), fault))?;
    if checked.kind == Kind::Null {
        return Ok(None);
    }
    let mut out = Vec::with_capacity(text.len());
    quire_model::json::compact_into(checked.text, &mut out);
    Ok(Some(String::from_utf8_lossy(&out).into_owned()))
}
