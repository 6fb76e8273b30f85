//! The order of a query: sort values first, a missing one before all others, then `_id`.

use super::cursor::Position;
use super::sort_key::SortKey;
use quire_model::Stored;
use quire_model::json::{Json, compare};
use std::cmp::Ordering;

/// A total order of documents.
pub(super) struct Order {
    keys: Vec<SortKey>,
}

/// A document with the places of its sort values.
pub(super) struct Ranked {
    pub(super) stored: Stored,
    values: Box<[Place]>,
}

/// Where a sort value is.
enum Place {
    Missing,
    /// In the document's text, so that sorting copies nothing.
    Text {
        start: u32,
        end: u32,
    },
    /// Not in the text: a revision.
    Made(Box<str>),
}

impl Order {
    /// The order of these keys. No two documents have the same `_id`, so what follows it decides nothing.
    pub(super) fn new(sort: &[SortKey]) -> Order {
        let is_id = |key: &SortKey| key.path.is("_id");
        let count =
            sort.iter().position(is_id).map_or(sort.len(), |n| if sort[n].descending { n + 1 } else { n });
        Order { keys: sort.iter().take(count).cloned().collect() }
    }

    /// Whether this is the order of a scan: by `_id` alone.
    pub(super) fn is_by_id(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn keys(&self) -> &[SortKey] {
        &self.keys
    }

    /// Finds the sort values of a document.
    pub(super) fn rank(&self, stored: Stored) -> Ranked {
        let values = self.keys.iter().map(|key| place(key, &stored)).collect();
        Ranked { stored, values }
    }

    pub(super) fn compare(&self, a: &Ranked, b: &Ranked) -> Ordering {
        self.decide(|n| (a.value(n), b.value(n)))
            .then_with(|| a.stored.document.id().cmp(b.stored.document.id()))
    }

    /// Whether a document comes after a place.
    pub(super) fn is_after(&self, row: &Ranked, place: &Position) -> bool {
        let value = |n: usize| place.values.get(n).and_then(|v| v.as_deref()).map(Json::new);
        self.decide(|n| (row.value(n), value(n)))
            .then_with(|| row.stored.document.id().cmp(&place.id))
            .is_gt()
    }

    /// The first key that tells two rows apart.
    fn decide<'a, 'b>(&self, values: impl Fn(usize) -> (Option<Json<'a>>, Option<Json<'b>>)) -> Ordering {
        for (n, key) in self.keys.iter().enumerate() {
            let order = match values(n) {
                (Some(a), Some(b)) => compare(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            };
            if order.is_ne() {
                return if key.descending { order.reverse() } else { order };
            }
        }
        Ordering::Equal
    }
}

impl Ranked {
    /// The sort value for a key; `None` where it is missing.
    pub(super) fn value(&self, n: usize) -> Option<Json<'_>> {
        match self.values.get(n)? {
            Place::Missing => None,
            Place::Text { start, end } => {
                self.stored.document.text().get(*start as usize..*end as usize).map(Json::new)
            }
            Place::Made(text) => Some(Json::new(text)),
        }
    }

    pub(super) fn values_count(&self) -> usize {
        self.values.len()
    }

    /// About how many bytes of memory it holds.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Ranked>() + self.stored.document.text().len() + self.values.len() * size_of::<Place>()
    }
}

fn place(key: &SortKey, stored: &Stored) -> Place {
    if key.path.is("_rev") {
        return Place::Made(stored.rev.to_string().into());
    }
    let text = stored.document.text();
    let Some(value) = key.path.value(stored.document.json()) else { return Place::Missing };
    // A value is a part of the document's text; where it begins is the distance of the two.
    let start = value.text().as_ptr().addr().wrapping_sub(text.as_ptr().addr());
    let end = start.wrapping_add(value.text().len());
    match (u32::try_from(start), u32::try_from(end)) {
        (Ok(start), Ok(end)) if end as usize <= text.len() => Place::Text { start, end },
        _ => Place::Made(value.text().into()),
    }
}
