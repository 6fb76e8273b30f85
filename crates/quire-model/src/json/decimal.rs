//! Exact decimals of any size, as views of their digits.
//!
//! A value that is not zero is `0.d₁d₂…dₙ × 10^point` with `d₁` and `dₙ` not zero. Signs, points and digits of two
//! such forms compare one after the other. The point is the written exponent moved by the place of the dot;
//! an exponent too long for 64 bits stays decimal digits, so that work grows with the text and never with
//! the value.

use std::cmp::Ordering;

/// A number taken apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decimal<'a> {
    negative: bool,
    /// The significant digits are these two, one after the other; both are empty for zero.
    whole: &'a [u8],
    fraction: &'a [u8],
    /// The place of the point without the exponent.
    shift: i64,
    exponent_negative: bool,
    /// Without zeros in front.
    exponent: &'a [u8],
}

/// An integer that may have more than 64 bits: the sign and the digits, without zeros in front.
#[derive(PartialEq, Eq)]
struct Long {
    negative: bool,
    digits: Vec<u8>,
}

impl<'a> Decimal<'a> {
    /// Exponents of more digits are kept as digits; with fewer, any shift still fits beside them.
    const SHORT: usize = 17;

    /// Takes `text` apart; whatever is no number gives some decimal or other.
    pub(super) fn read(text: &'a str) -> Decimal<'a> {
        let (negative, text) = signed(text.as_bytes());
        let (mantissa, exponent) = split(text, |byte| byte | 0x20 == b'e');
        let (whole, fraction) = split(mantissa, |byte| byte == b'.');
        let (exponent_negative, exponent) = signed(exponent);
        let mut whole = strip_front(whole);
        let mut fraction = strip_back(fraction);
        let mut shift = whole.len() as i64;
        if whole.is_empty() {
            let significant = strip_front(fraction);
            shift = significant.len() as i64 - fraction.len() as i64;
            fraction = significant;
        }
        if fraction.is_empty() {
            whole = strip_back(whole);
        }
        Decimal { negative, whole, fraction, shift, exponent_negative, exponent: strip_front(exponent) }
    }

    /// Whether the standard library would cut the exponent of `text` short.
    pub(super) fn has_long_exponent(text: &str) -> bool {
        let (_, exponent) = split(text.as_bytes(), |byte| byte | 0x20 == b'e');
        exponent.len() > 4
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    fn count(&self) -> i64 {
        (self.whole.len() + self.fraction.len()) as i64
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.iter().chain(self.fraction).copied()
    }

    /// The exponent plus `shift`, if the exponent is short.
    fn short_point(&self, shift: i64) -> Option<i64> {
        if self.exponent.len() > Decimal::SHORT {
            return None;
        }
        let exponent = number_of(self.exponent);
        Some(if self.exponent_negative { shift - exponent } else { shift + exponent })
    }

    /// The exponent plus `shift`, however long.
    fn long_point(&self, shift: i64) -> Long {
        if let Some(point) = self.short_point(shift) {
            let digits = point.unsigned_abs().to_string().into_bytes();
            return Long { negative: point < 0, digits };
        }
        // The exponent is the greater of the two by far: the sum has its sign and the shift only ripples.
        let mut digits = self.exponent.to_vec();
        let mut carry = if self.exponent_negative { -shift } else { shift };
        for digit in digits.iter_mut().rev() {
            if carry == 0 {
                break;
            }
            carry += i64::from(value_of(*digit));
            *digit = b'0' + carry.rem_euclid(10) as u8;
            carry = carry.div_euclid(10);
        }
        if carry > 0 {
            digits.splice(0..0, carry.to_string().into_bytes());
        }
        let digits = strip_front(&digits).to_vec();
        Long { negative: self.exponent_negative, digits }
    }

    /// Whether it has no fraction.
    pub(super) fn is_integer(&self) -> bool {
        self.is_zero()
            || self.short_point(self.shift).map_or(!self.exponent_negative, |point| point >= self.count())
    }

    /// The value, if it is an integer of 64 bits.
    pub(super) fn to_i64(self) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        let point = self.short_point(self.shift)?;
        if point < self.count() || point > 19 {
            return None;
        }
        let digits = self.digits().chain(std::iter::repeat(b'0')).take(point as usize);
        let magnitude = digits.fold(0_i128, |value, digit| value * 10 + i128::from(value_of(digit)));
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    /// The nearest double.
    pub(super) fn to_f64(self) -> f64 {
        // No double has a point beyond these, and beyond 800 digits only whether there are more can matter.
        let point = self.short_point(self.shift);
        let magnitude = match point {
            _ if self.is_zero() => 0.0,
            Some(point @ -400..=400) => {
                let mut text: Vec<u8> = b"0.".iter().copied().chain(self.digits().take(800)).collect();
                if self.count() > 800 {
                    text.push(b'1');
                }
                text.extend_from_slice(format!("e{point}").as_bytes());
                std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
            }
            Some(point) if point < 0 => 0.0,
            None if self.exponent_negative => 0.0,
            _ => f64::INFINITY,
        };
        if self.negative { -magnitude } else { magnitude }
    }

    /// See `Number::canonical`.
    pub(super) fn canonical(&self) -> String {
        if self.is_zero() {
            return "0".to_owned();
        }
        let mut text = String::with_capacity(self.whole.len() + self.fraction.len() + 8);
        if self.negative {
            text.push('-');
        }
        text.extend(self.digits().map(char::from));
        text.push('e');
        let exponent = self.long_point(self.shift - self.count());
        if exponent.negative {
            text.push('-');
        }
        text.extend(exponent.digits.into_iter().map(char::from));
        text
    }

    fn cmp_magnitude(&self, other: &Decimal<'_>) -> Ordering {
        let points = match (self.short_point(self.shift), other.short_point(other.shift)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => self.long_point(self.shift).cmp(&other.long_point(other.shift)),
        };
        // Neither has zeros at its end, so where one goes on it is the greater.
        points.then_with(|| self.digits().cmp(other.digits()))
    }

    /// Compares the values.
    pub(super) fn cmp(&self, other: &Decimal<'_>) -> Ordering {
        let sign = |decimal: &Decimal<'_>| match (decimal.is_zero(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let order = sign(self).cmp(&sign(other));
        order.then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => self.cmp_magnitude(other),
            _ => other.cmp_magnitude(self),
        })
    }
}

impl Long {
    fn cmp(&self, other: &Long) -> Ordering {
        let magnitude = |left: &Long, right: &Long| {
            left.digits.len().cmp(&right.digits.len()).then_with(|| left.digits.cmp(&right.digits))
        };
        match (self.negative, other.negative) {
            (false, false) => magnitude(self, other),
            (true, true) => magnitude(other, self),
            (left, right) => right.cmp(&left),
        }
    }
}

/// Whether there is a minus in front, and what follows the sign: digits only, as far as they go.
fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// What is before and after the first byte that `is`.
fn split(text: &[u8], is: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let at = text.iter().position(|&byte| is(byte)).unwrap_or(text.len());
    let (before, after) = text.split_at_checked(at).unwrap_or((text, &[]));
    (before, after.get(1..).unwrap_or_default())
}

fn strip_front(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}

fn strip_back(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().rev().take_while(|&&digit| digit == b'0').count();
    digits.get(..digits.len() - zeros).unwrap_or_default()
}

/// The value of at most `Decimal::SHORT` digits.
fn number_of(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |value, digit| value * 10 + i64::from(value_of(*digit)))
}

/// The value of a digit; of any other byte, which only unchecked text has, some value or other.
fn value_of(digit: u8) -> u8 {
    digit & 0xf
}
