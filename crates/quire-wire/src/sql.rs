//! SQL queries.

use crate::Raw;
use serde::{Deserialize, Serialize};

/// `POST /v1/databases/{db}/sql`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlRequest {
    /// The statement.
    pub sql: String,
    /// Values of `$1`, `$2`, … or of `?` in order: JSON scalars.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Raw>,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The name of its type.
    #[serde(rename = "type")]
    pub column_type: String,
}

/// A whole result. A stream (`Accept: application/x-ndjson`) has an object by column name for each row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SqlAnswer {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows: each a JSON array with one value for each column.
    pub rows: Vec<Raw>,
}
