//! `+`, `-` and `*` over integers as functions that check their results.

use datafusion::arrow::compute::kernels::numeric::{add, mul, sub};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, LogicalPlan, Operator, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Volatility,
};
use datafusion::optimizer::AnalyzerRule;
use std::sync::{Arc, LazyLock};

/// The pass that puts the checked functions in the place of the operators. Types must agree already.
#[derive(Debug)]
pub(in crate::sql) struct CheckedArithmetic;

impl AnalyzerRule for CheckedArithmetic {
    fn name(&self) -> &str {
        "checked_arithmetic"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        Ok(plan.transform_up_with_subqueries(checked)?.data)
    }
}

fn checked(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    // A limit must stay an expression that is known without running it.
    if matches!(plan, LogicalPlan::Limit(_)) {
        return Ok(Transformed::no(plan));
    }
    let schema = merge_schema(&plan.inputs());
    let names = NamePreserver::new(&plan);
    plan.map_expressions(|expr| {
        let name = names.save(&expr);
        let rewritten = expr.transform_up(|expr| match expr {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
                let integers = Check::of(op).is_some()
                    && left.get_type(&schema)?.is_integer()
                    && right.get_type(&schema)?.is_integer();
                match Check::of(op).filter(|_| integers) {
                    Some(check) => Ok(Transformed::yes(check.call(*left, *right))),
                    None => Ok(Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right }))),
                }
            }
            other => Ok(Transformed::no(other)),
        })?;
        Ok(rewritten.update_data(|expr| name.restore(expr)))
    })
}

/// An operator that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Check {
    Add,
    Subtract,
    Multiply,
}

static FUNCTIONS: LazyLock<[Arc<ScalarUDF>; 3]> = LazyLock::new(|| {
    [Check::Add, Check::Subtract, Check::Multiply].map(|check| {
        let signature = Signature::user_defined(Volatility::Immutable);
        Arc::new(ScalarUDF::from(Checked { check, signature }))
    })
});

impl Check {
    fn of(op: Operator) -> Option<Check> {
        match op {
            Operator::Plus => Some(Check::Add),
            Operator::Minus => Some(Check::Subtract),
            Operator::Multiply => Some(Check::Multiply),
            _ => None,
        }
    }

    fn call(self, left: Expr, right: Expr) -> Expr {
        let function = Arc::clone(&FUNCTIONS[self as usize]);
        Expr::ScalarFunction(ScalarFunction::new_udf(function, vec![left, right]))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Checked {
    check: Check,
    signature: Signature,
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &str {
        match self.check {
            Check::Add => "checked_add",
            Check::Subtract => "checked_subtract",
            Check::Multiply => "checked_multiply",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [left, right] if left == right => Ok(types.to_vec()),
            _ => plan_err!("{} takes two integers of one type", self.name()),
        }
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(types.first().cloned().unwrap_or(DataType::Int64))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let operate = match self.check {
            Check::Add => add,
            Check::Subtract => sub,
            Check::Multiply => mul,
        };
        let [left, right] = args.args.as_slice() else { return plan_err!("{} takes two", self.name()) };
        datafusion::physical_expr_common::datum::apply(left, right, operate)
    }
}
