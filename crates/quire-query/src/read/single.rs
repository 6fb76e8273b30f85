//! One document by its id, and how many there are.

use super::Seen;
use super::matching::Matching;
use super::query::filter;
use crate::Session;
use crate::hint::with_hint;
use quire_model::{DocId, Name, Result, Stored, not_found};

impl Session {
    /// The document with an id.
    ///
    /// # Errors
    /// `document_not_found`, `collection_not_found`, `database_not_found`, `invalid_name`, `invalid_id`.
    pub fn get(&self, collection: &str, id: &str) -> Result<Seen<Stored>> {
        let (collection, id) = (Name::new(collection)?, DocId::new(id)?);
        let snapshot = self.snapshot()?;
        let found = snapshot.get(&collection, std::slice::from_ref(&id));
        let found = found.map_err(|error| with_hint(error, &collection, &*snapshot))?;
        match found.into_iter().next().flatten() {
            Some(stored) => Ok(Seen { seq: snapshot.seq(), value: stored }),
            None => Err(not_found(&collection, &id)),
        }
    }

    /// How many documents match a filter.
    ///
    /// # Errors
    /// `collection_not_found`, `database_not_found`, `invalid_name`, `invalid_filter`, `timeout`.
    pub fn count(&self, collection: &str, filter_text: Option<&str>) -> Result<Seen<u64>> {
        let collection = Name::new(collection)?;
        let filter = filter(filter_text)?;
        let snapshot = self.snapshot()?;
        let timeout = self.limits().query_timeout;
        let mut matching = Matching::new(&*snapshot, &collection, filter, None, None, timeout)?;
        let mut count = 0;
        while matching.next()?.is_some() {
            count += 1;
        }
        Ok(Seen { seq: snapshot.seq(), value: count })
    }
}
