//! Addresses. Every part that is a name or an id is percent-encoded, so an id may hold `/`, `%` or any text.

/// The databases.
pub const DATABASES: &str = "/v1/databases";
/// Figures of the whole server.
pub const STATS: &str = "/v1/stats";
/// Makes a checkpoint; `?database=NAME` for one database.
pub const CHECKPOINT: &str = "/v1/admin/checkpoint";
/// Whether the process answers.
pub const LIVE: &str = "/health/live";
/// Whether the databases can be used.
pub const READY: &str = "/health/ready";

/// One database.
pub fn database(database: &str) -> String {
    format!("{DATABASES}/{}", encode(database))
}

/// A batch of changes in one commit.
pub fn batch(database: &str) -> String {
    format!("{}/batch", self::database(database))
}

/// A SQL query.
pub fn sql(database: &str) -> String {
    format!("{}/sql", self::database(database))
}

/// The collections of a database.
pub fn collections(database: &str) -> String {
    format!("{}/collections", self::database(database))
}

/// One collection.
pub fn collection(database: &str, collection: &str) -> String {
    format!("{}/{}", collections(database), encode(collection))
}

/// The documents of a collection.
pub fn documents(database: &str, collection: &str) -> String {
    format!("{}/documents", self::collection(database, collection))
}

/// One document.
pub fn document(database: &str, collection: &str, id: &str) -> String {
    format!("{}/{}", documents(database, collection), encode(id))
}

/// A find in a collection.
pub fn find(database: &str, collection: &str) -> String {
    format!("{}/find", self::collection(database, collection))
}

/// A count in a collection.
pub fn count(database: &str, collection: &str) -> String {
    format!("{}/count", self::collection(database, collection))
}

/// Many changes of a collection, each with its own answer.
pub fn bulk(database: &str, collection: &str) -> String {
    format!("{}/bulk", self::collection(database, collection))
}

/// A path with a query string; the values are percent-encoded.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    for (n, (key, value)) in pairs.iter().enumerate() {
        out.push(if n == 0 { '?' } else { '&' });
        out.push_str(&encode(key));
        out.push('=');
        out.push_str(&encode(value));
    }
    out
}

/// Percent-encodes every byte outside RFC 3986's unreserved characters.
pub fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Takes percent-encoding away; `None` where a `%` has no two hex digits behind it or the bytes are no UTF-8.
pub fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            out.push((high * 16 + low) as u8);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_id_survives_its_address() {
        for id in ["a", "a/b", "50%", "%2F", "ü €\u{10348}", "..", " ?#&=+", "\u{0}\n", "\"", "a\\b"] {
            let path = document("main", "c", id);
            let last = path.strip_prefix("/v1/databases/main/collections/c/documents/").unwrap();
            assert!(last.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)), "{path}");
            assert_eq!(decode(last).as_deref(), Some(id));
        }
        assert_eq!(document("main", "c", "a/ü"), "/v1/databases/main/collections/c/documents/a%2F%C3%BC");
    }

    #[test]
    fn broken_encodings_have_no_text() {
        for bad in ["%", "%2", "%zz", "%+1", "a%", "%ff", "%c3", "%ed%a0%80"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(decode("a+b%20c").as_deref(), Some("a+b c"));
    }

    #[test]
    fn a_query_string_keeps_its_values() {
        assert_eq!(with_query(CHECKPOINT, &[]), CHECKPOINT);
        assert_eq!(
            with_query("/x", &[("filter", "{\"a\":1}"), ("limit", "2")]),
            "/x?filter=%7B%22a%22%3A1%7D&limit=2"
        );
    }
}
