//! Which database, collection and document a path names.

use axum::http::Uri;
use quire_model::{Code, Error, Result};
use quire_wire::path;

/// The parts of `/v1/databases/{database}/collections/{collection}/documents/{id}`, decoded; those that the
/// path does not have are empty.
pub(crate) struct Place {
    pub(crate) database: String,
    pub(crate) collection: String,
    pub(crate) id: String,
}

impl Place {
    /// Reads a path.
    ///
    /// # Errors
    /// `invalid_request` where it is not percent-encoded UTF-8.
    pub(crate) fn read(uri: &Uri) -> Result<Place> {
        // The router matched the path as it was sent, so an encoded slash never moves a part to another
        // place.
        let mut sent = uri.path().split('/').skip(1);
        let mut part = |n| match sent.nth(n).map(|text| path::decode(text).ok_or(text)) {
            None => Ok(String::new()),
            Some(Ok(text)) => Ok(text),
            Some(Err(_)) => {
                let detail = "the path is not percent-encoded UTF-8: '%' needs two hex digits behind it";
                Err(Error::new(Code::InvalidRequest, detail))
            }
        };
        Ok(Place { database: part(2)?, collection: part(1)?, id: part(1)? })
    }
}
