//! The total order of values.
//!
//! 1. Kinds come in the order null, numbers, strings, objects, arrays, false, true.
//! 2. Numbers compare by exact value, strings by code point after unescaping.
//! 3. Arrays and objects put a pair of iterators on a stack of their own, so depth costs heap and not stack:
//!    arrays element by element, objects by their fields sorted by key. The shorter comes first when it is
//!    the beginning of the longer.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::vec;

use super::escape::{has_escape, unescape};
use super::iter::Items;
use super::kind::Kind;
use super::number::Number;
use super::view::Json;

/// Compares two values of checked text by what they mean: spelling, escapes and the order of keys do not count.
pub fn compare(a: Json<'_>, b: Json<'_>) -> Ordering {
    let mut stack = Vec::new();
    let mut next = Some((a, b));
    loop {
        if let Some((a, b)) = next.take() {
            match Pair::of(a, b) {
                Ok(Ordering::Equal) => {}
                Ok(order) => return order,
                Err(pair) => stack.push(pair),
            }
        }
        let Some(pair) = stack.last_mut() else {
            return Ordering::Equal;
        };
        match pair.step() {
            Step::Values(a, b) => next = Some((a, b)),
            Step::Ordered(Ordering::Equal) => {
                stack.pop();
            }
            Step::Ordered(order) => return order,
        }
    }
}

/// Whether two values of checked text mean the same; see [`compare`].
pub fn equal(a: Json<'_>, b: Json<'_>) -> bool {
    compare(a, b).is_eq()
}

/// Two arrays or two objects on the way through them.
enum Pair<'a, 'b> {
    Arrays(Items<'a>, Items<'b>),
    Objects(SortedFields<'a>, SortedFields<'b>),
}

type SortedFields<'a> = vec::IntoIter<(Cow<'a, str>, Json<'a>)>;

/// What comes next in a pair.
enum Step<'a, 'b> {
    /// The order hangs on these two.
    Values(Json<'a>, Json<'b>),
    /// The order is known.
    Ordered(Ordering),
}

impl<'a, 'b> Pair<'a, 'b> {
    /// The order of two values, or the pair to go through to know it.
    #[inline]
    fn of(a: Json<'a>, b: Json<'b>) -> Result<Ordering, Pair<'a, 'b>> {
        let order = rank(a).cmp(&rank(b));
        if order.is_ne() {
            return Ok(order);
        }
        match a.kind() {
            Kind::Null | Kind::Bool => Ok(Ordering::Equal),
            Kind::Number => Ok(Number::trusted(a.text()).cmp_value(Number::trusted(b.text()))),
            Kind::String => Ok(strings(a, b)),
            // The same text is the same value, and most values that are equal are the same text.
            Kind::Array | Kind::Object if a.text() == b.text() => Ok(Ordering::Equal),
            Kind::Array => Err(Pair::Arrays(a.items(), b.items())),
            Kind::Object => Err(Pair::Objects(sorted(a), sorted(b))),
        }
    }

    #[inline]
    fn step(&mut self) -> Step<'a, 'b> {
        let (a, b) = match self {
            Pair::Arrays(a, b) => (a.next(), b.next()),
            Pair::Objects(a, b) => match (a.next(), b.next()) {
                (Some((a_key, a)), Some((b_key, b))) => match a_key.cmp(&b_key) {
                    Ordering::Equal => (Some(a), Some(b)),
                    order => return Step::Ordered(order),
                },
                (a, b) => (a.map(|(_, value)| value), b.map(|(_, value)| value)),
            },
        };
        match (a, b) {
            (Some(a), Some(b)) => Step::Values(a, b),
            (a, b) => Step::Ordered(a.is_some().cmp(&b.is_some())),
        }
    }
}

/// The place of a kind among the kinds, and of the two truth values.
#[inline]
fn rank(value: Json<'_>) -> u8 {
    match value.kind() {
        Kind::Null => 0,
        Kind::Number => 1,
        Kind::String => 2,
        Kind::Object => 3,
        Kind::Array => 4,
        Kind::Bool if value.as_bool() == Some(false) => 5,
        Kind::Bool => 6,
    }
}

/// Code points and the bytes of their UTF-8 have the same order.
#[inline]
fn strings(a: Json<'_>, b: Json<'_>) -> Ordering {
    let (a, b) = (a.raw_string().unwrap_or_default(), b.raw_string().unwrap_or_default());
    if has_escape(a) || has_escape(b) {
        return unescape(a).cmp(&unescape(b));
    }
    a.cmp(b)
}

/// The fields of an object by key. Keys are unescaped once here and not in each comparison of the sort.
fn sorted(object: Json<'_>) -> SortedFields<'_> {
    let fields = object.fields().map(|(key, value)| (key.unescape(), value));
    let mut fields: Vec<_> = fields.collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    fields.into_iter()
}
