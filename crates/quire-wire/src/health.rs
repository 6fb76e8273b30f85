//! Health.

use serde::{Deserialize, Serialize};

/// `GET /health/live`: the process answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// `ok`.
    pub status: String,
}

/// `GET /health/ready`: 200 with the number of databases, or 503 with the reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// `ok` or `degraded`.
    pub status: String,
    /// How many databases there are, when all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub databases: Option<u64>,
    /// What is not well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What is well and yet worth knowing: how the server was started, such as `insecure-no-auth`, and that databases
    /// are read-only because that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}
