//! QuireDB inside your program: a document database whose promises you can rerun.
//!
//! Documents are JSON objects, exact to the digit. A write that was answered survives a killed process and a power
//! cut. Reads see one moment; nothing is ever half there.
//!
//! ```
//! # fn main() -> quiredb::Result<()> {
//! # let folder = quiredb::doc_folder("lib");
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct User {
//!     name: String,
//!     age: u32,
//! }
//!
//! let db = quiredb::Db::open(&folder)?;
//! let users = db.collection::<User>("users");
//!
//! let written = users.insert(&User { name: "Ana".into(), age: 30 })?;
//! let ana = users.get(&written.id)?.expect("just inserted");
//! assert_eq!((ana.value.name.as_str(), ana.rev), ("Ana", written.rev));
//!
//! let adults = users.find(r#"{"age":{"$gte":18}}"#).sort("-age").limit(10).fetch()?;
//! assert_eq!(adults.len(), 1);
//! # Ok(()) }
//! ```
//!
//! - [`Db`]: a data folder and one of its databases; cheap to clone, usable from any thread.
//! - [`Collection`]: typed documents, by serde. `Collection<Box<RawValue>>` keeps the text as it is.
//! - [`Query`]: filter, order, limit, pages.
//! - [`Batch`]: several writes, all or nothing.
//! - `Db::sql` (feature `sql`): queries over collections as tables.
//!
//! # What it is not
//!
//! It is not a server: one process has the folder open. The `quire` command serves a folder to many.
//!
//! # Without the feature `sql`
//!
//! Neither DataFusion nor an HTTP server is compiled; the rest is the same.

mod batch;
mod collection;
mod db;
mod query;
#[cfg(feature = "sql")]
mod sql;

pub use batch::Batch;
pub use collection::{Collection, Document};
pub use db::Db;
pub use query::Query;
pub use quire_engine::Options;
pub use quire_model::{Code, Error, Expect, Kind, Part, Result};
pub use quire_query::Limits;
#[cfg(feature = "sql")]
pub use sql::{Param, Rows};

/// A document that was written or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The document's `_id`.
    pub id: String,
    /// The commit's sequence number: the document's revision from now on.
    pub rev: u64,
    /// Whether the document was not there before.
    pub created: bool,
    /// Whether it was written before under the same idempotency key: see [`Db::once`].
    pub replayed: bool,
}

impl From<quire_query::Written> for Written {
    fn from(written: quire_query::Written) -> Written {
        let quire_query::Written { id, rev, created, replayed } = written;
        Written { id: id.as_str().to_owned(), rev, created, replayed }
    }
}

/// An empty folder for one of the examples of this documentation.
#[doc(hidden)]
pub fn doc_folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("quiredb-example-{name}-{}", std::process::id()));
    // What an earlier process of the same number left is of no use to anybody.
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// The README's example runs with these tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
