//! The pass that guards calls that a planner made by itself, such as lists in brackets.

use super::Budget;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;
use std::sync::Arc;

/// The pass.
#[derive(Debug)]
pub(in crate::sql) struct GuardRule(pub(in crate::sql) Arc<Budget>);

impl AnalyzerRule for GuardRule {
    fn name(&self) -> &str {
        "guarded_functions"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let guard = |expr| {
            Ok(match expr {
                Expr::ScalarFunction(ScalarFunction { func, args }) => {
                    let func = self.0.guard(func);
                    Transformed::yes(Expr::ScalarFunction(ScalarFunction { func, args }))
                }
                other => Transformed::no(other),
            })
        };
        let step = |plan: LogicalPlan| plan.map_expressions(|expr| expr.transform_up(guard));
        Ok(plan.transform_up_with_subqueries(step)?.data)
    }
}
