//! Query strings: every parameter is known and stands there once.

use axum::http::Uri;
use quire_model::{Code, Error, Result};
use quire_wire::path;

/// The parameters of a request.
pub(crate) struct QueryString(Vec<(String, String)>);

impl QueryString {
    /// Reads the query string of a route that takes these parameters.
    ///
    /// # Errors
    /// `invalid_request` for another parameter, for one that stands there twice, and for a broken encoding.
    pub(crate) fn read(uri: &Uri, known: &[&str]) -> Result<QueryString> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (key, value) = (decode(key)?, decode(value)?);
            if !known.contains(&key.as_str()) {
                return Err(refused(&key, &unknown(known)));
            }
            if pairs.iter().any(|(other, _)| *other == key) {
                return Err(refused(&key, "it stands there twice"));
            }
            pairs.push((key, value));
        }
        Ok(QueryString(pairs))
    }

    /// Takes a parameter out.
    pub(crate) fn take(&mut self, key: &str) -> Option<String> {
        let at = self.0.iter().position(|(other, _)| other == key)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Takes a parameter out that is a whole number.
    ///
    /// # Errors
    /// `invalid_request` for anything else.
    pub(crate) fn take_number(&mut self, key: &str) -> Result<Option<u64>> {
        let Some(text) = self.take(key) else { return Ok(None) };
        whole_number(&text).map(Some).ok_or_else(|| refused(key, "it must be a whole number"))
    }
}

/// A number of digits alone: `parse` would take a sign.
pub(super) fn whole_number(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn decode(text: &str) -> Result<String> {
    path::decode(&text.replace('+', " ")).ok_or_else(|| {
        let detail = "the query string is not percent-encoded UTF-8: '%' needs two hex digits behind it";
        Error::new(Code::InvalidRequest, detail)
    })
}

fn unknown(known: &[&str]) -> String {
    match known {
        [] => "this route takes none".to_owned(),
        _ => format!("known are {}", known.join(", ")),
    }
}

fn refused(key: &str, why: &str) -> Error {
    let key: String = key.chars().take(40).collect();
    Error::new(Code::InvalidRequest, format!("the query parameter {key:?}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<QueryString> {
        let uri: Uri = format!("/x?{query}").parse().unwrap();
        QueryString::read(&uri, &["filter", "limit"])
    }

    #[test]
    fn parameters_are_decoded_and_strange_ones_refused() {
        let mut query = read("filter=%7B%22a%22:+1%7D&limit=10").unwrap();
        assert_eq!(query.take("filter").as_deref(), Some("{\"a\": 1}"));
        assert_eq!(query.take_number("limit").unwrap(), Some(10));
        assert_eq!(query.take("filter"), None);
        assert!(read("").is_ok());
        for bad in ["filtre=1", "limit=1&limit=1", "limit=%zz", "filter=%ff", "Filter=1"] {
            assert_eq!(read(bad).err().unwrap().code(), Code::InvalidRequest, "{bad}");
        }
        for bad in ["limit=", "limit=-1", "limit=+1", "limit=1.5", "limit=99999999999999999999"] {
            assert!(read(bad).unwrap().take_number("limit").is_err(), "{bad}");
        }
    }
}
