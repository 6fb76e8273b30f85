//! SQL over collections as tables.

use crate::Db;
use quire_model::{Code, Error, Result};
pub use quire_query::sql::Param;
use serde::de::DeserializeOwned;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};

/// The answer to a query.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The columns' names and the names of their types.
    pub columns: Vec<(String, String)>,
    /// The sequence number that the query saw.
    pub seq: u64,
    /// Each row as the text of a JSON array.
    pub rows: Vec<String>,
}

impl Rows {
    /// The rows as values of `T`, such as `(String, i64)`: one member for each column.
    ///
    /// # Errors
    /// `invalid_document` where a row does not fit `T`.
    pub fn typed<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let decode = |row: &String| {
            serde_json::from_str(row).map_err(|e| {
                let detail = format!("the row {row} does not fit {}: {e}", std::any::type_name::<T>());
                Error::new(Code::InvalidDocument, detail).with_source(e)
            })
        };
        self.rows.iter().map(decode).collect()
    }
}

impl Db {
    /// Runs a query. Collections are tables, their fields columns; `?` and `$1` stand for parameters.
    ///
    /// ```
    /// # fn main() -> quiredb::Result<()> {
    /// # let db = quiredb::Db::open(quiredb::doc_folder("sql"))?;
    /// use serde_json::json;
    /// let events = db.collection("events");
    /// for (kind, n) in [("click", 1), ("view", 2), ("view", 3)] {
    ///     events.insert(&json!({"kind": kind, "n": n}))?;
    /// }
    /// let rows = db.sql(
    ///     "SELECT kind, sum(n) AS total FROM events WHERE n > ? GROUP BY kind ORDER BY kind",
    ///     &[0.into()],
    /// )?;
    /// assert_eq!(rows.typed::<(String, i64)>()?, [("click".to_owned(), 1), ("view".to_owned(), 5)]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `invalid_sql`, `collection_not_found`, `timeout`, `memory_limit`.
    pub fn sql(&self, sql: &str, parameters: &[Param]) -> Result<Rows> {
        let runtime = runtime()?;
        let query = async {
            let result = self.session.sql(sql, parameters).await?;
            let columns = result.columns.into_iter().map(|column| (column.name, column.r#type)).collect();
            Ok(Rows { columns, seq: result.seq, rows: result.rows.all().await? })
        };
        // On a thread of its own, so that it may also be called from within somebody else's runtime.
        std::thread::scope(|scope| scope.spawn(|| runtime.block_on(query)).join())
            .unwrap_or_else(|_| Err(Error::internal("the query panicked")))
    }
}

/// The runtime that queries run on; made by the first one.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let made =
        RUNTIME.get_or_init(|| Builder::new_multi_thread().enable_all().thread_name("quire-sql").build());
    made.as_ref().map_err(|e| Error::new(Code::Unavailable, format!("cannot start threads for SQL: {e}")))
}
