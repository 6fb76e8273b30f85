//! What was sent, read strictly: whatever has two meanings is refused.

mod body;
mod call;
mod conditions;
mod envelope;
mod lingering;
mod media_types;
mod min_seq;
mod place;
mod query_string;

pub(crate) use body::{Budget, broken, late, receive};
pub(crate) use call::Call;
pub(crate) use conditions::{Freshness, expectation, expectation_of_present, freshness};
pub(crate) use envelope::{parse, parse_or_default};
pub(crate) use lingering::Lingering;
pub(crate) use media_types::{JSON_LIKE, NDJSON_LIKE, check_content_type, wants_ndjson};
use min_seq::wait_for_seq;
pub(crate) use place::Place;
pub(crate) use query_string::QueryString;

use axum::http::HeaderMap;
use quire_model::{Code, Error, Result};

/// The one value of a header.
///
/// # Errors
/// `invalid_request` where it stands there twice or is no text.
pub(crate) fn one_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let wrong = |what| Error::new(Code::InvalidRequest, format!("the header {name} {what}"));
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| wrong("is not text")),
        _ => Err(wrong("stands there twice")),
    }
}
