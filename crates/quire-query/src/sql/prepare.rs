//! From text to a statement that may run: everything that needs no data.

use super::depth::{flatten, on_large_stack};
use super::param::Param;
use super::parse::{Parsed, parse, tokenize};
use super::rewrite;
use super::statements::{Asks, check};
use datafusion::sql::sqlparser::ast::Statement;
use quire_model::Result;
use std::collections::HashSet;

/// A statement that may run.
pub(super) struct Prepared {
    /// The statement, with its parameters in place.
    pub(super) statement: Statement,
    /// What it asks about.
    pub(super) asks: Asks,
    /// Every name and key word in it.
    pub(super) words: HashSet<String>,
}

/// Reads, judges and completes a statement.
///
/// # Errors
/// `invalid_sql`.
pub(super) fn prepare(sql: &str, params: &[Param]) -> Result<Prepared> {
    let tokens = tokenize(sql)?;
    on_large_stack(tokens.nesting, || {
        let Parsed { mut statement, words, parameters } = parse(tokens)?;
        flatten(&mut statement)?;
        let asks = check(&statement)?;
        rewrite::rewrite(&mut statement, params, parameters, words.contains("_doc"))?;
        Ok(Prepared { statement, asks, words })
    })
}
