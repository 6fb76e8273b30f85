//! Header names of ours, in the lower case that HTTP libraries want for constants, and entity tags.

/// The sequence number that an answer saw or made.
pub const SEQ: &str = "quire-seq";

/// The sequence number that a read wants to see at least.
pub const MIN_SEQ: &str = "quire-min-seq";

/// The key under which a write happens once.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// `true` on the answer to a write that was done before under its key.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";

/// The text of an entity tag: a revision in quotes.
pub fn etag(rev: u64) -> String {
    format!("\"{rev}\"")
}

/// An entity tag of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityTag {
    /// Whether it says only that the content means the same.
    pub weak: bool,
    /// The revision that it names; `None` for a tag that is none of ours.
    pub rev: Option<u64>,
}

/// The tags of a list (RFC 9110: quoted, with commas between them, `W/` before a weak one); `None` where the text is
/// no such list.
pub fn parse_etags(text: &str) -> Option<Vec<EntityTag>> {
    let mut tags = Vec::new();
    let mut rest = text.trim();
    loop {
        // Senders may leave elements of a list empty.
        rest = rest.trim_start_matches([',', ' ', '\t']);
        if rest.is_empty() {
            return (!tags.is_empty()).then_some(tags);
        }
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let (opaque, after) = quoted.strip_prefix('"')?.split_once('"')?;
        if opaque.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return None;
        }
        tags.push(EntityTag { weak, rev: revision(opaque) });
        rest = after.trim_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

/// The revision that stands between the quotes. There is one spelling for one revision: no sign, no leading zero.
fn revision(digits: &str) -> Option<u64> {
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong(rev: u64) -> EntityTag {
        EntityTag { weak: false, rev: Some(rev) }
    }

    #[test]
    fn a_tag_is_a_revision_in_quotes() {
        for rev in [1, 7, u64::MAX] {
            assert_eq!(parse_etags(&etag(rev)), Some(vec![strong(rev)]));
        }
        let foreign = Some(vec![EntityTag { weak: false, rev: None }]);
        for tag in
            ["\"\"", "\"x\"", "\"+7\"", "\"07\"", "\"0\"", "\"18446744073709551616\"", "\"a,b\"", "\"*\""]
        {
            assert_eq!(parse_etags(tag), foreign, "{tag}");
        }
        assert_eq!(parse_etags("W/\"7\""), Some(vec![EntityTag { weak: true, rev: Some(7) }]));
    }

    #[test]
    fn tags_stand_in_a_list() {
        let wanted = Some(vec![strong(7), EntityTag { weak: true, rev: Some(8) }, strong(9)]);
        for list in [
            "\"7\", W/\"8\", \"9\"",
            "\"7\",W/\"8\",\"9\"",
            " ,\"7\" ,, W/\"8\"\t,\"9\",",
            "\"7\",W/\"8\" ,\"9\" ",
        ] {
            assert_eq!(parse_etags(list), wanted, "{list}");
        }
        for bad in [
            "",
            " ",
            ",",
            "7",
            "*",
            "\"",
            "\"7",
            "7\"",
            "w/\"7\"",
            "W/7",
            "\"7\" \"8\"",
            "\"7\",8",
            "\"a b\"",
        ] {
            assert_eq!(parse_etags(bad), None, "{bad}");
        }
    }
}
