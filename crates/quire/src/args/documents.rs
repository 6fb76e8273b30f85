//! Commands on documents: one by one, and by query.

use clap::Args;

/// `insert`.
#[derive(Debug, Args)]
pub(crate) struct Insert {
    /// The collection; its first document makes it
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// The document; `-` or nothing reads standard input: one document, or one on each line
    #[arg(value_name = "JSON")]
    pub(crate) document: Option<String>,
    /// Make the change once, however often the command is run with this key
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

/// `get`.
#[derive(Debug, Args)]
pub(crate) struct Get {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// The document's _id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// `replace` and `patch`.
#[derive(Debug, Args)]
pub(crate) struct Change {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// The document's _id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// The new document, or the fields to change; `-` or nothing reads standard input
    #[arg(value_name = "JSON")]
    pub(crate) json: Option<String>,
    /// Only if the document has this revision (its _rev)
    #[arg(long, value_name = "N")]
    pub(crate) if_rev: Option<u64>,
    /// Make the change once, however often the command is run with this key
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

/// `delete`.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// The document's _id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Only if the document has this revision (its _rev)
    #[arg(long, value_name = "N")]
    pub(crate) if_rev: Option<u64>,
    /// Make the change once, however often the command is run with this key
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

/// `find`.
#[derive(Debug, Args)]
pub(crate) struct Find {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// Which documents, as JSON; all where it is left out
    #[arg(value_name = "FILTER")]
    pub(crate) filter: Option<String>,
    /// Fields to sort by, `-` for descending: a,-b.c
    #[arg(long, value_name = "FIELDS", allow_hyphen_values = true)]
    pub(crate) sort: Option<String>,
    /// Fields to show; _id and _rev always are: a,b.c
    #[arg(long, value_name = "FIELDS")]
    pub(crate) fields: Option<String>,
    /// At most so many documents [default: 100 in a table, otherwise all]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Go on where an earlier find with the same filter and sort ended
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub(crate) cursor: Option<String>,
}

/// `count`.
#[derive(Debug, Args)]
pub(crate) struct Count {
    /// The collection
    #[arg(value_name = "COLLECTION")]
    pub(crate) collection: String,
    /// Which documents, as JSON; all where it is left out
    #[arg(value_name = "FILTER")]
    pub(crate) filter: Option<String>,
}

/// `sql`.
#[derive(Debug, Args)]
pub(crate) struct Sql {
    /// The query; $1, $2, … or ? stand for parameters
    #[arg(value_name = "SQL")]
    pub(crate) sql: String,
    /// A parameter, in their order: a JSON scalar (7, true, null, "7"), anything else is a string
    #[arg(long = "param", short = 'p', value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) params: Vec<String>,
}
