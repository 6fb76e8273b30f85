//! One error out of the many that a query can end with.
//!
//! Our own errors travel through DataFusion as external ones and come out as they went in, however deep they
//! are wrapped. What DataFusion says itself is told apart by what can be done about it: the query is wrong
//! (`invalid_sql`), it needs more memory than it may have (`memory_limit`), or something broke (`internal`).

use super::parse::at;
use crate::hint::nearest;
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DataFusionError, SchemaError};
use quire_model::{Code, Error};
use std::any::Any;
use std::sync::Arc;

/// The most characters of a message: a wrong name makes DataFusion list every field.
const MESSAGE_CHARS_MAX: usize = 600;

/// What DataFusion says of subqueries that it cannot take apart.
const CORRELATED: &[&str] = &["OuterReferenceColumn", "expression ScalarSubquery", "expression InSubquery"];

/// An `invalid_sql`.
pub(super) fn sql_error(detail: impl Into<String>) -> Error {
    Error::new(Code::InvalidSql, detail)
}

/// Our error as one that passes through DataFusion.
pub(super) fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// The error that a query ends with.
pub(super) fn from_datafusion(error: DataFusionError) -> Error {
    match own(&error) {
        Some(own) => own.clone(),
        None => classify(&error),
    }
}

/// The error for a panic inside of a query, which ends the query and nothing else.
pub(super) fn from_panic(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let text =
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_owned());
    Error::internal(format!("the query stopped at a defect: {}", one_line(&text)))
}

/// Our own error, wherever it hides.
fn own(error: &DataFusionError) -> Option<&Error> {
    match error {
        DataFusionError::External(inner) => own_external(inner.as_ref()),
        DataFusionError::ArrowError(inner, _) => match &**inner {
            ArrowError::ExternalError(inner) => own_external(inner.as_ref()),
            _ => None,
        },
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => own(inner),
        DataFusionError::Shared(inner) => own(inner),
        DataFusionError::Collection(errors) => errors.iter().find_map(own),
        _ => None,
    }
}

fn own_external<'a>(error: &'a (dyn std::error::Error + Send + Sync + 'static)) -> Option<&'a Error> {
    if let Some(error) = error.downcast_ref::<Error>() {
        return Some(error);
    }
    if let Some(ArrowError::ExternalError(inner)) = error.downcast_ref::<ArrowError>() {
        return own_external(inner.as_ref());
    }
    if let Some(inner) = error.downcast_ref::<Arc<DataFusionError>>() {
        return own(inner);
    }
    error.downcast_ref::<DataFusionError>().and_then(own)
}

fn classify(error: &DataFusionError) -> Error {
    match error {
        DataFusionError::Context(_, inner) => classify(inner),
        DataFusionError::Shared(inner) => classify(inner),
        DataFusionError::Diagnostic(diagnostic, inner) => {
            let found = classify(inner);
            let place =
                diagnostic.span.map(|span| at(span.start.line, span.start.column)).unwrap_or_default();
            Error::new(found.code(), format!("{}{place}", found.detail()))
        }
        DataFusionError::Collection(errors) => match errors.first() {
            Some(first) => classify(first),
            None => Error::internal("the query failed without a reason"),
        },
        // It says so where an operator without memory would go on with files, of which there are none here.
        DataFusionError::ResourcesExhausted(text) if text.contains("(DiskManager is disabled)") => {
            Error::new(
                Code::MemoryLimit,
                "the query needs more memory than it may have: ask for less, or raise sql_memory_bytes_max or \
             memory_bytes_max",
            )
        }
        DataFusionError::ResourcesExhausted(text) => Error::new(
            Code::MemoryLimit,
            format!("the query needs more memory than it may have: {}", one_line(text)),
        ),
        DataFusionError::SQL(inner, _) => sql_error(one_line(&inner.to_string())),
        DataFusionError::Plan(text)
        | DataFusionError::Configuration(text)
        | DataFusionError::Execution(text) => sql_error(one_line(text)),
        DataFusionError::NotImplemented(text) if CORRELATED.iter().any(|mark| text.contains(mark)) => {
            sql_error(
                "not supported: a subquery that uses a field of the query around it in this way; \
                 compare that field with =, or use a join, or unnest() in SELECT",
            )
        }
        DataFusionError::NotImplemented(text) => sql_error(format!("not supported: {}", one_line(text))),
        DataFusionError::SchemaError(inner, _) => sql_error(schema_text(inner)),
        DataFusionError::ArrowError(inner, _) => arrow(inner),
        DataFusionError::External(inner) => foreign(inner.as_ref()),
        other => Error::internal(one_line(&other.to_string())),
    }
}

fn arrow(error: &ArrowError) -> Error {
    match error {
        ArrowError::MemoryError(text) => Error::new(Code::MemoryLimit, one_line(text)),
        ArrowError::ExternalError(inner) => foreign(inner.as_ref()),
        ArrowError::ComputeError(text) => sql_error(one_line(text)),
        other => sql_error(one_line(&other.to_string())),
    }
}

/// An error of what DataFusion uses, such as a pattern that is none: the statement gave it what it refused.
fn foreign(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    if let Some(inner) = error.downcast_ref::<DataFusionError>() {
        return classify(inner);
    }
    if let Some(inner) = error.downcast_ref::<ArrowError>() {
        return arrow(inner);
    }
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    sql_error(one_line(&innermost.to_string()))
}

fn schema_text(error: &SchemaError) -> String {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let known = nearest(&field.name, valid_fields.iter().map(|valid| valid.name.as_str()));
            let hint = known.map(|known| format!("; did you mean {known:?}?")).unwrap_or_default();
            format!("there is no field {}{hint}", field.quoted_flat_name())
        }
        other => one_line(&other.to_string()),
    }
}

/// The first sentence or so, on one line, without the traces that DataFusion adds for its own developers and
/// the names of the errors that it wraps.
fn one_line(text: &str) -> String {
    let text = text.split("\n\nbacktrace:").next().unwrap_or_default();
    let text = text.split("This issue was likely caused by a bug").next().unwrap_or_default();
    let text = text.split(" No function matches the given name").next().unwrap_or_default();
    let mut text = text.rsplit("coercion failed with: ").next().unwrap_or_default();
    while let Some(inner) = WRAPPERS.iter().find_map(|wrapper| text.strip_prefix(wrapper)) {
        text = inner;
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.');
    match line.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// What stands before an error in another one.
const WRAPPERS: &[&str] = &[
    "Error during planning: ",
    "Execution error: ",
    "Internal error: ",
    "Arrow error: ",
    "External error: ",
];
