//! Whole steps of a plan over JSON columns: sorts, joins by columns, unions, subqueries compared with.

use super::calls;
use super::convert;
use crate::sql::types::is_json;
use datafusion::common::Column;
use datafusion::common::{Result, TableReference};
use datafusion::logical_expr::expr::InSubquery;
use datafusion::logical_expr::{
    Expr, ExprSchemable, Join, LogicalPlan, LogicalPlanBuilder, Operator, Subquery, Union,
};
use std::sync::Arc;

/// Gives a step of a plan its meaning where its expressions alone do not say it.
pub(super) fn step(plan: LogicalPlan) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::Sort(mut sort) => {
            sort.expr = calls::order(sort.expr, sort.input.schema().as_ref())?;
            Ok(LogicalPlan::Sort(sort))
        }
        LogicalPlan::Join(join) => columns_joined(join),
        LogicalPlan::Union(union) => union_of(union),
        other => Ok(other),
    }
}

/// Pairs of columns that are joined by: JSON ones by value.
fn columns_joined(mut join: Join) -> Result<LogicalPlan> {
    let pairs = join.on.into_iter().map(|(left, right)| {
        let types = (left.get_type(join.left.schema())?, right.get_type(join.right.schema())?);
        if !is_json(&types.0) && !is_json(&types.1) {
            return Ok((left, right));
        }
        match convert::binary(Operator::Eq, left, right, &types)? {
            Expr::BinaryExpr(pair) => Ok((*pair.left, *pair.right)),
            other => datafusion::common::plan_err!("columns cannot be joined by {other}"),
        }
    });
    join.on = pairs.collect::<Result<_>>()?;
    Ok(LogicalPlan::Join(join))
}

/// A union whose column is JSON in one input and not in another is JSON in all.
fn union_of(union: Union) -> Result<LogicalPlan> {
    let width = union.schema.fields().len();
    let is_json_at = |input: &Arc<LogicalPlan>, n: usize| {
        input.schema().fields().get(n).is_some_and(|f| is_json(f.data_type()))
    };
    let mixed: Vec<bool> = (0..width)
        .map(|n| {
            union.inputs.iter().any(|i| is_json_at(i, n)) && !union.inputs.iter().all(|i| is_json_at(i, n))
        })
        .collect();
    if !mixed.contains(&true) {
        return Ok(LogicalPlan::Union(union));
    }
    let inputs = union.inputs.into_iter().map(|input| {
        let columns: Vec<(Option<TableReference>, String)> =
            input.schema().iter().map(|(table, field)| (table.cloned(), field.name().clone())).collect();
        let types: Vec<_> = input.schema().fields().iter().map(|field| field.data_type().clone()).collect();
        let exprs = columns.into_iter().zip(types).zip(&mixed).map(|(((table, name), data_type), mixed)| {
            let column = Expr::Column(Column::new(table.clone(), name.clone()));
            if *mixed && !is_json(&data_type) && !data_type.is_null() {
                return convert::json(column, &data_type).alias_qualified(table, name);
            }
            column
        });
        LogicalPlanBuilder::from(Arc::unwrap_or_clone(input))
            .project(exprs.collect::<Vec<_>>())?
            .build()
            .map(Arc::new)
    });
    Ok(LogicalPlan::Union(Union::try_new_with_loose_types(inputs.collect::<Result<_>>()?)?))
}

/// `expr IN (SELECT …)` where either is JSON.
pub(super) fn in_subquery(expr: InSubquery, own: &datafusion::arrow::datatypes::DataType) -> Result<Expr> {
    let InSubquery { expr, subquery, negated } = expr;
    let field = subquery.subquery.schema().field(0).clone();
    let types = (own.clone(), field.data_type().clone());
    if !is_json(&types.0) && !is_json(&types.1) {
        return Ok(Expr::InSubquery(InSubquery { expr, subquery, negated }));
    }
    let (table, _) = subquery.subquery.schema().qualified_field(0);
    let found = Expr::Column(Column::new(table.cloned(), field.name().clone()));
    let Expr::BinaryExpr(pair) = convert::binary(Operator::Eq, *expr, found, &types)? else {
        return datafusion::common::plan_err!("a subquery cannot be compared with");
    };
    let plan =
        LogicalPlanBuilder::from(subquery.subquery.as_ref().clone()).project([pair.right.alias("_value")])?;
    let subquery = Subquery { subquery: Arc::new(plan.build()?), ..subquery };
    Ok(Expr::InSubquery(InSubquery { expr: pair.left, subquery, negated }))
}
