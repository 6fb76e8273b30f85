//! Record batches of the columns asked for, made from documents one after the other.

use super::values::{Columns, Values};
use datafusion::arrow::array::{
    ArrayRef, Int64Builder, LargeStringBuilder, RecordBatch, RecordBatchOptions, StringBuilder,
};
use datafusion::arrow::datatypes::SchemaRef;
use quire_model::{Error, Result, Stored};
use std::sync::Arc;

/// The most documents of a batch.
const ROWS_MAX: usize = 8_192;

/// Where a column comes from.
enum Source {
    Id,
    Rev,
    Doc,
    Field,
}

/// A record batch being made.
pub(super) struct Batcher {
    schema: SchemaRef,
    sources: Vec<Source>,
    ids: StringBuilder,
    revs: Int64Builder,
    docs: LargeStringBuilder,
    fields: Columns,
    rows: usize,
    bytes: usize,
    bytes_max: usize,
}

impl Batcher {
    /// An empty batch with these columns, full when the documents in it have about so many bytes.
    pub(super) fn new(schema: SchemaRef, bytes_max: usize) -> Result<Batcher> {
        let sources = schema.fields().iter().map(|field| match field.name().as_str() {
            "_id" => Source::Id,
            "_rev" => Source::Rev,
            "_doc" => Source::Doc,
            _ => Source::Field,
        });
        let sources: Vec<Source> = sources.collect();
        let fields =
            schema.fields().iter().zip(&sources).filter(|(_, source)| matches!(source, Source::Field));
        let fields = Columns::new(fields.map(|(field, _)| field))?;
        Ok(Batcher {
            sources,
            fields,
            schema: Arc::clone(&schema),
            ids: StringBuilder::new(),
            revs: Int64Builder::new(),
            docs: LargeStringBuilder::new(),
            rows: 0,
            bytes: 0,
            bytes_max,
        })
    }

    /// Adds a document; a batch, if that made it full.
    pub(super) fn append(&mut self, stored: &Stored) -> Result<Option<RecordBatch>> {
        let text = stored.document.text();
        for source in &self.sources {
            match source {
                Source::Id => self.ids.append_value(stored.document.id().as_str()),
                Source::Rev => self.revs.append_value(rev(stored)?),
                Source::Doc => self.docs.append_value(text),
                Source::Field => {}
            }
        }
        if !self.fields.values.is_empty() {
            self.fields.append(stored.document.json())?;
        }
        self.rows += 1;
        self.bytes += text.len();
        if self.rows < ROWS_MAX && self.bytes < self.bytes_max {
            return Ok(None);
        }
        self.finish()
    }

    /// The batch, if there is anything in it; an empty one begins.
    pub(super) fn finish(&mut self) -> Result<Option<RecordBatch>> {
        if self.rows == 0 {
            return Ok(None);
        }
        let mut fields =
            self.fields.values.iter_mut().map(Values::finish).collect::<Result<Vec<_>>>()?.into_iter();
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            arrays.push(match source {
                Source::Id => Arc::new(self.ids.finish()),
                Source::Rev => Arc::new(self.revs.finish()),
                Source::Doc => Arc::new(self.docs.finish()),
                Source::Field => fields.next().ok_or_else(|| Error::internal("a column was lost"))?,
            });
        }
        // A query that only counts asks for no column: the number of rows is said beside them.
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        (self.rows, self.bytes) = (0, 0);
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options);
        batch.map(Some).map_err(|e| Error::internal(e.to_string()))
    }
}

fn rev(stored: &Stored) -> Result<i64> {
    i64::try_from(stored.rev).map_err(|_| Error::internal("a revision beyond 63 bits"))
}
