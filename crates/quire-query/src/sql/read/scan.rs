//! A collection as a stream of record batches.

use super::rows::Batcher;
use crate::sql::cache::{self, Key};
use crate::sql::error::external;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::PartitionStream;
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

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut builder = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), BATCHES_AHEAD);
        let sender = builder.tx();
        let (snapshot, schema, key) =
            (Arc::clone(&self.snapshot), Arc::clone(&self.schema), self.key.clone());
        let scan = Scan { limit: self.limit, ..Scan::all(self.collection.clone()) };
        // The pull blocks, so it has a thread of the blocking pool; it ends when nobody takes its batches any
        // more.
        builder.spawn_blocking(move || {
            let mut send = |batch| sender.blocking_send(Ok(batch)).is_ok();
            let read = read(snapshot.as_ref(), scan, schema, &mut send);
            if read.as_ref().is_err_and(|e| e.code() == Code::Internal) {
                cache::forget(&key);
            }
            read.map_err(external) as DataFusionResult<()>
        });
        builder.build()
    }
}

/// Sends every document, until `send` answers that nobody takes them.
fn read(
    snapshot: &dyn Snapshot,
    scan: Scan,
    schema: SchemaRef,
    send: &mut dyn FnMut(RecordBatch) -> bool,
) -> Result<()> {
    let mut left = scan.limit.unwrap_or(usize::MAX);
    let mut batcher = Batcher::new(schema)?;
    let mut rows = snapshot.scan(scan)?;
    while left > 0
        && let Some(documents) = rows.next_batch()?
    {
        for stored in documents.iter().take(left) {
            if let Some(batch) = batcher.append(stored)?
                && !send(batch)
            {
                return Ok(());
            }
        }
        left = left.saturating_sub(documents.len());
    }
    if let Some(batch) = batcher.finish()? {
        send(batch);
    }
    Ok(())
}
