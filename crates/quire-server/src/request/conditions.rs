//! `If-Match` and `If-None-Match`.
//!
//! A document's entity tag is its revision in quotes. A list of tags may stand in one header or in several of the
//! same name. A weak tag, or one that is no revision, is a tag like others but never that of a document, as far as
//! tags are compared strongly. What is no tag at all is refused rather than ignored, because ignoring a condition
//! would write without it. Where the document is absent, `If-Match` answers `document_not_found`, as the write alone
//! would for all but `PUT`.

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName};
use quire_model::{Code, Error, Result, Seq};
use quire_query::Condition;
use quire_wire::header::{EntityTag, parse_etags};

/// What a read has to answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// The document.
    Send,
    /// Only that the client has it already.
    NotModified,
    /// That the document is another than the client wants.
    Other,
}

enum Tags {
    Any,
    List(Vec<EntityTag>),
}

/// What a `PUT` expects.
///
/// # Errors
/// `invalid_request` for both headers at once and for what is no list of tags.
pub(crate) fn expectation(headers: &HeaderMap) -> Result<Condition> {
    let wanted = tags(headers, IF_MATCH)?;
    let unwanted = tags(headers, IF_NONE_MATCH)?;
    match (wanted, unwanted) {
        (None, None) => Ok(Condition::Any),
        (Some(tags), None) => Ok(matching(tags)),
        (None, Some(Tags::Any)) => Ok(Condition::Absent),
        (None, Some(Tags::List(_))) => {
            Err(invalid(&IF_NONE_MATCH, "a write takes only `*`, for a new document"))
        }
        (Some(_), Some(_)) => Err(invalid(&IF_NONE_MATCH, "it cannot stand beside if-match")),
    }
}

/// What a `PATCH` or `DELETE` expects; both need the document anyway, so `*` adds nothing.
///
/// # Errors
/// `invalid_request` for `If-None-Match` and for what is no list of tags.
pub(crate) fn expectation_of_present(headers: &HeaderMap) -> Result<Condition> {
    if headers.contains_key(IF_NONE_MATCH) {
        return Err(invalid(&IF_NONE_MATCH, "this method does not take it"));
    }
    Ok(tags(headers, IF_MATCH)?.map_or(Condition::Any, matching))
}

/// What whoever asked with these headers is to be sent of a document at `rev`.
///
/// # Errors
/// `invalid_request`.
pub(crate) fn freshness(headers: &HeaderMap, rev: Seq) -> Result<Freshness> {
    let wanted = tags(headers, IF_MATCH)?;
    let known = tags(headers, IF_NONE_MATCH)?;
    let is_wanted = match wanted {
        None | Some(Tags::Any) => true,
        Some(Tags::List(tags)) => tags.iter().any(|tag| !tag.weak && tag.rev == Some(rev)),
    };
    let is_known = match known {
        None => false,
        Some(Tags::Any) => true,
        // Here tags are compared weakly.
        Some(Tags::List(tags)) => tags.iter().any(|tag| tag.rev == Some(rev)),
    };
    Ok(match (is_wanted, is_known) {
        (false, _) => Freshness::Other,
        (true, true) => Freshness::NotModified,
        (true, false) => Freshness::Send,
    })
}

/// The revisions that `If-Match` allows, as far as they can be read.
pub(crate) fn revisions(headers: &HeaderMap) -> Vec<Seq> {
    match tags(headers, IF_MATCH).map(|tags| tags.map(matching)) {
        Ok(Some(Condition::OneOf(revs))) => revs,
        _ => Vec::new(),
    }
}

/// For requests that are about no document that exists, so that no tag can be held against it.
///
/// # Errors
/// `invalid_request`.
pub(crate) fn refuse_if_match(headers: &HeaderMap) -> Result<()> {
    refuse(headers, &IF_MATCH)
}

/// As [`refuse_if_match`], for requests that `If-None-Match` would keep from writing. On a read that has no tag it
/// does no harm: the answer is always sent.
///
/// # Errors
/// `invalid_request`.
pub(crate) fn refuse_all(headers: &HeaderMap) -> Result<()> {
    refuse(headers, &IF_MATCH)?;
    refuse(headers, &IF_NONE_MATCH)
}

fn refuse(headers: &HeaderMap, name: &HeaderName) -> Result<()> {
    match headers.contains_key(name) {
        true => Err(invalid(name, "this request takes no condition; one document by its id does")),
        false => Ok(()),
    }
}

/// The revisions of which a document must have one, by tags that are compared strongly.
fn matching(tags: Tags) -> Condition {
    match tags {
        Tags::Any => Condition::Present,
        Tags::List(tags) => {
            Condition::OneOf(tags.iter().filter(|tag| !tag.weak).filter_map(|tag| tag.rev).collect())
        }
    }
}

/// All tags of a header, in all of its lines.
fn tags(headers: &HeaderMap, name: HeaderName) -> Result<Option<Tags>> {
    let (mut any, mut list) = (false, Vec::new());
    for value in headers.get_all(&name) {
        let wrong =
            || invalid(&name, "it takes tags in quotes with commas between them, such as \"7\", or *");
        // A tag of another server may hold any byte; it is no revision, whatever they say.
        let text = String::from_utf8_lossy(value.as_bytes());
        match text.trim() {
            "*" => any = true,
            text => list.extend(parse_etags(text).ok_or_else(wrong)?),
        }
    }
    match (any, list.is_empty()) {
        (true, true) => Ok(Some(Tags::Any)),
        (true, false) => Err(invalid(&name, "`*` stands alone")),
        (false, true) => Ok(None),
        (false, false) => Ok(Some(Tags::List(list))),
    }
}

fn invalid(name: &HeaderName, why: &str) -> Error {
    Error::new(Code::InvalidRequest, format!("the header {name}: {why}"))
}
