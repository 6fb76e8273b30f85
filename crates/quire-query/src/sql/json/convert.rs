//! Operators over JSON values, made of operators over the values of one type.

use super::function::Json;
use crate::sql::types::{is_json, is_text};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ExprSchema, Result};
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator, lit, not, try_cast};

/// What a JSON value is compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    Number,
    Text,
    Bool,
    Value,
}

impl As {
    /// What a JSON value is when it meets a value of a type.
    fn beside(data_type: &DataType) -> As {
        match data_type {
            DataType::Boolean => As::Bool,
            text if is_text(text) => As::Text,
            number if number.is_numeric() => As::Number,
            _ => As::Value,
        }
    }
}

/// `left op right`, where at least one is JSON.
pub(super) fn binary(op: Operator, left: Expr, right: Expr, types: &(DataType, DataType)) -> Result<Expr> {
    let (left, right) = match op {
        Operator::And | Operator::Or => (boolean(left, &types.0), boolean(right, &types.1)),
        op if compares(op) => return Ok(comparison(op, left, right, types)),
        op if op.is_numerical_operators() || is_bitwise(op) => {
            (number(left, &types.0), number(right, &types.1))
        }
        _ => (text(left, &types.0), text(right, &types.1)),
    };
    Ok(plain(op, left, right))
}

/// Whether an operator compares two values.
pub(super) fn compares(op: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, IsDistinctFrom, IsNotDistinctFrom, Lt, LtEq, NotEq};
    matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq | IsDistinctFrom | IsNotDistinctFrom)
}

fn is_bitwise(op: Operator) -> bool {
    use Operator::{BitwiseAnd, BitwiseOr, BitwiseShiftLeft, BitwiseShiftRight, BitwiseXor};
    matches!(op, BitwiseAnd | BitwiseOr | BitwiseXor | BitwiseShiftLeft | BitwiseShiftRight)
}

fn comparison(op: Operator, left: Expr, right: Expr, types: &(DataType, DataType)) -> Expr {
    if types.0.is_null() || types.1.is_null() {
        return plain(op, left, right);
    }
    let other = if is_json(&types.0) { &types.1 } else { &types.0 };
    if other.is_temporal() {
        let time = |expr: Expr, t: &DataType| {
            if is_json(t) { try_cast(Json::Text.of(expr), other.clone()) } else { expr }
        };
        return plain(op, time(left, &types.0), time(right, &types.1));
    }
    let equality =
        matches!(op, Operator::Eq | Operator::NotEq | Operator::IsDistinctFrom | Operator::IsNotDistinctFrom);
    match As::beside(other) {
        As::Text => plain(op, text(left, &types.0), text(right, &types.1)),
        As::Bool => plain(op, boolean(left, &types.0), boolean(right, &types.1)),
        // Keys are equal where the numbers are, whatever their spelling and size, and joins can be made by
        // them.
        As::Number if equality => plain(op, Json::NumberKey.of(left), Json::NumberKey.of(right)),
        As::Value if equality => plain(op, Json::Key.of(left), Json::Key.of(right)),
        As::Number | As::Value => plain(op, Json::Compare.call(vec![left, right]), lit(0_i8)),
    }
}

fn plain(op: Operator, left: Expr, right: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr::new(Box::new(left), op, Box::new(right)))
}

/// A JSON operand as a number.
pub(super) fn number(expr: Expr, data_type: &DataType) -> Expr {
    if is_json(data_type) { Json::Number.of(expr) } else { expr }
}

/// A JSON operand as a string.
pub(super) fn text(expr: Expr, data_type: &DataType) -> Expr {
    if is_json(data_type) { Json::Text.of(expr) } else { expr }
}

/// A JSON operand as a boolean.
pub(super) fn boolean(expr: Expr, data_type: &DataType) -> Expr {
    if is_json(data_type) { Json::Bool.of(expr) } else { expr }
}

/// An operand of another type as JSON.
pub(super) fn json(expr: Expr, data_type: &DataType) -> Expr {
    if is_json(data_type) || data_type.is_null() { expr } else { Json::Of.of(expr) }
}

/// Operands that become one column: if one is JSON, all are.
pub(super) fn unify(exprs: Vec<Expr>, schema: &dyn ExprSchema) -> Result<Vec<Expr>> {
    let types = exprs.iter().map(|expr| expr.get_type(schema)).collect::<Result<Vec<_>>>()?;
    if !types.iter().any(is_json) {
        return Ok(exprs);
    }
    Ok(exprs.into_iter().zip(&types).map(|(expr, data_type)| json(expr, data_type)).collect())
}

/// `expr IN (…)` where the expression or one of the list is JSON.
pub(super) fn in_list(list: InList, schema: &dyn ExprSchema) -> Result<Expr> {
    let own = list.expr.get_type(schema)?;
    let types = list.list.iter().map(|item| item.get_type(schema)).collect::<Result<Vec<_>>>()?;
    if !is_json(&own) && !types.iter().any(is_json) {
        return Ok(Expr::InList(list));
    }
    // The list is taken apart by what its items are compared as; most lists are of one kind and stay one.
    let mut groups: Vec<(As, DataType, Vec<Expr>)> = Vec::new();
    for (item, item_type) in list.list.into_iter().zip(types) {
        let kind = As::beside(if is_json(&own) { &item_type } else { &own });
        let kind = if is_json(&item_type) && is_json(&own) { As::Value } else { kind };
        match groups
            .iter_mut()
            .find(|(known, known_type, _)| *known == kind && is_json(known_type) == is_json(&item_type))
        {
            Some((.., items)) => items.push(item),
            None => groups.push((kind, item_type, vec![item])),
        }
    }
    let parts = groups.into_iter().map(|(kind, item_type, items)| {
        let convert = |expr: Expr, data_type: &DataType| match kind {
            As::Number => Json::NumberKey.of(expr),
            As::Text => text(expr, data_type),
            As::Bool => boolean(expr, data_type),
            As::Value => Json::Key.of(expr),
        };
        let items = items.into_iter().map(|item| convert(item, &item_type)).collect();
        Expr::InList(InList::new(Box::new(convert(*list.expr.clone(), &own)), items, false))
    });
    let any = parts.reduce(Expr::or).unwrap_or_else(|| lit(false));
    Ok(if list.negated { not(any) } else { any })
}

/// A cast of a JSON value: to a number from the number it is, to a boolean likewise, to text from any value.
pub(super) fn cast_operand(expr: Expr, target: &DataType) -> Expr {
    match target {
        t if is_json(t) => expr,
        DataType::Boolean => Json::Bool.of(expr),
        t if t.is_integer() => Json::Integer.of(expr),
        t if t.is_decimal() => Json::Digits.of(expr),
        t if t.is_floating() => Json::Number.of(expr),
        t if is_text(t) => Json::GetText.call(vec![expr]),
        _ => Json::Text.of(expr),
    }
}
