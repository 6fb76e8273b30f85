//! "Did you mean": the known name that a wrong one is closest to.

/// The end of a message: `; did you mean "…"?`, or nothing where no name is near.
pub(super) fn hint<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> String {
    // Of names of one or two letters every one is near every other.
    let far = match wrong.chars().count() {
        0..=2 => 0,
        letters => letters / 3 + 1,
    };
    let lower = wrong.to_lowercase();
    let nearest = names.map(|name| (distance(&lower, &name.to_lowercase()), name)).min();
    match nearest {
        Some((distance, name)) if distance <= far && name != wrong => format!("; did you mean {name:?}?"),
        _ => String::new(),
    }
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
        assert_eq!(hint("user", ["users", "orders"].into_iter()), "; did you mean \"users\"?");
        assert_eq!(hint("Users", ["users"].into_iter()), "; did you mean \"users\"?");
        assert_eq!(hint("zzz", ["users", "orders"].into_iter()), "");
        assert_eq!(hint("zzz", [].into_iter()), "");
    }
}
