//! Calls of functions with JSON arguments.

use super::aware::{Takes, takes, unwrap_aggregate, unwrap_scalar};
use super::convert;
use super::extreme::extreme;
use super::function::Json;
use crate::sql::exact::exact_sum;
use crate::sql::types::{is_json, item_type};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ExprSchema, Result};
use datafusion::logical_expr::expr::{AggregateFunction, ScalarFunction, Sort, WindowFunction};
use datafusion::logical_expr::{AggregateUDF, Expr, ExprSchemable, WindowFunctionDefinition, lit, when};
use std::sync::Arc;

/// A call of a scalar function.
pub(super) fn scalar(call: ScalarFunction, schema: &dyn ExprSchema) -> Result<Expr> {
    let ScalarFunction { func, args } = call;
    let types = args.iter().map(|arg| arg.get_type(schema)).collect::<Result<Vec<_>>>()?;
    if let Some(inner) = unwrap_scalar(&func) {
        let args = zip(args, &types, convert::number);
        return Ok(Expr::ScalarFunction(ScalarFunction::new_udf(inner, args)));
    }
    let args = match (func.name(), types.iter().any(is_json)) {
        (name, _) if name == "json" || name.starts_with("json_") => args,
        ("nullif", true) if args.len() == 2 => return nullif(args, &types),
        ("coalesce" | "nvl" | "ifnull" | "make_array", true) => convert::unify(args, schema)?,
        ("nvl2", true) => {
            let mut args = args.into_iter();
            let first = args.next();
            first.into_iter().chain(convert::unify(args.collect(), schema)?).collect()
        }
        ("greatest" | "least", true) => zip(args, &types, convert::number),
        ("struct" | "named_struct" | "row" | "get_field", _) => args,
        (name, _) if name.starts_with("array_") || name.starts_with("list_") => in_list(name, args, &types),
        (_, true) => zip(args, &types, convert::text),
        (_, false) => args,
    };
    Ok(Expr::ScalarFunction(ScalarFunction::new_udf(func, args)))
}

fn zip(args: Vec<Expr>, types: &[DataType], convert: impl Fn(Expr, &DataType) -> Expr) -> Vec<Expr> {
    args.into_iter().zip(types).map(|(arg, data_type)| convert(arg, data_type)).collect()
}

/// `nullif(a, b)` is null where the two are equal.
fn nullif(args: Vec<Expr>, types: &[DataType]) -> Result<Expr> {
    let types = (types[0].clone(), types[1].clone());
    let equal =
        convert::binary(datafusion::logical_expr::Operator::Eq, args[0].clone(), args[1].clone(), &types)?;
    when(equal, lit(datafusion::common::ScalarValue::Null)).otherwise(args[0].clone())
}

/// Functions over a list of JSON values that look for a value among them, or put one there, need a JSON
/// value.
fn in_list(name: &str, args: Vec<Expr>, types: &[DataType]) -> Vec<Expr> {
    let places: &[usize] = match name.trim_start_matches("array_").trim_start_matches("list_") {
        "prepend" | "push_front" => &[0],
        "replace" | "replace_n" | "replace_all" => &[1, 2],
        "has" | "contains" | "append" | "push_back" | "position" | "positions" | "indexof" | "remove"
        | "remove_n" | "remove_all" => &[1],
        _ => &[],
    };
    let over_json = types.iter().filter_map(item_type).any(is_json);
    let convert = |(n, arg): (usize, Expr)| match &types[n] {
        value if places.contains(&n) && over_json && item_type(value).is_none() => convert::json(arg, value),
        // A JSON value in the place of a list is the list of its elements.
        list if !places.contains(&n) && is_json(list) => Json::Items.of(arg),
        _ => arg,
    };
    args.into_iter().enumerate().map(convert).collect()
}

/// A call of an aggregate function.
pub(super) fn aggregate(mut call: AggregateFunction, schema: &dyn ExprSchema) -> Result<Expr> {
    let types = call.params.args.iter().map(|arg| arg.get_type(schema)).collect::<Result<Vec<_>>>()?;
    let taken = argument(call.func.name(), call.params.distinct);
    call.params.args = zip(call.params.args, &types, taken);
    call.params.order_by = order(call.params.order_by, schema)?;
    call.func = function(&call.func, call.params.distinct, &types);
    Ok(Expr::AggregateFunction(call))
}

/// The function that is run in the end.
fn function(function: &Arc<AggregateUDF>, distinct: bool, types: &[DataType]) -> Arc<AggregateUDF> {
    if function.name() == "sum" && !distinct && types == [DataType::Int64] {
        return exact_sum();
    }
    if types.first().is_some_and(is_json)
        && let Some(extreme) = extreme(function.name())
    {
        return extreme;
    }
    unwrap_aggregate(function)
}

fn argument(name: &str, distinct: bool) -> impl Fn(Expr, &DataType) -> Expr + use<> {
    let takes = if name == "count" && distinct { Takes::Key } else { takes(name) };
    move |arg, data_type| match takes {
        Takes::Any | Takes::Digits => arg,
        Takes::Key if is_json(data_type) => Json::Key.of(arg),
        Takes::Key => arg,
        Takes::Text => convert::text(arg, data_type),
        Takes::Bool => convert::boolean(arg, data_type),
        Takes::Number if is_json(data_type) => Json::Double.of(arg),
        Takes::Number => arg,
    }
}

/// A call of a window function.
pub(super) fn window(mut call: WindowFunction, schema: &dyn ExprSchema) -> Result<Expr> {
    if let WindowFunctionDefinition::AggregateUDF(function) = &call.fun {
        let types = call.params.args.iter().map(|arg| arg.get_type(schema)).collect::<Result<Vec<_>>>()?;
        let taken = argument(function.name(), call.params.distinct);
        call.params.args = zip(call.params.args, &types, taken);
        let function = self::function(function, call.params.distinct, &types);
        call.fun = WindowFunctionDefinition::AggregateUDF(function);
    }
    if matches!(call.fun, WindowFunctionDefinition::WindowUDF(_)) && call.params.args.len() > 2 {
        // The value of lag and lead where there is none.
        let default = call.params.args.remove(2);
        let value = call.params.args.remove(0);
        let mut both = convert::unify(vec![value, default], schema)?;
        call.params.args.extend(both.pop());
        both.append(&mut call.params.args);
        call.params.args = both;
    }
    call.params.order_by = order(call.params.order_by, schema)?;
    let groups = call.params.partition_by.into_iter().map(|expr| key(expr, schema));
    call.params.partition_by = groups.collect::<Result<_>>()?;
    Ok(Expr::WindowFunction(Box::new(call)))
}

/// Keys of an order, JSON ones by the order of their values.
pub(super) fn order(keys: Vec<Sort>, schema: &dyn ExprSchema) -> Result<Vec<Sort>> {
    keys.into_iter().map(|sort| Ok(Sort { expr: key(sort.expr, schema)?, ..sort })).collect()
}

fn key(expr: Expr, schema: &dyn ExprSchema) -> Result<Expr> {
    let json = is_json(&expr.get_type(schema)?);
    Ok(if json { Json::Key.of(expr) } else { expr })
}
