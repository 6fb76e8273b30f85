//! A collection as a stream of record batches.

use super::rows::Batcher;
use crate::sql::cache::{self, Key};
use crate::sql::error::{external, from_datafusion};
use crate::sql::pool::batch_bytes_max;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::{RecordBatchReceiverStream, RecordBatchStreamAdapter};
use datafusion::physical_plan::streaming::PartitionStream;
use futures::TryStreamExt;
use quire_model::{Code, Name, Result, Scan, Snapshot};
use std::fmt;
use std::sync::Arc;

/// How many batches may wait to be taken.
const BATCHES_AHEAD: usize = 2;

/// The documents of a collection at a snapshot, as columns.
pub(in crate::sql) struct Partition {
    /// What is read.
    pub(in crate::sql) snapshot: Arc<dyn Snapshot>,
    /// The collection.
    pub(in crate::sql) collection: Name,
    /// The columns asked for.
    pub(in crate::sql) schema: SchemaRef,
    /// The most documents asked for.
    pub(in crate::sql) limit: Option<usize>,
    /// Where the types of the columns are remembered.
    pub(in crate::sql) key: Key,
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "documents of {}", self.collection)
    }
}

impl PartitionStream for Partition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let pool = context.memory_pool();
        let bytes_max = batch_bytes_max(pool.as_ref());
        let held = Arc::new(MemoryConsumer::new("documents").register(pool));
        let waiting = Arc::clone(&held);
        let mut builder = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), BATCHES_AHEAD);
        let sender = builder.tx();
        let (snapshot, schema, key) =
            (Arc::clone(&self.snapshot), Arc::clone(&self.schema), self.key.clone());
        let scan = Scan { limit: self.limit, ..Scan::all(self.collection.clone()) };
        // The pull blocks, so it has a thread of the blocking pool; it ends when nobody takes its batches any
        // more.
        builder.spawn_blocking(move || {
            let mut send = |batch: RecordBatch| {
                waiting.try_grow(batch.get_array_memory_size()).map_err(from_datafusion)?;
                Ok(sender.blocking_send(Ok(batch)).is_ok())
            };
            let read = Batcher::new(schema, bytes_max)
                .and_then(|batcher| read(snapshot.as_ref(), scan, batcher, &mut send));
            if read.as_ref().is_err_and(|e| e.code() == Code::Internal) {
                cache::forget(&key);
            }
            read.map_err(external) as DataFusionResult<()>
        });
        // Who takes a batch counts it, if it keeps it.
        let batches = builder.build().inspect_ok(move |batch| held.shrink(batch.get_array_memory_size()));
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), batches))
    }
}

/// Sends every document, until `send` answers that nobody takes them.
fn read(
    snapshot: &dyn Snapshot,
    scan: Scan,
    mut batcher: Batcher,
    send: &mut dyn FnMut(RecordBatch) -> Result<bool>,
) -> Result<()> {
    let mut left = scan.limit.unwrap_or(usize::MAX);
    let mut rows = snapshot.scan(scan)?;
    while left > 0
        && let Some(documents) = rows.next_batch()?
    {
        for stored in documents.iter().take(left) {
            if let Some(batch) = batcher.append(stored)?
                && !send(batch)?
            {
                return Ok(());
            }
        }
        left = left.saturating_sub(documents.len());
    }
    if let Some(batch) = batcher.finish()? {
        send(batch)?;
    }
    Ok(())
}
