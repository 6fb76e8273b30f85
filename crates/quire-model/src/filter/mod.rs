//! Which documents: a small closed tree with one evaluator.
//!
//! 1. [`Filter::parse`] reads the JSON that people write (`parse.rs`), and names the place of every mistake.
//! 2. [`Filter::matches`] decides for one document (`eval.rs`). Every reader uses this one function.
//!
//! Meanings that are easy to get wrong:
//! - `{"a":null}` holds for a missing `a` and for null; `{"a":{"$exists":false}}` only for a missing one.
//! - A range operator only holds for values of its operand's own type.
//! - `$ne`, `$nin`, `$not` and `$nor` are the exact opposites of `$eq`, `$in`, their operand and `$or`.
//! - A condition on an array holds if it holds for the array itself or for one of its elements.

mod eval;
mod parse;
#[cfg(test)]
mod tests;

pub use eval::Row;

use crate::Path;
use crate::json::{Json, Kind};
use std::cmp::Ordering;

/// A condition on a document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Filter {
    /// All of these; an empty list holds for every document.
    And(Vec<Filter>),
    /// At least one of these; an empty list holds for none.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// One test at one path.
    Leaf(Leaf),
}

/// One test at one path.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Where.
    pub path: Path,
    /// Of which values.
    pub quantifier: Quantifier,
    /// What must hold.
    pub test: Test,
}

/// Which values of a path a test is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// The one value that the path names by keys and positions: what SQL means.
    Value,
    /// Any value that the path reaches through arrays, or any element of such a value: what find means.
    Any,
}

/// What must hold for a value.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Test {
    /// Equal to a value. Null also holds where the value is missing.
    Equal(Box<str>),
    /// Of the operand's type and ordered to it as one of these: a range.
    Range {
        /// The operand, compact JSON.
        operand: Box<str>,
        /// Whether less than the operand holds, else greater.
        less: bool,
        /// Whether equal to the operand holds too.
        inclusive: bool,
    },
    /// Equal to one of these, which are sorted by the total order.
    In(Vec<Box<str>>),
    /// Present, whatever it is.
    Exists,
    /// Of one of these types.
    Type(Types),
    /// A string in which the expression is found.
    Regex(regex::Regex),
    /// An array with so many elements.
    Size(usize),
    /// An array with an element, an object, for which the filter holds.
    ElementMatches(Box<Filter>),
    /// An array with an element for which all these tests hold at once.
    ElementPasses(Vec<Filter>),
}

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Types(u8);

impl Types {
    /// The set with one more type.
    pub fn with(self, kind: Kind) -> Types {
        Types(self.0 | 1 << kind as u8)
    }

    /// Whether the type is in the set.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }
}

impl Filter {
    /// Holds for every document.
    pub fn all() -> Filter {
        Filter::And(Vec::new())
    }

    /// Whether the filter holds for every document without looking.
    pub fn is_all(&self) -> bool {
        matches!(self, Filter::And(parts) if parts.iter().all(Filter::is_all))
    }
}

impl Test {
    /// An equality or membership operand list, sorted so that it can be searched.
    pub(crate) fn among(mut values: Vec<Box<str>>) -> Test {
        values.sort_by(|a, b| order(a, b));
        values.dedup_by(|a, b| order(a, b) == Ordering::Equal);
        Test::In(values)
    }
}

fn order(a: &str, b: &str) -> Ordering {
    crate::json::compare(Json::new(a), Json::new(b))
}
