//! A collection at a snapshot as a table.

use super::cache::Key;
use super::read::Partition;
use async_trait::async_trait;
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::streaming::StreamingTableExec;
use quire_model::{Name, Snapshot};
use std::fmt;
use std::sync::Arc;

/// A collection whose columns are known.
pub(super) struct Table {
    /// What is read.
    pub(super) snapshot: Arc<dyn Snapshot>,
    /// The collection.
    pub(super) collection: Name,
    /// Its columns.
    pub(super) schema: SchemaRef,
    /// Where they are remembered.
    pub(super) key: Key,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "collection {}", self.collection)
    }
}

#[async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        let partition = Partition {
            snapshot: Arc::clone(&self.snapshot),
            collection: self.collection.clone(),
            schema: Arc::clone(&schema),
            limit,
            key: self.key.clone(),
        };
        let order = by_id(&schema)?;
        let plan = StreamingTableExec::try_new(schema, vec![Arc::new(partition)], None, order, false, limit)?;
        Ok(Arc::new(plan))
    }
}

/// Documents come in the order of `_id`, which saves sorting by it.
fn by_id(schema: &SchemaRef) -> Result<Option<LexOrdering>> {
    if schema.index_of("_id").is_err() {
        return Ok(None);
    }
    let options = SortOptions { descending: false, nulls_first: false };
    Ok(LexOrdering::new([PhysicalSortExpr::new(col("_id", schema)?, options)]))
}
