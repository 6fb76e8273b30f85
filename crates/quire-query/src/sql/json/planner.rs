//! What must be known while SQL becomes expressions: the JSON operators and paths, and operators that would
//! be refused for the type of a JSON operand before [`super::rule`] could give it its meaning.

use super::convert;
use super::function::Json;
use crate::sql::types::is_json;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, TableReference};
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr, RawFieldAccessExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, GetFieldAccess, Operator, lit};
use datafusion::sql::sqlparser::ast::BinaryOperator;

/// The planner of JSON expressions.
#[derive(Debug)]
pub(super) struct JsonPlanner;

impl ExprPlanner for JsonPlanner {
    fn plan_binary_op(&self, raw: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let get = match raw.op {
            BinaryOperator::Arrow => Json::Get,
            BinaryOperator::LongArrow => Json::GetText,
            _ => return other_operator(raw, schema),
        };
        Ok(PlannerResult::Planned(get.call(path(raw.left, [raw.right]))))
    }

    fn plan_field_access(
        &self,
        raw: RawFieldAccessExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawFieldAccessExpr>> {
        if !is_json(&raw.expr.get_type(schema)?) {
            return Ok(PlannerResult::Original(raw));
        }
        let RawFieldAccessExpr { expr, field_access } = raw;
        Ok(match field_access {
            GetFieldAccess::NamedStructField { name } => {
                PlannerResult::Planned(Json::Get.call(path(expr, [Expr::Literal(name, None)])))
            }
            GetFieldAccess::ListIndex { key } => {
                PlannerResult::Planned(Json::Get.call(path(expr, [position(*key)])))
            }
            range @ GetFieldAccess::ListRange { .. } => {
                let expr = Json::Items.of(expr);
                PlannerResult::Original(RawFieldAccessExpr { expr, field_access: range })
            }
        })
    }

    fn plan_compound_identifier(
        &self,
        field: &Field,
        qualifier: Option<&TableReference>,
        names: &[String],
    ) -> Result<PlannerResult<Vec<Expr>>> {
        let mut expr = Expr::Column(Column::from((qualifier, field)));
        let mut data_type = field.data_type().clone();
        for (n, name) in names.iter().enumerate() {
            if is_json(&data_type) {
                let steps = names[n..].iter().map(|name| lit(name.as_str()));
                return Ok(PlannerResult::Planned(Json::Get.call(path(expr, steps))));
            }
            let child = match &data_type {
                DataType::Struct(fields) => fields.find(name).map(|(_, field)| field.data_type().clone()),
                _ => None,
            };
            expr = get_field(expr, ScalarValue::from(name.as_str()));
            data_type = child.unwrap_or(DataType::Null);
        }
        Ok(PlannerResult::Planned(expr))
    }
}

/// A value and the steps of a path in it; a path in a path is one path.
fn path(value: Expr, steps: impl IntoIterator<Item = Expr>) -> Vec<Expr> {
    let mut arguments = match Json::Get.arguments(&value) {
        Some(inner) => inner.clone(),
        None => vec![value],
    };
    arguments.extend(steps);
    arguments
}

/// The position that counts from 0 for one in brackets, which counts from 1 as in every list of SQL.
fn position(index: Expr) -> Expr {
    match index {
        Expr::Literal(ScalarValue::Int64(Some(0)), metadata) => Expr::Literal(ScalarValue::Null, metadata),
        Expr::Literal(ScalarValue::Int64(Some(n)), metadata) => {
            Expr::Literal(ScalarValue::Int64(Some(if n > 0 { n - 1 } else { n })), metadata)
        }
        text @ Expr::Literal(ScalarValue::Utf8(_), _) => text,
        computed => computed - lit(1_i64),
    }
}

fn other_operator(raw: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
    let types = (raw.left.get_type(schema)?, raw.right.get_type(schema)?);
    if !is_json(&types.0) && !is_json(&types.1) {
        return Ok(PlannerResult::Original(raw));
    }
    let op = match raw.op {
        BinaryOperator::Plus => Operator::Plus,
        BinaryOperator::Minus => Operator::Minus,
        BinaryOperator::Multiply => Operator::Multiply,
        BinaryOperator::Divide => Operator::Divide,
        BinaryOperator::Modulo => Operator::Modulo,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
        BinaryOperator::Eq => Operator::Eq,
        BinaryOperator::NotEq => Operator::NotEq,
        BinaryOperator::Lt => Operator::Lt,
        BinaryOperator::LtEq => Operator::LtEq,
        BinaryOperator::Gt => Operator::Gt,
        BinaryOperator::GtEq => Operator::GtEq,
        _ => return Ok(PlannerResult::Original(raw)),
    };
    // Comparisons with numbers and strings pass the first check of types, and keep their name if they are
    // left to the rule.
    let passes = |t: &DataType| is_json(t) || t.is_numeric() || crate::sql::types::is_text(t) || t.is_null();
    if convert::compares(op) && passes(&types.0) && passes(&types.1) {
        return Ok(PlannerResult::Original(raw));
    }
    convert::binary(op, raw.left, raw.right, &types).map(PlannerResult::Planned)
}
