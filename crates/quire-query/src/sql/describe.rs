//! The answers to SHOW TABLES, SHOW COLUMNS and DESCRIBE.

use super::error::sql_error;
use super::result::{Column, SqlResult, column};
use super::table::Table;
use super::types::describe;
use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::sql::sqlparser::ast::ObjectName;
use quire_model::{Error, Name, Result, Seq};
use std::sync::Arc;

/// The collections of a database.
pub(super) fn tables(database: &Name, seq: Seq, names: &[Name]) -> Result<SqlResult> {
    let databases = StringArray::from_iter_values(names.iter().map(|_| database.as_str()));
    let names = StringArray::from_iter_values(names.iter().map(Name::as_str));
    answer(seq, [("table_schema", Arc::new(databases) as ArrayRef), ("table_name", Arc::new(names))])
}

/// The columns of a collection.
pub(super) fn columns(table: &Table, seq: Seq) -> Result<SqlResult> {
    let fields = table.schema.fields();
    let names = StringArray::from_iter_values(fields.iter().map(|field| field.name()));
    let types = StringArray::from_iter_values(fields.iter().map(|field| describe(field.data_type())));
    let nullable = BooleanArray::from_iter(fields.iter().map(|field| Some(field.is_nullable())));
    answer(
        seq,
        [
            ("column_name", Arc::new(names) as ArrayRef),
            ("data_type", Arc::new(types)),
            ("is_nullable", Arc::new(nullable)),
        ],
    )
}

/// The parts of a name.
///
/// # Errors
/// `invalid_sql` where a part is no name.
pub(super) fn parts(name: &ObjectName) -> Result<Vec<&str>> {
    let parts = name.0.iter().map(|part| part.as_ident().map(|ident| ident.value.as_str()));
    parts.collect::<Option<Vec<_>>>().ok_or_else(|| sql_error(format!("{name} is no collection")))
}

fn answer<const N: usize>(seq: Seq, arrays: [(&str, ArrayRef); N]) -> Result<SqlResult> {
    let columns: Vec<Column> = arrays.iter().map(|(name, array)| column(name, array.data_type())).collect();
    let field =
        |(name, array): &(&str, ArrayRef)| Field::new(*name, DataType::clone(array.data_type()), false);
    let schema = Schema::new(arrays.iter().map(field).collect::<Vec<_>>());
    let batch = RecordBatch::try_new(Arc::new(schema), arrays.into_iter().map(|(_, array)| array).collect());
    Ok(SqlResult::once(columns, seq, batch.map_err(|e| Error::internal(e.to_string()))?))
}
