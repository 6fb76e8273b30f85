//! Hints for names that are likely to be misspelt.

use quire_model::{Code, Error, Name, Snapshot};

/// Adds the nearest existing name to an error about a missing collection. Any other error stays as it is.
pub(crate) fn with_hint(error: Error, collection: &Name, snapshot: &dyn Snapshot) -> Error {
    if error.code() == Code::CollectionNotFound { no_collection(collection, snapshot) } else { error }
}

/// The error for a collection that is not there.
pub(crate) fn no_collection(collection: &Name, snapshot: &dyn Snapshot) -> Error {
    // The hint is a courtesy: when the names cannot be listed, the answer itself still stands.
    let names = snapshot.collections().unwrap_or_default();
    let nearest = nearest(collection.as_str(), names.iter().map(Name::as_str));
    let hint = nearest.map(|known| format!("; did you mean {known}?")).unwrap_or_default();
    Error::new(Code::CollectionNotFound, format!("there is no collection {collection}{hint}"))
}

/// The known name that a wrong one is closest to, if it is close. Case does not count.
pub(crate) fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Of names of one or two letters every one is near every other.
    let far = match wrong.chars().count() {
        0..=2 => 0,
        letters => letters / 4 + 1,
    };
    let lower = wrong.to_lowercase();
    let closest = names.map(|name| (distance(&lower, &name.to_lowercase()), name)).min();
    closest.filter(|(distance, name)| *distance <= far && *name != wrong).map(|(_, name)| name)
}

/// How many characters must be put in, taken out or exchanged to make one text of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(256).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(256).enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let exchanged = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = exchanged.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_if_it_is_near() {
        assert_eq!(distance("kitten", "sitting"), 3);
        for (wrong, known) in [("user", "users"), ("usres", "users"), ("USERS", "users"), ("a", "A")] {
            assert_eq!(nearest(wrong, ["orders", known].into_iter()), Some(known), "{wrong}");
        }
        for wrong in ["zzz", "ab", "o", "order_lines"] {
            assert_eq!(nearest(wrong, ["b", "users", "orders"].into_iter()), None, "{wrong}");
        }
        assert_eq!(nearest("zzz", [].into_iter()), None);
    }
}
