//! What a query answers: columns, the state that it saw, and rows that come as they are found.

use super::error::{from_datafusion, from_panic};
use super::runtime;
use super::stop::Stop;
use super::types::type_name;
use super::write::{self, Shape};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::session_state::SessionState;
use futures::{FutureExt, Stream, StreamExt};
use quire_model::{Code, Error, Result, Seq};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How many batches may wait to be taken.
const BATCHES_AHEAD: usize = 2;

/// The answer to a statement.
#[derive(Debug)]
pub struct SqlResult {
    /// The columns of every row.
    pub columns: Vec<Column>,
    /// The sequence number of the session's database that the statement saw.
    pub seq: Seq,
    /// The rows.
    pub rows: SqlRows,
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name; no two columns have the same.
    pub name: String,
    /// The name of its type: `string`, `int64`, `float64`, `boolean`, `json`, `struct`, `list`, `timestamp`,
    /// `date`, `decimal` and others.
    pub r#type: String,
}

/// Rows as they are found, several at a time: a stream of batches, each row the text of a JSON array. After
/// an error nothing follows. Dropping it ends the query.
pub struct SqlRows {
    batches: Pin<Box<dyn Stream<Item = Result<RecordBatch>> + Send>>,
    names: Arc<[String]>,
    shape: Shape,
}

impl SqlRows {
    /// The same rows, each as the text of a JSON object.
    #[must_use]
    pub fn objects(mut self) -> SqlRows {
        self.shape = Shape::Object;
        self
    }

    /// All rows at once.
    ///
    /// # Errors
    /// As the query: `invalid_sql`, `timeout`, `memory_limit`, `corrupt`.
    pub async fn all(mut self) -> Result<Vec<String>> {
        let mut all = Vec::new();
        while let Some(rows) = self.next().await {
            all.extend(rows?);
        }
        Ok(all)
    }
}

impl Stream for SqlRows {
    type Item = Result<Vec<String>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return match std::task::ready!(self.batches.as_mut().poll_next(context)) {
                Some(Ok(batch)) if batch.num_rows() == 0 => continue,
                Some(batch) => {
                    Poll::Ready(Some(batch.and_then(|b| write::rows(&b, &self.names, self.shape))))
                }
                None => Poll::Ready(None),
            };
        }
    }
}

impl std::fmt::Debug for SqlRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlRows").field("names", &self.names).finish_non_exhaustive()
    }
}

impl SqlResult {
    /// The answer that a running query gives until its time is over. `state` is held as long as the query
    /// runs, and the answer holds what stops it.
    pub(super) fn stream(
        columns: Vec<Column>,
        seq: Seq,
        batches: SendableRecordBatchStream,
        state: SessionState,
        (time, stop): (Time, Stop),
    ) -> Result<SqlResult> {
        let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
        let task = runtime::spawn(async move {
            let waiting = MemoryConsumer::new("answer").register(&state.runtime_env().memory_pool);
            pump(batches, &sender, &waiting).await;
            drop(waiting);
            // What the query held is let go before the answer ends, so that nothing of the store is in use
            // after it.
            drop(state);
            drop(sender);
        })?;
        let batches = futures::stream::unfold(Some((receiver, task, stop)), move |state| async move {
            let (mut receiver, task, stop) = state?;
            let next = match time.limit(receiver.recv()).await {
                // What was held while it waited is given back here.
                Ok(next) => next?.map(|(batch, _)| batch),
                Err(timeout) => Err(timeout),
            };
            let state = next.is_ok().then_some((receiver, task, stop));
            Some((next, state))
        });
        Ok(SqlResult::new(columns, seq, Box::pin(batches)))
    }

    /// The answer that is known already.
    pub(super) fn once(columns: Vec<Column>, seq: Seq, batch: RecordBatch) -> SqlResult {
        SqlResult::new(columns, seq, Box::pin(futures::stream::iter([Ok(batch)])))
    }

    fn new(
        columns: Vec<Column>,
        seq: Seq,
        batches: Pin<Box<dyn Stream<Item = Result<RecordBatch>> + Send>>,
    ) -> SqlResult {
        let names = columns.iter().map(|column| column.name.clone()).collect();
        SqlResult { columns, seq, rows: SqlRows { batches, names, shape: Shape::Array } }
    }
}

/// A batch on its way to the reader, and the memory that it takes until it is there.
type Held = (RecordBatch, MemoryReservation);

/// Sends what a query finds, until it ends, fails or nobody listens.
async fn pump(
    mut batches: SendableRecordBatchStream,
    sender: &mpsc::Sender<Result<Held>>,
    waiting: &MemoryReservation,
) {
    let held = |batch: RecordBatch| {
        let held = waiting.new_empty();
        held.try_grow(batch.get_array_memory_size())?;
        Ok((batch, held))
    };
    loop {
        let next = match AssertUnwindSafe(batches.next()).catch_unwind().await {
            Ok(None) => return,
            Ok(Some(batch)) => batch.and_then(held).map_err(from_datafusion),
            Err(panic) => Err(from_panic(panic.as_ref())),
        };
        let failed = next.is_err();
        if failed {
            drop(batches);
            // Nobody listening is no error: the answer was dropped.
            let _ = sender.send(next).await;
            return;
        }
        if sender.send(next).await.is_err() {
            return;
        }
    }
}

/// When a query's time is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    end: Instant,
    allowed: Duration,
}

impl Time {
    /// So much time from now.
    pub(super) fn new(allowed: Duration) -> Time {
        Time { end: Instant::now() + allowed, allowed }
    }

    /// Waits for something as long as there is time.
    pub(super) async fn limit<T>(self, future: impl Future<Output = T>) -> Result<T> {
        // The guard is not held while waiting: it belongs to a thread, and the timer knows its clock once
        // it is made.
        let limited = {
            let _threads = runtime::enter_timer()?;
            tokio::time::timeout_at(self.end, future)
        };
        let late =
            |_| Error::new(Code::Timeout, format!("the query took longer than its {:?}", self.allowed));
        limited.await.map_err(late)
    }
}

/// The columns of a plan. A field within an object is called by its own name. A name that several columns have
/// is given with the table's name before it, or a number after it where that is not enough.
pub(super) fn columns(schema: &DFSchema) -> Vec<Column> {
    let mut count: HashMap<&str, usize> = HashMap::new();
    for field in schema.fields() {
        *count.entry(own_name(field.name())).or_default() += 1;
    }
    let mut taken: HashMap<String, usize> = HashMap::new();
    let column = |(table, field): (Option<_>, &Arc<datafusion::arrow::datatypes::Field>)| {
        let table: Option<&datafusion::common::TableReference> = table;
        let own = own_name(field.name());
        let name = match count.get(own).is_some_and(|n| *n > 1) {
            true => table.map_or(field.name().clone(), |table| format!("{}.{}", table.table(), field.name())),
            false => own.to_owned(),
        };
        let times = taken.entry(name.clone()).or_default();
        *times += 1;
        let name = if *times > 1 { format!("{name}_{times}") } else { name };
        Column { name, r#type: type_name(field.data_type()) }
    };
    schema.iter().map(column).collect()
}

/// `city` for `orders.ship[city]`, which is how DataFusion names a field within an object.
fn own_name(name: &str) -> &str {
    let plain = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    match name.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        Some((object, field))
            if plain(field)
                && !field.is_empty()
                && field.parse::<i64>().is_err()
                && object.split(['.', '[', ']']).all(plain) =>
        {
            field
        }
        _ => name,
    }
}

/// A column that is known already.
pub(super) fn column(name: &str, data_type: &DataType) -> Column {
    Column { name: name.to_owned(), r#type: type_name(data_type) }
}
