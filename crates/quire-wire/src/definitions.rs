//! Databases and collections.

use serde::{Deserialize, Serialize};

/// Something with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The name.
    pub name: String,
}

/// `GET /v1/databases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabasesAnswer {
    /// The databases, by name.
    pub databases: Vec<Named>,
}

/// `GET /v1/databases/{db}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseAnswer {
    /// The name.
    pub name: String,
    /// The newest commit.
    pub seq: u64,
    /// The names of the collections.
    pub collections: Vec<String>,
}

/// `GET /v1/databases/{db}/collections`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionsAnswer {
    /// The collections, by name.
    pub collections: Vec<Named>,
}

/// `GET /v1/databases/{db}/collections/{c}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionAnswer {
    /// The name.
    pub name: String,
    /// Documents in it.
    pub documents: u64,
}
