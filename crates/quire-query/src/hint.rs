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
    let nearest = names.iter().find(|known| is_near(known.as_str(), collection.as_str()));
    let hint = nearest.map(|known| format!("; did you mean {known}?")).unwrap_or_default();
    Error::new(Code::CollectionNotFound, format!("there is no collection {collection}{hint}"))
}

/// Whether two names differ only by case, by one character more, less or other, or by two that changed
/// places.
fn is_near(a: &str, b: &str) -> bool {
    if a.eq_ignore_ascii_case(b) {
        return true;
    }
    // Of names this short every one is near every other.
    if a.len().min(b.len()) < 3 {
        return false;
    }
    let (short, long) =
        if a.len() <= b.len() { (a.as_bytes(), b.as_bytes()) } else { (b.as_bytes(), a.as_bytes()) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[same..], &long[same..]);
    match (short, long) {
        _ if short.len() + 1 == long.len() => short == &long[1..],
        ([a, b, short @ ..], [c, d, long @ ..]) if (a, b) == (d, c) && short == long => true,
        ([_, short @ ..], [_, long @ ..]) => short == long,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_is_one_edit() {
        for (a, b) in
            [("users", "user"), ("users", "usres"), ("users", "Users"), ("users", "uzers"), ("a", "A")]
        {
            assert!(is_near(a, b) && is_near(b, a), "{a} {b}");
        }
        for (a, b) in
            [("users", "orders"), ("users", "use"), ("users", "sures"), ("a", "b"), ("users", "resus")]
        {
            assert!(!is_near(a, b) && !is_near(b, a), "{a} {b}");
        }
    }
}
