//! Documents as they come back.

use crate::Raw;
use serde::{Deserialize, Serialize};

/// What a write answers: the document's id, and its revision, which is the sequence number of the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The document.
    #[serde(rename = "_id")]
    pub id: String,
    /// Its revision now; for a delete the commit that removed it.
    #[serde(rename = "_rev")]
    pub rev: u64,
}

/// One page of documents.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DocumentsAnswer {
    /// The documents, each with `_id` and `_rev`.
    pub documents: Vec<Raw>,
    /// Where the next page begins; null after the last.
    pub cursor: Option<String>,
}
