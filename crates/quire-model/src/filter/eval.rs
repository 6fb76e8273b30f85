//! Deciding whether a filter holds for one document. This is the only evaluator.

use super::{Filter, Leaf, Quantifier, Test};
use crate::json::{Json, Kind, compare, equal};
use crate::{Seq, Stored};
use std::cmp::Ordering;

/// What a filter looks at: a document's text and its revision, which can be asked for as `_rev`.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The document.
    pub json: Json<'a>,
    /// Its revision; none for an element of an array, where `_rev` is a field like any other.
    pub rev: Option<Seq>,
}

impl<'a> From<&'a Stored> for Row<'a> {
    fn from(stored: &'a Stored) -> Row<'a> {
        Row { json: stored.document.json(), rev: Some(stored.rev) }
    }
}

impl Filter {
    /// Whether the filter holds for a document.
    pub fn matches(&self, row: Row<'_>) -> bool {
        match self {
            Filter::And(parts) => parts.iter().all(|part| part.matches(row)),
            Filter::Or(parts) => parts.iter().any(|part| part.matches(row)),
            Filter::Not(part) => !part.matches(row),
            Filter::Leaf(leaf) => leaf.matches(row),
        }
    }

    /// Whether the filter, made of leaves whose path is not looked at, holds for one value.
    fn passes(&self, value: Json<'_>) -> bool {
        match self {
            Filter::And(parts) => parts.iter().all(|part| part.passes(value)),
            Filter::Or(parts) => parts.iter().any(|part| part.passes(value)),
            Filter::Not(part) => !part.passes(value),
            Filter::Leaf(leaf) => leaf.test.value_or_element(Some(value)),
        }
    }
}

impl Leaf {
    fn matches(&self, row: Row<'_>) -> bool {
        if let Some(rev) = row.rev.filter(|_| self.path.is("_rev")) {
            return self.test.holds(Some(Json::new(&rev.to_string())));
        }
        match self.quantifier {
            Quantifier::Value => self.test.holds(self.path.value(row.json)),
            Quantifier::Any => self.path.any(row.json, &mut |value| self.test.value_or_element(value)),
        }
    }
}

impl Test {
    fn value_or_element(&self, value: Option<Json<'_>>) -> bool {
        self.holds(value)
            || value.is_some_and(|v| self.reaches_elements() && v.items().any(|e| self.holds(Some(e))))
    }

    /// Whether the test, asked of an array, is also asked of its elements. A size and an element match are about the
    /// array; presence is the same for both.
    fn reaches_elements(&self) -> bool {
        !matches!(self, Test::Exists | Test::Size(_) | Test::ElementMatches(_) | Test::ElementPasses(_))
    }

    fn holds(&self, value: Option<Json<'_>>) -> bool {
        let Some(value) = value else { return self.holds_for_missing() };
        match self {
            Test::Equal(operand) => equal(value, Json::new(operand)),
            Test::Range { operand, less, inclusive } => {
                let operand = Json::new(operand);
                value.kind() == operand.kind()
                    && match compare(value, operand) {
                        Ordering::Equal => *inclusive,
                        Ordering::Less => *less,
                        Ordering::Greater => !*less,
                    }
            }
            Test::In(values) => values.binary_search_by(|v| compare(Json::new(v), value)).is_ok(),
            Test::Exists => true,
            Test::Type(types) => types.contains(value.kind()),
            Test::Regex(regex) => value.as_str().is_some_and(|text| regex.is_match(&text)),
            Test::Size(size) => value.kind() == Kind::Array && value.items().count() == *size,
            Test::ElementMatches(filter) => value
                .items()
                .filter(|e| e.kind() == Kind::Object)
                .any(|e| filter.matches(Row { json: e, rev: None })),
            Test::ElementPasses(tests) => value.items().any(|e| tests.iter().all(|t| t.passes(e))),
        }
    }

    /// A missing value equals null, and is within a range that includes null; nothing else holds for it.
    fn holds_for_missing(&self) -> bool {
        match self {
            Test::Equal(operand) => &**operand == "null",
            Test::Range { operand, inclusive, .. } => *inclusive && &**operand == "null",
            Test::In(values) => values.first().is_some_and(|v| &**v == "null"),
            _ => false,
        }
    }
}
