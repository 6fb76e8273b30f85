//! Header names of ours, in the lower case that HTTP libraries want for constants.

/// The sequence number that an answer saw or made.
pub const SEQ: &str = "quire-seq";

/// The text of an entity tag: a revision in quotes.
pub fn etag(rev: u64) -> String {
    format!("\"{rev}\"")
}

/// The revision that a strong entity tag of ours names; `None` for a weak tag or anything else.
pub fn parse_etag(tag: &str) -> Option<u64> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    // One spelling for one revision: no sign, no leading zero.
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_revision_in_quotes() {
        assert_eq!(parse_etag(&etag(7)), Some(7));
        assert_eq!(parse_etag(&etag(u64::MAX)), Some(u64::MAX));
        for bad in [
            "7",
            "\"\"",
            "W/\"7\"",
            "\"x\"",
            "\"+7\"",
            "\"07\"",
            "\"0\"",
            "*",
            "\"",
            "",
            "\"7\", \"8\"",
            "\"18446744073709551616\"",
        ] {
            assert_eq!(parse_etag(bad), None, "{bad}");
        }
    }
}
