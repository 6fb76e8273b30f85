//! Whole steps of a plan over JSON columns: sorts, joins by columns, unions, subqueries compared with.

use super::calls;
use super::convert;
use super::function::Json;
use crate::sql::types::is_json;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, DFSchema, Result};
use datafusion::logical_expr::expr::{GroupingSet, InSubquery};
use datafusion::logical_expr::{
    Distinct, Expr, ExprSchemable, Join, LogicalPlan, LogicalPlanBuilder, Operator, Subquery, Union,
};
use std::sync::Arc;

/// Gives a step of a plan its meaning where its expressions alone do not say it.
pub(super) fn step(plan: LogicalPlan) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::Sort(mut sort) => {
            sort.expr = calls::order(sort.expr, sort.input.schema().as_ref())?;
            Ok(LogicalPlan::Sort(sort))
        }
        LogicalPlan::Aggregate(mut aggregate) => {
            let schema = aggregate.input.schema().as_ref();
            let groups = aggregate.group_expr.into_iter().map(|expr| grouped(expr, schema));
            aggregate.group_expr = groups.collect::<Result<_>>()?;
            Ok(LogicalPlan::Aggregate(aggregate))
        }
        LogicalPlan::Distinct(Distinct::All(input)) => {
            let input =
                converted(input, |column, data_type| is_json(data_type).then(|| Json::Canonical.of(column)))?;
            Ok(LogicalPlan::Distinct(Distinct::All(input)))
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
        let mut mixed = mixed.iter();
        converted(input, |column, data_type| {
            let convert = mixed.next() == Some(&true) && !is_json(data_type) && !data_type.is_null();
            convert.then(|| convert::json(column, data_type))
        })
    });
    Ok(LogicalPlan::Union(Union::try_new_with_loose_types(inputs.collect::<Result<_>>()?)?))
}

/// What is grouped by: JSON by value, so that 1 and 1.0 are one group.
fn grouped(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    let each =
        |exprs: Vec<Expr>| exprs.into_iter().map(|expr| grouped(expr, schema)).collect::<Result<Vec<_>>>();
    let lists = |lists: Vec<Vec<Expr>>| lists.into_iter().map(each).collect::<Result<Vec<_>>>();
    Ok(match expr {
        Expr::GroupingSet(GroupingSet::Rollup(exprs)) => Expr::GroupingSet(GroupingSet::Rollup(each(exprs)?)),
        Expr::GroupingSet(GroupingSet::Cube(exprs)) => Expr::GroupingSet(GroupingSet::Cube(each(exprs)?)),
        Expr::GroupingSet(GroupingSet::GroupingSets(sets)) => {
            Expr::GroupingSet(GroupingSet::GroupingSets(lists(sets)?))
        }
        expr if is_json(&expr.get_type(schema)?) => {
            let (table, name) = expr.qualified_name();
            Json::Canonical.of(expr.unalias()).alias_qualified(table, name)
        }
        expr => expr,
    })
}

/// An input with some of its columns converted, under the same names.
fn converted(
    input: Arc<LogicalPlan>,
    mut convert: impl FnMut(Expr, &DataType) -> Option<Expr>,
) -> Result<Arc<LogicalPlan>> {
    let mut any = false;
    let columns = input.schema().iter().map(|(table, field)| {
        let column = Expr::Column(Column::new(table.cloned(), field.name().clone()));
        match convert(column.clone(), field.data_type()) {
            Some(other) => {
                any = true;
                other.alias_qualified(table.cloned(), field.name().clone())
            }
            None => column,
        }
    });
    let columns: Vec<Expr> = columns.collect();
    if !any {
        return Ok(input);
    }
    LogicalPlanBuilder::from(Arc::unwrap_or_clone(input)).project(columns)?.build().map(Arc::new)
}

/// `expr IN (SELECT …)` where either is JSON.
pub(super) fn in_subquery(expr: InSubquery, own: &DataType) -> Result<Expr> {
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
