//! The rows of a record batch, each as one JSON text.

use super::value::Writer;
use datafusion::arrow::array::RecordBatch;
use quire_model::json::write_string;
use quire_model::{Error, Result};

/// How a row is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Shape {
    /// As an array of its values.
    Array,
    /// As an object, with the names of the columns as keys.
    Object,
}

/// The rows of a batch. `names` are those of the columns.
pub(in crate::sql) fn rows(batch: &RecordBatch, names: &[String], shape: Shape) -> Result<Vec<String>> {
    let writers = batch.columns().iter().map(Writer::new).collect::<Result<Vec<_>>>()?;
    let keys: Vec<Vec<u8>> = names.iter().map(|name| key(name)).collect();
    let (open, close) = if shape == Shape::Array { (b'[', b']') } else { (b'{', b'}') };
    let mut rows = Vec::with_capacity(batch.num_rows());
    let mut out = Vec::new();
    for row in 0..batch.num_rows() {
        out.clear();
        out.push(open);
        for (column, writer) in writers.iter().enumerate() {
            if column > 0 {
                out.push(b',');
            }
            if shape == Shape::Object {
                out.extend_from_slice(keys.get(column).map(Vec::as_slice).unwrap_or_default());
            }
            writer.write(row, &mut out)?;
        }
        out.push(close);
        let text = std::str::from_utf8(&out).map_err(|_| Error::internal("a row is not UTF-8"))?;
        rows.push(text.to_owned());
    }
    Ok(rows)
}

/// A key with its colon.
pub(super) fn key(name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + 3);
    write_string(name, &mut out);
    out.push(b':');
    out
}
