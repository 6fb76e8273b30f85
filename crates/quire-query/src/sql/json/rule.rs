//! The pass over a finished plan that gives operators, functions and order their meaning over JSON values.
//!
//! It runs before types are made to agree, from the inputs up, so that the type of every operand is known and
//! final.

use super::{calls, convert, plans};
use crate::sql::types::is_json;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRewriter};
use datafusion::common::{DFSchema, ExprSchema, Result};
use datafusion::logical_expr::expr::{Cast, Like, TryCast};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Between, BinaryExpr, Case, Expr, ExprSchemable, LogicalPlan, Operator, not};
use datafusion::optimizer::AnalyzerRule;

/// The pass.
#[derive(Debug)]
pub(super) struct JsonRule;

impl AnalyzerRule for JsonRule {
    fn name(&self) -> &str {
        "json_values"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        Ok(plan.transform_up_with_subqueries(|plan| analyze(plan).map(Transformed::yes))?.data)
    }
}

fn analyze(plan: LogicalPlan) -> Result<LogicalPlan> {
    let schema = merge_schema(&plan.inputs());
    let names = NamePreserver::new(&plan);
    let plan = plan.map_expressions(|expr| {
        let name = names.save(&expr);
        let rewritten = expr.rewrite(&mut Rewriter { schema: &schema })?;
        Ok(rewritten.update_data(|expr| name.restore(expr)))
    })?;
    plans::step(plan.data)?.recompute_schema()
}

struct Rewriter<'a> {
    schema: &'a DFSchema,
}

impl TreeNodeRewriter for Rewriter<'_> {
    type Node = Expr;

    fn f_up(&mut self, expr: Expr) -> Result<Transformed<Expr>> {
        let schema: &dyn ExprSchema = self.schema;
        let json = |expr: &Expr| expr.get_type(schema).map(|data_type| is_json(&data_type));
        let rewritten = match expr {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
                let types = (left.get_type(schema)?, right.get_type(schema)?);
                if !is_json(&types.0) && !is_json(&types.1) {
                    return Ok(Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right })));
                }
                convert::binary(op, *left, *right, &types)?
            }
            Expr::Between(between) => range(between, schema)?,
            Expr::InList(list) => convert::in_list(list, schema)?,
            Expr::InSubquery(subquery) => {
                let own = subquery.expr.get_type(schema)?;
                plans::in_subquery(subquery, &own)?
            }
            Expr::Like(like) => Expr::Like(text_like(like, schema)?),
            Expr::SimilarTo(like) => Expr::SimilarTo(text_like(like, schema)?),
            Expr::Not(inner) => Expr::Not(Box::new(boolean(*inner, schema)?)),
            Expr::IsTrue(inner) => Expr::IsTrue(Box::new(boolean(*inner, schema)?)),
            Expr::IsFalse(inner) => Expr::IsFalse(Box::new(boolean(*inner, schema)?)),
            Expr::IsUnknown(inner) => Expr::IsUnknown(Box::new(boolean(*inner, schema)?)),
            Expr::IsNotTrue(inner) => Expr::IsNotTrue(Box::new(boolean(*inner, schema)?)),
            Expr::IsNotFalse(inner) => Expr::IsNotFalse(Box::new(boolean(*inner, schema)?)),
            Expr::IsNotUnknown(inner) => Expr::IsNotUnknown(Box::new(boolean(*inner, schema)?)),
            Expr::Negative(inner) => {
                let data_type = inner.get_type(schema)?;
                Expr::Negative(Box::new(convert::number(*inner, &data_type)))
            }
            Expr::Cast(cast) if is_json(cast.field.data_type()) && !json(&cast.expr)? => {
                let data_type = cast.expr.get_type(schema)?;
                convert::json(*cast.expr, &data_type)
            }
            Expr::Cast(cast) if json(&cast.expr)? => {
                let expr = Box::new(convert::cast_operand(*cast.expr, cast.field.data_type()));
                Expr::Cast(Cast { expr, field: cast.field })
            }
            Expr::TryCast(cast) if json(&cast.expr)? => {
                let expr = Box::new(convert::cast_operand(*cast.expr, cast.field.data_type()));
                Expr::TryCast(TryCast { expr, field: cast.field })
            }
            Expr::Case(case) => Expr::Case(cases(case, schema)?),
            Expr::ScalarFunction(call) => calls::scalar(call, schema)?,
            Expr::AggregateFunction(call) => calls::aggregate(call, schema)?,
            Expr::WindowFunction(call) => calls::window(*call, schema)?,
            other => return Ok(Transformed::no(other)),
        };
        Ok(Transformed::yes(rewritten))
    }
}

fn boolean(expr: Expr, schema: &dyn ExprSchema) -> Result<Expr> {
    let data_type = expr.get_type(schema)?;
    Ok(convert::boolean(expr, &data_type))
}

fn text_like(like: Like, schema: &dyn ExprSchema) -> Result<Like> {
    let types = (like.expr.get_type(schema)?, like.pattern.get_type(schema)?);
    let expr = Box::new(convert::text(*like.expr, &types.0));
    let pattern = Box::new(convert::text(*like.pattern, &types.1));
    Ok(Like { expr, pattern, ..like })
}

/// `a BETWEEN b AND c` is two comparisons where one of the three is JSON.
fn range(between: Between, schema: &dyn ExprSchema) -> Result<Expr> {
    let own = between.expr.get_type(schema)?;
    let (low, high) = (between.low.get_type(schema)?, between.high.get_type(schema)?);
    if ![&own, &low, &high].into_iter().any(is_json) {
        return Ok(Expr::Between(between));
    }
    let compare = |op, bound: Expr, bound_type| {
        let types = (own.clone(), bound_type);
        let expr = (*between.expr).clone();
        if is_json(&types.0) || is_json(&types.1) {
            return convert::binary(op, expr, bound, &types);
        }
        Ok(Expr::BinaryExpr(BinaryExpr::new(Box::new(expr), op, Box::new(bound))))
    };
    let within =
        compare(Operator::GtEq, *between.low, low)?.and(compare(Operator::LtEq, *between.high, high)?);
    Ok(if between.negated { not(within) } else { within })
}

/// `CASE a WHEN b` compares; what comes out of the branches is one column.
fn cases(case: Case, schema: &dyn ExprSchema) -> Result<Case> {
    let (mut conditions, mut results) = (Vec::new(), Vec::new());
    for (condition, result) in case.when_then_expr {
        conditions.push(*condition);
        results.push(*result);
    }
    let has_else = case.else_expr.is_some();
    results.extend(case.else_expr.map(|expr| *expr));
    let mut results = convert::unify(results, schema)?;
    let else_expr = if has_else { results.pop().map(Box::new) } else { None };
    let mut operand = case.expr;
    if let Some(value) = &operand {
        let own = value.get_type(schema)?;
        let types = conditions.iter().map(|c| c.get_type(schema)).collect::<Result<Vec<_>>>()?;
        if is_json(&own) || types.iter().any(is_json) {
            let compared = conditions.into_iter().zip(types).map(|(condition, data_type)| {
                let types = (own.clone(), data_type);
                if is_json(&types.0) || is_json(&types.1) {
                    return convert::binary(Operator::Eq, (**value).clone(), condition, &types);
                }
                Ok((**value).clone().eq(condition))
            });
            conditions = compared.collect::<Result<Vec<_>>>()?;
            operand = None;
        }
    } else {
        conditions = conditions.into_iter().map(|c| boolean(c, schema)).collect::<Result<Vec<_>>>()?;
    }
    let when_then_expr = conditions
        .into_iter()
        .zip(results)
        .map(|(condition, result)| (Box::new(condition), Box::new(result)));
    Ok(Case { expr: operand, when_then_expr: when_then_expr.collect(), else_expr })
}
