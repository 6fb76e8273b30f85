//! Find and count by filter.

use crate::Raw;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// `POST …/find`. Every field may be absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindRequest {
    /// Which documents: a JSON object; all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Raw>,
    /// The order: `"a,-b"`, `["a","-b"]` or `{"a":1,"b":-1}`; by `_id` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Raw>,
    /// Which parts of each document; `_id` and `_rev` are always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<FieldList>,
    /// At most so many documents: on this page, or in the whole stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Where to go on: the cursor of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// `POST …/count`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountRequest {
    /// Which documents; all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Raw>,
}

/// How many documents match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountAnswer {
    /// So many.
    pub count: u64,
}

/// Dotted paths; read from `"a,b.c"` or `["a","b.c"]`, written as a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FieldList(pub Vec<String>);

impl FieldList {
    /// The paths of a comma-separated list.
    pub fn parse(text: &str) -> FieldList {
        FieldList(text.split(',').map(|path| path.trim().to_owned()).collect())
    }
}

impl<'de> Deserialize<'de> for FieldList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FieldList, D::Error> {
        struct Paths;
        impl<'de> Visitor<'de> for Paths {
            type Value = FieldList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("paths as \"a,b.c\" or [\"a\",\"b.c\"]")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<FieldList, E> {
                Ok(FieldList::parse(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<FieldList, A::Error> {
                let mut paths = Vec::new();
                while let Some(path) = items.next_element()? {
                    paths.push(path);
                }
                Ok(FieldList(paths))
            }
        }
        deserializer.deserialize_any(Paths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_a_text_or_a_list() {
        let read = |text: &str| serde_json::from_str::<FindRequest>(text).map(|find| find.fields);
        let wanted = Some(FieldList(vec!["a".to_owned(), "b.c".to_owned()]));
        assert_eq!(read(r#"{"fields":"a, b.c"}"#).unwrap(), wanted);
        assert_eq!(read(r#"{"fields":["a","b.c"]}"#).unwrap(), wanted);
        assert_eq!(read("{}").unwrap(), None);
        assert!(read(r#"{"fields":7}"#).is_err());
        assert!(read(r#"{"fields":[7]}"#).is_err());
    }

    #[test]
    fn a_filter_keeps_its_own_text_and_strange_fields_are_refused() {
        let find: FindRequest = serde_json::from_str(r#"{"filter":{"a": 1.0},"sort":{"a":-1}}"#).unwrap();
        assert_eq!(find.filter.as_ref().unwrap().get(), r#"{"a": 1.0}"#);
        assert_eq!(serde_json::to_string(&find).unwrap(), r#"{"filter":{"a": 1.0},"sort":{"a":-1}}"#);
        for bad in [r#"{"filtre":{}}"#, r#"{"limit":1,"limit":2}"#, r#"{"limit":-1}"#, r#"{"limit":1.5}"#] {
            assert!(serde_json::from_str::<FindRequest>(bad).is_err(), "{bad}");
        }
    }
}
