//! The pass after types were made to agree: where that turned a string into JSON, it becomes a JSON string
//! and not a text that is taken for JSON.

use super::convert;
use crate::sql::types::{is_json, item_type};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;

/// The pass.
#[derive(Debug)]
pub(super) struct JsonCasts;

impl AnalyzerRule for JsonCasts {
    fn name(&self) -> &str {
        "json_casts"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        Ok(plan.transform_up_with_subqueries(casts)?.data)
    }
}

fn casts(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let schema = merge_schema(&plan.inputs());
    let names = NamePreserver::new(&plan);
    plan.map_expressions(|expr| {
        let name = names.save(&expr);
        let rewritten = expr.transform_up(|expr| match expr {
            Expr::Cast(cast) if has_json(cast.field.data_type()) => {
                let from = cast.expr.get_type(&schema)?;
                if from.is_null() || has_json(&from) || item_type(&from).is_some_and(DataType::is_null) {
                    return Ok(Transformed::no(Expr::Cast(cast)));
                }
                if !is_json(cast.field.data_type()) {
                    return plan_err!("{from} cannot be put together with lists or objects of JSON values");
                }
                Ok(Transformed::yes(convert::json(*cast.expr, &from)))
            }
            other => Ok(Transformed::no(other)),
        })?;
        Ok(rewritten.update_data(|expr| name.restore(expr)))
    })
}

fn has_json(data_type: &DataType) -> bool {
    match data_type {
        json if is_json(json) => true,
        DataType::Struct(fields) => fields.iter().any(|field| has_json(field.data_type())),
        other => item_type(other).is_some_and(has_json),
    }
}
