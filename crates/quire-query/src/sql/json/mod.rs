//! What JSON values mean in SQL.
//!
//! - `function.rs`: the functions over JSON values, one small function each below it (`get.rs`, `scalar.rs`,
//!   `key.rs`);
//! - `planner.rs`: `->`, `->>`, `a.b.c`, `a['b']`, and what must be right before types are checked at all;
//! - `rule.rs`: a pass over the finished plan that gives comparisons, functions and order their meaning
//!   (`convert.rs` for operators, `calls.rs` for functions, `plans.rs` for whole steps of a plan);
//! - `casts.rs`: a second pass, over what DataFusion adds to make types agree;
//! - `aware.rs`, `string_agg.rs`: functions that take numbers only, made to take JSON;
//! - `extreme.rs`: `min` and `max`, which keep every digit.

mod arg;
mod aware;
mod calls;
mod casts;
mod convert;
mod extreme;
mod function;
mod get;
mod key;
mod planner;
mod plans;
mod rule;
mod scalar;
mod string_agg;

pub(super) use aware::{aware_aggregate, number_aware_scalar};
pub(super) use function::functions;

use datafusion::logical_expr::planner::ExprPlanner;
use datafusion::optimizer::AnalyzerRule;
use datafusion::optimizer::analyzer::Analyzer;
use std::sync::Arc;

/// The planner of the JSON operators. It must be asked before DataFusion's own.
pub(super) fn planners() -> Vec<Arc<dyn ExprPlanner>> {
    vec![Arc::new(planner::JsonPlanner)]
}

/// The passes over a finished plan: ours, then DataFusion's, which makes types agree, then ours over what
/// that did.
pub(super) fn analyzer_rules() -> Vec<Arc<dyn AnalyzerRule + Send + Sync>> {
    let mut rules: Vec<Arc<dyn AnalyzerRule + Send + Sync>> = vec![Arc::new(rule::JsonRule)];
    rules.extend(Analyzer::new().rules);
    rules.push(Arc::new(casts::JsonCasts));
    rules
}
