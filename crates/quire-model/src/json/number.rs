//! Numbers by their own digits.

use std::cmp::Ordering;
use std::fmt::{self, Write};

use super::decimal::Decimal;
use super::token;

/// A number as it is written; every question is answered from its digits and so exactly.
#[derive(Clone, Copy, Debug)]
pub struct Number<'a>(&'a str);

impl<'a> Number<'a> {
    /// The number that `text` is, if it is one by the grammar of JSON.
    pub fn new(text: &'a str) -> Option<Number<'a>> {
        let end = token::number(text.as_bytes(), 0);
        (end == Ok(text.len())).then_some(Number(text))
    }

    /// The number of a value that begins like one in checked text.
    #[inline]
    pub(super) fn trusted(text: &'a str) -> Number<'a> {
        Number(text)
    }

    /// The number as it is written.
    #[inline]
    pub fn text(self) -> &'a str {
        self.0
    }

    /// The number as an integer of 64 bits, if it is exactly one however it is written: `1.0` and `1e2` are.
    pub fn to_i64(self) -> Option<i64> {
        // Refuses only what has a fraction or an exponent, or does not fit.
        self.0.parse().ok().or_else(|| Decimal::read(self.0).to_i64())
    }

    /// The nearest double; infinite when the number is too large for any.
    pub fn to_f64(self) -> f64 {
        if Decimal::has_long_exponent(self.0) {
            return Decimal::read(self.0).to_f64();
        }
        self.0.parse().unwrap_or(0.0)
    }

    /// Whether nothing is lost on the way through a double: whether the shortest decimal that reads back to the
    /// nearest double is this number. `-0` counts as 0; what only an infinity is near does not fit.
    pub fn fits_f64(self) -> bool {
        // Doubles keep any 15 digits.
        if self.short_integer().is_some_and(|value| value.unsigned_abs() < 1_000_000_000_000_000) {
            return true;
        }
        let nearest = self.to_f64();
        let mut shortest = Shortest::default();
        nearest.is_finite()
            && write!(shortest, "{nearest:e}").is_ok()
            && self.cmp_value(Number(shortest.text())).is_eq()
    }

    /// Whether it has no fraction, however it is written: `1.0` has none.
    pub fn is_integer(self) -> bool {
        self.short_integer().is_some() || Decimal::read(self.0).is_integer()
    }

    /// Compares the values exactly, whatever their spelling and size.
    pub fn cmp_value(self, other: Number<'_>) -> Ordering {
        if let (Some(left), Some(right)) = (self.short_integer(), other.short_integer()) {
            return left.cmp(&right);
        }
        Decimal::read(self.0).cmp(&Decimal::read(other.0))
    }

    /// A spelling that all numbers of the same value share, and no other: `0`, or digits without zeros at
    /// their ends, `e`, and an exponent, as in `-15e-1`. It is itself a number of that value.
    pub fn canonical(self) -> String {
        Decimal::read(self.0).canonical()
    }

    /// The value of a plain integer of at most 18 digits.
    #[inline]
    fn short_integer(self) -> Option<i64> {
        let bytes = self.0.as_bytes();
        let (negative, digits) = match bytes {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        if digits.len() > 18 {
            return None;
        }
        let value = digits.iter().try_fold(0_i64, |value, &digit| {
            digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0'))
        })?;
        Some(if negative { -value } else { value })
    }
}

/// Room for the shortest decimal of a double, at most 24 bytes.
#[derive(Default)]
struct Shortest {
    bytes: [u8; 32],
    length: usize,
}

impl Shortest {
    fn text(&self) -> &str {
        let text = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

impl Write for Shortest {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.length..).unwrap_or_default();
        let room = room.get_mut(..part.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(part.as_bytes());
        self.length += part.len();
        Ok(())
    }
}
