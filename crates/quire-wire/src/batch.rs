//! Changes that happen together or not at all.

use crate::{Raw, Written};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// `POST /v1/databases/{db}/batch`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// The changes, in order; a later one sees the earlier ones.
    #[serde(deserialize_with = "objects")]
    pub operations: Vec<BatchOperation>,
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BatchVerb {
    /// A new document; its id must be free.
    Insert,
    /// A whole document in place of what is there, or new.
    Replace,
    /// A merge patch of a document that is there.
    Patch,
    /// Away with a document.
    Delete,
}

/// One change of a batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchOperation {
    /// What it does.
    pub op: BatchVerb,
    /// The collection.
    pub collection: String,
    /// The document; an insert or a replace may say it in the document instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The document of an insert or a replace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Raw>,
    /// The merge patch of a patch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Raw>,
    /// The revision that must be there; not for an insert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_rev: Option<u64>,
}

/// What a batch answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAnswer {
    /// The sequence number of the one commit.
    pub seq: u64,
    /// One result for each change, in order.
    pub results: Vec<Written>,
}

/// Reads a list of operations, each an object: derived code alone would also take the values in field order.
fn objects<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<BatchOperation>, D::Error> {
    struct Object(BatchOperation);
    struct Fields;

    impl<'de> Visitor<'de> for Fields {
        type Value = Object;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an operation as an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object, A::Error> {
            BatchOperation::deserialize(MapAccessDeserializer::new(map)).map(Object)
        }
    }

    impl<'de> Deserialize<'de> for Object {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
            deserializer.deserialize_map(Fields)
        }
    }

    let objects = Vec::<Object>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|object| object.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_reads_and_writes_documents_as_they_stand() {
        let insert = r#"{"op":"insert","collection":"c","document":{"b":1E400,"a":1.0}}"#;
        let delete = r#"{"op":"delete","collection":"c","id":"x","if_rev":7}"#;
        let text = format!(r#"{{"operations":[{insert},{delete}]}}"#);
        let batch: BatchRequest = serde_json::from_str(&text).unwrap();
        assert_eq!(batch.operations[1].if_rev, Some(7));
        assert_eq!(serde_json::to_string(&batch).unwrap(), text);
        assert!(
            serde_json::from_str::<BatchRequest>(r#"{"operations":[{"op":"upsert","collection":"c"}]}"#)
                .is_err()
        );
    }
}
