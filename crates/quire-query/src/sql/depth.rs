//! How deep a statement is, brought down and bounded, so that nothing that is done with it overflows a stack.
//!
//! A chain of operators is read as a tree as deep as the chain is long. Chains of AND and OR, which programs
//! make of any length, are rebuilt as trees of logarithmic depth with the same meaning; what is still too
//! deep is refused. Until that is done, the tree must only be touched on a large stack ([`on_large_stack`]),
//! dropping it included.

use super::error::sql_error;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Query, SetExpr, Statement, TableFactor, Value, VisitMut, VisitorMut,
};
use quire_model::{Error, Result};
use std::ops::ControlFlow;

/// How deep expressions may be.
const EXPRESSION_DEPTH_MAX: usize = 400;
/// How many queries may be put together by UNION, INTERSECT and EXCEPT in one place.
const SET_OPERATIONS_MAX: usize = 400;
/// How many tables, subqueries and steps after a `|>` a statement may have.
const TABLES_MAX: usize = 200;
/// Chains of AND or OR up to this length are left as they are.
const CHAIN_MAX: usize = 24;

/// Statements with fewer tokens that nest than this fit on any stack.
const SMALL_TOKENS: usize = 300;
/// The stack for larger ones; only what is touched of it takes memory.
const STACK_BYTES: usize = 256 << 20;

/// Runs something on a stack that is large enough for `tokens` levels.
pub(super) fn on_large_stack<T>(tokens: usize, run: impl FnOnce() -> T) -> T {
    if tokens < SMALL_TOKENS { run() } else { stacker::grow(STACK_BYTES, run) }
}

/// Makes a statement shallow.
///
/// # Errors
/// `invalid_sql` where it stays too deep.
pub(super) fn flatten(statement: &mut Statement) -> Result<()> {
    let mut flatten = Flatten { depth: 0, tables: 0 };
    match VisitMut::visit(statement, &mut flatten) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Flatten {
    depth: usize,
    tables: usize,
}

impl Flatten {
    fn count_tables(&mut self, more: usize) -> ControlFlow<Error> {
        self.tables += more;
        within(self.tables, TABLES_MAX, "tables and subqueries")
    }
}

impl VisitorMut for Flatten {
    type Break = Error;

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        balance(expr);
        self.depth += 1;
        within(self.depth, EXPRESSION_DEPTH_MAX, "levels of one expression")
    }

    fn post_visit_expr(&mut self, _: &mut Expr) -> ControlFlow<Error> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        let (mut body, mut operations) = (&*query.body, 0);
        while let SetExpr::SetOperation { left, .. } = body {
            operations += 1;
            body = left;
        }
        within(operations, SET_OPERATIONS_MAX, "UNION, INTERSECT and EXCEPT")?;
        self.count_tables(query.pipe_operators.len())
    }

    fn pre_visit_table_factor(&mut self, _: &mut TableFactor) -> ControlFlow<Error> {
        self.count_tables(1)
    }
}

fn within(count: usize, max: usize, what: &str) -> ControlFlow<Error> {
    if count <= max {
        return ControlFlow::Continue(());
    }
    ControlFlow::Break(sql_error(format!("the statement is too complex: more than {max} {what}")))
}

/// Rebuilds a long chain of AND or OR, which reads from the left, as a tree of little depth.
fn balance(expr: &mut Expr) {
    let Expr::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } = expr else { return };
    let op = op.clone();
    let (mut at, mut length) = (&*expr, 0);
    while let Expr::BinaryOp { left, op: next, .. } = at
        && *next == op
    {
        at = left;
        length += 1;
    }
    if length <= CHAIN_MAX {
        return;
    }
    let mut operands = Vec::with_capacity(length + 1);
    let mut rest = std::mem::replace(expr, Expr::Value(Value::Null.with_empty_span()));
    loop {
        match rest {
            Expr::BinaryOp { left, op: next, right } if next == op => {
                operands.push(*right);
                rest = *left;
            }
            first => {
                operands.push(first);
                break;
            }
        }
    }
    operands.reverse();
    *expr = tree(operands, &op);
}

/// A tree of the operands in their order, by joining neighbours until one is left.
fn tree(mut operands: Vec<Expr>, op: &BinaryOperator) -> Expr {
    while operands.len() > 1 {
        let mut pairs = Vec::with_capacity(operands.len().div_ceil(2));
        let mut rest = operands.into_iter();
        while let Some(left) = rest.next() {
            pairs.push(match rest.next() {
                Some(right) => {
                    Expr::BinaryOp { left: Box::new(left), op: op.clone(), right: Box::new(right) }
                }
                None => left,
            });
        }
        operands = pairs;
    }
    operands.pop().unwrap_or_else(|| Expr::Value(Value::Null.with_empty_span()))
}
