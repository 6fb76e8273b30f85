//! Asking for documents.

use crate::Document;
use crate::collection::decode;
use quire_model::Result;
use quire_query::{Find, Session, SortKey};
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// A query that has not run yet.
pub struct Query<T> {
    session: Session,
    find: Find,
    sort: Option<String>,
    documents: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Query<T> {
    pub(crate) fn new(session: Session, collection: &str, filter: &str) -> Query<T> {
        let find = Find { filter: Some(filter.to_owned()), ..Find::all(collection) };
        Query { session, find, sort: None, documents: PhantomData }
    }

    /// The order: dotted paths with commas between, `-` before a descending one. Ties are ordered by `_id`, and so is
    /// everything where no order is given.
    #[must_use]
    pub fn sort(mut self, keys: &str) -> Query<T> {
        self.sort = Some(keys.to_owned());
        self
    }

    /// At most so many documents.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Query<T> {
        self.find.limit = Some(limit);
        self
    }

    /// The documents, one after the other, as of one moment; memory does not grow with their number unless they are
    /// sorted.
    ///
    /// # Errors
    /// `invalid_filter`, `invalid_request`, `collection_not_found`; each document may also fail on its own
    /// (`corrupt`, or `invalid_document` where it does not fit `T`).
    pub fn iter(mut self) -> Result<impl Iterator<Item = Result<Document<T>>>> {
        if let Some(keys) = self.sort {
            self.find.sort = SortKey::parse_list(&keys)?;
        }
        let documents = self.session.stream(&self.find)?.value;
        Ok(documents.map(|text| decode(&text?)))
    }

    /// All the documents.
    ///
    /// # Errors
    /// As [`Query::iter`], with the first document that fails.
    pub fn fetch(self) -> Result<Vec<Document<T>>> {
        self.iter()?.collect()
    }

    /// The first document, if there is one.
    ///
    /// # Errors
    /// As [`Query::fetch`].
    pub fn first(self) -> Result<Option<Document<T>>> {
        self.limit(1).iter()?.next().transpose()
    }
}
