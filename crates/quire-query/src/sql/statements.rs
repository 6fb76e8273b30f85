//! What may run: queries, and questions about tables. Everything else is refused here, before anything is
//! planned.
//!
//! This is the one list. It is written as matches without a catch-all where the parser's types allow it, so
//! that a statement that a newer parser knows does not slip in unseen. DataFusion's own check
//! ([`super::context`]) is the second wall.

use super::error::sql_error;
use datafusion::sql::sqlparser::ast::{
    Expr, ObjectName, Query, Select, SetExpr, Statement, TableFactor, TableObject, Visit, Visitor,
};
use quire_model::{Code, Error, Result};
use std::ops::ControlFlow;

/// The table functions that may stand in FROM: they make rows from their arguments and reach nothing else.
const TABLE_FUNCTIONS: &[&str] = &["generate_series", "range", "unnest"];

/// Where DataFusion lists what there is, and the lists that say something about a database.
const LISTINGS: &str = "information_schema";
const LISTED: &[&str] = &["tables", "columns", "schemata"];

/// What a statement asks about beyond the rows of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asks {
    /// Rows, or a plan.
    Rows,
    /// The names of the tables.
    Tables,
    /// The columns of one table.
    Columns(ObjectName),
}

/// Checks that a statement, and every statement and query inside it, only reads.
///
/// # Errors
/// `invalid_sql`, naming what is not allowed.
pub(super) fn check(statement: &Statement) -> Result<Asks> {
    let asks = allowed(statement)?;
    let mut walls = Walls { outermost: true };
    match statement.visit(&mut walls) {
        ControlFlow::Continue(()) => Ok(asks),
        ControlFlow::Break(error) => Err(error),
    }
}

/// Which statements may run at all.
fn allowed(statement: &Statement) -> Result<Asks> {
    match statement {
        Statement::Query(_) => Ok(Asks::Rows),
        Statement::Explain { statement, .. } => match &**statement {
            Statement::Query(_) => Ok(Asks::Rows),
            other => Err(refused(&verb(other))),
        },
        Statement::ShowTables { .. } if statement.to_string() == "SHOW TABLES" => Ok(Asks::Tables),
        Statement::ShowTables { .. } => Err(sql_error("only plain SHOW TABLES is supported")),
        Statement::ExplainTable { table_name, .. } => Ok(Asks::Columns(table_name.clone())),
        Statement::ShowColumns { show_options, .. } => {
            let name = show_options.show_in.as_ref().and_then(|show_in| show_in.parent_name.clone());
            name.map(Asks::Columns).ok_or_else(|| sql_error("SHOW COLUMNS needs FROM and a collection"))
        }
        other => Err(refused(&verb(other))),
    }
}

/// What is found inside of a statement that may run.
struct Walls {
    outermost: bool,
}

impl Visitor for Walls {
    type Break = Error;

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Error> {
        // The outermost one was judged by `allowed`; EXPLAIN has a query inside; anything else comes by way
        // of an INSERT, UPDATE, DELETE or MERGE in the place of a query.
        if std::mem::take(&mut self.outermost) || matches!(statement, Statement::Query(_)) {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(refused(&verb(statement)))
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Error> {
        let fault = if !query.locks.is_empty() {
            Some("FOR UPDATE and FOR SHARE")
        } else if query.for_clause.is_some() {
            Some("FOR XML and FOR JSON")
        } else if query.settings.is_some() {
            Some("SETTINGS")
        } else if query.format_clause.is_some() {
            Some("FORMAT")
        } else {
            body_fault(&query.body)
        };
        fault.map_or(ControlFlow::Continue(()), |what| ControlFlow::Break(refused(what)))
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Error> {
        if select.into.is_some() {
            return ControlFlow::Break(refused("SELECT INTO"));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<Error> {
        let parts: Vec<&str> =
            name.0.iter().filter_map(|part| part.as_ident()).map(|i| i.value.as_str()).collect();
        match parts.as_slice() {
            [.., schema, listing] if *schema == LISTINGS && !LISTED.contains(listing) => {
                let detail = format!("{LISTINGS} has no {listing}, only {}", LISTED.join(", "));
                ControlFlow::Break(Error::new(Code::CollectionNotFound, detail))
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Error> {
        match factor_fault(factor) {
            Some(error) => ControlFlow::Break(error),
            None => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Error> {
        if let Expr::Identifier(name) = expr
            && name.quote_style.is_none()
            && name.value.starts_with('@')
        {
            return ControlFlow::Break(sql_error(format!("there are no variables: {name}")));
        }
        ControlFlow::Continue(())
    }
}

/// What in the place of a SELECT is not a query.
fn body_fault(body: &SetExpr) -> Option<&'static str> {
    match body {
        SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) | SetExpr::SetOperation { .. } => None,
        SetExpr::Insert(_) => Some("INSERT"),
        SetExpr::Update(_) => Some("UPDATE"),
        SetExpr::Delete(_) => Some("DELETE"),
        SetExpr::Merge(_) => Some("MERGE"),
        SetExpr::Table(_) => Some("TABLE"),
    }
}

/// Why something in FROM is no collection, subquery or list.
fn factor_fault(factor: &TableFactor) -> Option<Error> {
    match factor {
        TableFactor::Table { sample: Some(_), .. } | TableFactor::Derived { sample: Some(_), .. } => {
            Some(sql_error("TABLESAMPLE is not supported"))
        }
        TableFactor::Table { version: Some(_), .. } => Some(sql_error("FOR SYSTEM_TIME is not supported")),
        TableFactor::Table { with_hints, index_hints, partitions, json_path, .. }
            if !with_hints.is_empty()
                || !index_hints.is_empty()
                || !partitions.is_empty()
                || json_path.is_some() =>
        {
            Some(sql_error("hints, partitions and paths after a collection are not supported"))
        }
        TableFactor::Table { name, args: None, .. } => {
            let quoted =
                name.0.iter().filter_map(|part| part.as_ident()).any(|i| i.quote_style == Some('\''));
            let detail = || format!("files cannot be read: {name} is in single quotes, as a file is named");
            quoted.then(|| sql_error(detail()))
        }
        TableFactor::Table { name, args: Some(_), .. } | TableFactor::Function { name, .. } => {
            function_fault(name)
        }
        TableFactor::TableFunction { expr, .. } => match expr {
            Expr::Function(function) => function_fault(&function.name),
            _ => Some(sql_error("TABLE() takes a function")),
        },
        TableFactor::Derived { .. } | TableFactor::UNNEST { .. } | TableFactor::NestedJoin { .. } => None,
        TableFactor::JsonTable { .. } => Some(sql_error("JSON_TABLE is not supported; use UNNEST and ->")),
        TableFactor::OpenJsonTable { .. } => Some(sql_error("OPENJSON is not supported; use UNNEST and ->")),
        TableFactor::Pivot { .. } | TableFactor::Unpivot { .. } => Some(sql_error("PIVOT is not supported")),
        TableFactor::MatchRecognize { .. } => Some(sql_error("MATCH_RECOGNIZE is not supported")),
        TableFactor::XmlTable { .. } => Some(sql_error("XMLTABLE is not supported")),
        TableFactor::SemanticView { .. } => Some(sql_error("SEMANTIC_VIEW is not supported")),
    }
}

fn function_fault(name: &ObjectName) -> Option<Error> {
    let known = is_table_function(&name.to_string());
    (!known).then(|| sql_error(format!("there is no table function {name}")))
}

/// Whether a name is one of the functions that may stand in FROM.
pub(super) fn is_table_function(name: &str) -> bool {
    TABLE_FUNCTIONS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The error for what is not a query.
fn refused(what: &str) -> Error {
    sql_error(format!(
        "only queries can be run here (SELECT, WITH, VALUES, EXPLAIN, SHOW TABLES, SHOW COLUMNS, DESCRIBE), \
         not {what}"
    ))
}

/// The first words of a statement in capitals, such as `CREATE EXTERNAL TABLE`; never a literal out of it.
fn verb(statement: &Statement) -> String {
    if let Statement::Insert(insert) = statement
        && !matches!(insert.table, TableObject::TableName(_))
    {
        return "INSERT".to_owned();
    }
    let text = statement.to_string();
    let words = text.split_whitespace().take(3);
    let words: Vec<&str> =
        words.take_while(|w| w.len() > 1 && w.bytes().all(|b| b.is_ascii_uppercase())).collect();
    if words.is_empty() { "this statement".to_owned() } else { words.join(" ") }
}
