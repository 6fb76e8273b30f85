//! `Content-Type` and `Accept`.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use quire_model::{Code, Error, Result};
use quire_wire::media;

/// What routes with a JSON body take.
pub(crate) const JSON_LIKE: &[&str] = &[media::JSON, "text/json"];

/// What a bulk takes.
pub(crate) const NDJSON_LIKE: &[&str] =
    &[media::NDJSON, "application/ndjson", "application/jsonl", media::JSON, "text/json"];

/// Checks that a body, where its type is said, is of one of these types, in UTF-8 and not compressed.
///
/// # Errors
/// `unsupported_media_type`, `invalid_request` for a type that stands there twice.
pub(crate) fn check_content_type(headers: &HeaderMap, known: &[&str]) -> Result<()> {
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(unsupported(
            "compressed bodies are not taken: send it without Content-Encoding".to_owned(),
        ));
    }
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else { return Ok(()) };
    if values.next().is_some() {
        return Err(Error::new(Code::InvalidRequest, "the header content-type stands there twice"));
    }
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let (essence, parameters) = text.split_once(';').unwrap_or((&text, ""));
    if !known.contains(&essence.trim()) {
        let known = known.first().copied().unwrap_or(media::JSON);
        // Where somebody tries it for the first time, it is nearly always this one.
        let curl = match essence.trim() {
            "application/x-www-form-urlencoded" => {
                format!(
                    " (with curl: add -H 'content-type: {known}', it says that it sends a form otherwise)"
                )
            }
            _ => String::new(),
        };
        let detail = format!("this route takes {known}; the request's Content-Type is another{curl}");
        return Err(unsupported(detail));
    }
    let charset =
        parameters.split(';').filter_map(|p| p.split_once('=')).find(|(key, _)| key.trim() == "charset");
    match charset.map(|(_, value)| value.trim().trim_matches('"')) {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(()),
        Some(_) => Err(unsupported("JSON is UTF-8; other charsets are not taken".to_owned())),
    }
}

/// Whether the client would rather have a line for each document or row than one JSON body.
pub(crate) fn wants_ndjson(headers: &HeaderMap) -> bool {
    let quality = |wanted: &str| {
        let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges = values.flat_map(|value| value.split(','));
        ranges.filter_map(|range| quality_of(range, wanted)).fold(0.0, f32::max)
    };
    let lines = quality(media::NDJSON);
    lines > 0.0 && lines >= quality(media::JSON)
}

/// The weight of a media range, if it is exactly this type.
fn quality_of(range: &str, wanted: &str) -> Option<f32> {
    let mut parts = range.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(wanted) {
        return None;
    }
    let weight = parts.filter_map(|p| p.split_once('=')).find(|(key, _)| key.eq_ignore_ascii_case("q"));
    Some(weight.map_or(1.0, |(_, q)| q.parse().unwrap_or(0.0)))
}

fn unsupported(detail: String) -> Error {
    Error::new(Code::UnsupportedMediaType, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content_type: &str) -> Result<()> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        check_content_type(&headers, JSON_LIKE)
    }

    fn streams(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        wants_ndjson(&headers)
    }

    #[test]
    fn json_is_taken_in_utf_8_only() {
        for good in ["application/json", "Application/JSON; charset=UTF-8", "text/json;charset=\"utf-8\""] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "",
            "json",
        ] {
            assert_eq!(check(bad).unwrap_err().code(), Code::UnsupportedMediaType, "{bad}");
        }
        assert!(check_content_type(&HeaderMap::new(), JSON_LIKE).is_ok());
    }

    #[test]
    fn lines_come_where_they_are_preferred() {
        for yes in [
            "application/x-ndjson",
            "application/x-ndjson, */*;q=0.1",
            "application/json;q=0.5, application/X-NDJSON",
        ] {
            assert!(streams(yes), "{yes}");
        }
        for no in [
            "*/*",
            "application/json",
            "application/json, application/x-ndjson;q=0.5",
            "application/x-ndjson;q=0",
        ] {
            assert!(!streams(no), "{no}");
        }
    }
}
