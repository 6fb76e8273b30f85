//! `If-Match` and `If-None-Match`.
//!
//! A document's entity tag is its revision in quotes. A write takes one strong tag or `*`; anything else in
//! the header is refused rather than ignored, because ignoring a condition would write without it. Where the
//! document is absent, `If-Match` answers `document_not_found`, as the write alone would for all but `PUT`.

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName};
use quire_model::{Code, Error, Expect, Result, Seq};
use quire_wire::header::parse_etag;

/// What a read has to answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// The document.
    Send,
    /// Only that the client has it already.
    NotModified,
}

enum Tag {
    Any,
    Revision(Seq),
}

/// What a `PUT` expects.
///
/// # Errors
/// `invalid_request` for both headers at once and for what is no tag of ours.
pub(crate) fn expectation(headers: &HeaderMap) -> Result<Expect> {
    let wanted = one_tag(headers, IF_MATCH)?;
    let unwanted = one_tag(headers, IF_NONE_MATCH)?;
    match (wanted, unwanted) {
        (None, None) => Ok(Expect::Any),
        (Some(Tag::Any), None) => Ok(Expect::Present),
        (Some(Tag::Revision(rev)), None) => Ok(Expect::Revision(rev)),
        (None, Some(Tag::Any)) => Ok(Expect::Absent),
        (None, Some(Tag::Revision(_))) => {
            Err(invalid(IF_NONE_MATCH, "a write takes only `*`, for a new document"))
        }
        (Some(_), Some(_)) => Err(invalid(IF_NONE_MATCH, "it cannot stand beside if-match")),
    }
}

/// The revision that a `PATCH` or `DELETE` expects; both need the document anyway, so `*` adds nothing.
///
/// # Errors
/// `invalid_request` for `If-None-Match` and for what is no tag of ours.
pub(crate) fn expected_revision(headers: &HeaderMap) -> Result<Option<Seq>> {
    if headers.contains_key(IF_NONE_MATCH) {
        return Err(invalid(IF_NONE_MATCH, "this method does not take it"));
    }
    Ok(match one_tag(headers, IF_MATCH)? {
        Some(Tag::Revision(rev)) => Some(rev),
        Some(Tag::Any) | None => None,
    })
}

/// Whether a document at `rev` is to be sent to whoever asked with these headers.
///
/// # Errors
/// `revision_mismatch` where `If-Match` names another revision; `invalid_request`.
pub(crate) fn freshness(headers: &HeaderMap, rev: Seq) -> Result<Freshness> {
    if let Some(Tag::Revision(wanted)) = one_tag(headers, IF_MATCH)?
        && wanted != rev
    {
        let detail = format!("the document is at revision {rev}, not {wanted}");
        return Err(Error::new(Code::RevisionMismatch, detail));
    }
    // Here a list is usual and weak tags are allowed; a tag that is not ours matches nothing.
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = known.flat_map(|value| value.split(',')).map(str::trim);
    let fresh = tags.any(|tag| tag == "*" || parse_etag(tag.strip_prefix("W/").unwrap_or(tag)) == Some(rev));
    Ok(if fresh { Freshness::NotModified } else { Freshness::Send })
}

fn one_tag(headers: &HeaderMap, name: HeaderName) -> Result<Option<Tag>> {
    let mut values = headers.get_all(&name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(invalid(name, "it stands there twice"));
    }
    match value.to_str().map(str::trim) {
        Ok("*") => Ok(Some(Tag::Any)),
        Ok(text) => match parse_etag(text) {
            Some(rev) => Ok(Some(Tag::Revision(rev))),
            None => Err(invalid(name, "it takes one revision in quotes, such as \"7\", or *")),
        },
        Err(_) => Err(invalid(name, "it is not text")),
    }
}

fn invalid(name: HeaderName, why: &str) -> Error {
    Error::new(Code::InvalidRequest, format!("the header {name}: {why}"))
}
