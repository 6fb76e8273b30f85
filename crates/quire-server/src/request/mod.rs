//! What was sent, read strictly: whatever has two meanings is refused.

mod body;
mod conditions;
mod envelope;
mod lingering;
mod media_types;
mod place;
mod query_string;

pub(crate) use body::{Budget, broken, late, receive};
pub(crate) use conditions::{Freshness, expectation, expected_revision, freshness};
pub(crate) use envelope::{parse, parse_or_default};
pub(crate) use lingering::Lingering;
pub(crate) use media_types::{JSON_LIKE, NDJSON_LIKE, check_content_type, wants_ndjson};
pub(crate) use place::Place;
pub(crate) use query_string::QueryString;
