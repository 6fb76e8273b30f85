//! One document by its id, and how many there are.

use super::Seen;
use super::matching::Matching;
use super::query::filter;
use crate::Session;
use crate::hint::with_hint;
use quire_model::{DocId, Kind, Name, Result, Seq, Stored, not_found};
use std::time::Duration;

/// How often, and after which pause, a read looks again for a commit that is on its way. It is one sync away.
const LOOKS_MAX: u32 = 50;
const LOOK_PAUSE: Duration = Duration::from_millis(2);

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

    /// The revision of a document, after a write was refused because it was none of `unlike`: a store may refuse by
    /// a commit that is on its way to the disk, and until that is there the old revision is what a read sees. So one
    /// of those is not taken at once. `None` where there is no document.
    ///
    /// # Errors
    /// As [`Session::get`], but that an absent document or collection is no error.
    pub fn revision(&self, collection: &str, id: &str, unlike: &[Seq]) -> Result<Option<Seq>> {
        let mut looks = 0;
        loop {
            looks += 1;
            match self.get(collection, id) {
                Ok(seen) if unlike.contains(&seen.value.rev) && looks < LOOKS_MAX => {
                    std::thread::sleep(LOOK_PAUSE);
                }
                Ok(seen) => return Ok(Some(seen.value.rev)),
                Err(error) if error.kind() == Kind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
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
