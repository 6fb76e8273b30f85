//! SQL over collections. Everything of DataFusion is in here.
//!
//! The life of one query ([`Session::sql`]):
//! 1. the text becomes tokens, every `?` gets its number, and one statement is parsed from them (`parse.rs`,
//!    `dialect.rs`); it is made shallow, so that nothing later overflows a stack (`depth.rs`);
//! 2. the statement is judged: only queries go on, whatever is inside of them (`statements.rs`);
//! 3. parameters become literals in the parsed tree, never in the text; numbers keep their digits
//!    (`rewrite.rs`);
//! 4. a snapshot of the session's database is taken; its number is the answer's (`catalog.rs`);
//! 5. each collection named gets its columns from its documents at that snapshot (`shape/`, remembered in
//!    `cache.rs`);
//! 6. DataFusion plans: names are resolved, JSON values get their meaning in comparisons, aggregates and
//!    order (`json/`), and a second check refuses plans that do more than read (`context.rs`);
//! 7. DataFusion runs the plan on threads of its own (`runtime.rs`, ended by `stop.rs`), with functions that
//!    ask for the memory of their results first (`guard/`): documents are pulled from the snapshot on a
//!    blocking thread and become Arrow arrays of the columns asked for (`table.rs`, `read/`);
//! 8. rows are written as JSON while they come (`write/`, `result.rs`), until they end, the reader leaves, or
//!    the time or memory of the query is used up (`error.rs` says which).
//!
//! # Columns
//!
//! `_id` (string), `_rev` (int64), then the top-level fields, the most frequent first (of equally frequent
//! ones the one that appears first in the order of `_id`), at most 1,000 and every rarer one that the
//! statement names. `_doc`, the whole document as JSON, is there when the statement names it, and then last;
//! `*` over a single collection does not include it. A missing value and null are both NULL. Types are chosen
//! in `shape/`.
//!
//! # JSON values
//!
//! A field whose types vary has type JSON. Such a value
//! - compares with a number, a string or a boolean by the values of that type and is NULL for all others;
//!   numbers compare by their exact decimal value, whatever their spelling;
//! - compares with another JSON value by value: two types are never equal, and NULL to `<` and its kin;
//! - is a number to arithmetic, to mathematical functions and to aggregates (`sum`, `avg`, `min`, `max` …),
//!   a string to all other functions, and NULL there if it is not;
//! - joins, groups and is distinct by value: 1 and 1.0 are one group, which is shown in one spelling;
//! - sorts in the order of find: numbers, strings, objects, arrays, false, true; NULL last, as everywhere in
//!   SQL;
//! - is read by `->` and `->>` (a key, or a position counted from 0; negative ones from the end), by dots and
//!   by brackets (a key, or a position counted from 1 as in lists), and by `json_get`, `json_get_text`,
//!   `json_number`, `json_text`, `json_bool`, `json_type` and `json_items` (a list to unnest); `json(text)`
//!   makes one.
//!
//! These work on columns of every other type too, so that a query does not change its meaning with the data.
//!
//! # Limits
//!
//! - Columns of one type compare as in every SQL: a double as a double, and an integer beside a double as a
//!   double too, so that beyond 2^53 neighbours are equal. Literals and JSON values keep all their digits.
//! - `min` and `max` over JSON numbers are exact and answer the number as it is spelled. Other aggregates
//!   over them are done in doubles and refuse a number beyond those; so is arithmetic, where such a number is
//!   NULL. `CAST(x AS DECIMAL(p, s))` keeps the digits. `sum`, `+`, `-` and `*` over integers are exact or
//!   refused.
//! - `array_has` and its kin tell elements of type JSON apart by their text.
//! - `a.b` of a query around a correlated subquery is not reached by dots from inside; `->` reaches it.
//! - A query holds at most its own memory, and all of them together at most what the store's budget has for queries
//!   (`pool.rs`). It is counted where DataFusion counts it (sorts, joins, groups, aggregates), before each call of a
//!   function whose result may be far larger than its arguments (`guard/`), and where batches wait: behind the scan
//!   and before the reader. `||` and the batches between two steps are not counted. It spills nothing to a disk.
//! - A query ends at its time for whoever waits for it; its threads are free a little later, at the end of
//!   the step that they are in (`stop.rs`).

mod cache;
mod catalog;
mod context;
mod depth;
mod describe;
mod dialect;
mod error;
mod exact;
mod guard;
mod json;
mod param;
mod parse;
mod pool;
mod prepare;
mod read;
mod result;
mod rewrite;
mod runtime;
mod shape;
mod statements;
mod stop;
mod table;
mod types;
mod write;

pub(crate) use cache::forget_large;
pub use param::Param;
pub use result::{Column, SqlResult, SqlRows};

use crate::Session;
use catalog::Catalog;
use datafusion::physical_plan::execute_stream;
use datafusion::sql::parser::Statement;
use error::from_datafusion;
use prepare::{Prepared, prepare};
use quire_model::{Error, Result, Snapshot};
use result::Time;
use statements::Asks;
use std::sync::Arc;
use stop::Stop;

impl Session {
    /// Runs one SQL query. Collections are tables, `database.collection` reaches across databases of the
    /// store.
    ///
    /// # Errors
    /// `invalid_sql` (grammar, names of fields, types, a statement that is no query, wrong parameters),
    /// `collection_not_found`, `database_not_found`, `memory_limit`, `timeout`, `corrupt`. An error may also
    /// come later, in the rows.
    pub async fn sql(&self, sql: &str, params: &[Param]) -> Result<SqlResult> {
        let time = Time::new(self.limits().query_timeout);
        let (session, sql, params) = (self.clone(), sql.to_owned(), params.to_vec());
        let task = runtime::spawn(async move { session.run(&sql, &params, time).await })?;
        time.limit(task.join()).await??
    }

    async fn run(&self, sql: &str, params: &[Param], time: Time) -> Result<SqlResult> {
        let Prepared { statement, asks, words } = prepare(sql, params)?;
        let snapshot = self.sql_snapshot().await?;
        let seq = snapshot.seq();
        let catalog =
            |words| Catalog::new(Arc::clone(self.store()), self.database().clone(), snapshot.clone(), words);
        match asks {
            Asks::Tables => describe::tables(self.database(), seq, &snapshot.collections()?),
            Asks::Columns(name) => {
                let parts = describe::parts(&name)?;
                let (database, collection) = catalog::resolve(&parts, self.database())?;
                let all = [String::from("_doc")].into();
                describe::columns(&catalog(all).table(database, collection).await?, seq)
            }
            Asks::Rows => {
                let bytes_max = self.limits().sql_memory_bytes_max;
                let pool = pool::of_query(bytes_max, self.store().memory());
                let state = context::state(catalog(words), self.database(), bytes_max, pool);
                let (state, budget) = state.map_err(from_datafusion)?;
                let statement = Statement::Statement(Box::new(statement));
                let plan = state.statement_to_plan(statement).await.map_err(from_datafusion)?;
                context::verify(&plan).map_err(from_datafusion)?;
                let plan = state.optimize(&plan).map_err(from_datafusion)?;
                let columns = result::columns(plan.schema());
                let physical = state.query_planner().create_physical_plan(&plan, &state).await;
                let stop = Stop::default();
                let physical = physical.and_then(|physical| stop.applied(physical));
                budget.run();
                let batches = physical.and_then(|physical| execute_stream(physical, state.task_ctx()));
                SqlResult::stream(columns, seq, batches.map_err(from_datafusion)?, state, (time, stop))
            }
        }
    }

    /// The state of the session's database, taken where blocking is allowed.
    async fn sql_snapshot(&self) -> Result<Arc<dyn Snapshot>> {
        let session = self.clone();
        let task = tokio::task::spawn_blocking(move || session.snapshot());
        task.await.map_err(|e| Error::internal(format!("the snapshot could not be taken: {e}")))?
    }
}
