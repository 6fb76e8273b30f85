//! Functions that take numbers, made to take JSON while a query is planned.
//!
//! DataFusion checks the types of arguments as soon as it meets a call. These wrappers let a JSON argument
//! through as the number it will be; [`super::rule`] then puts the conversion in and the wrapped function
//! back.

use super::string_agg::StringAgg;
use crate::sql::types::{JSON, describe, is_json};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, plan_err};
use datafusion::functions::math;
use datafusion::logical_expr::expr::AggregateFunctionParams;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::type_coercion::functions::{UDFCoercionExt, fields_with_udf};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs,
    ScalarUDF, ScalarUDFImpl, Signature,
};
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

/// What an aggregate does with a JSON argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Any value as it is.
    Any,
    /// Any value, told apart by what it means.
    Key,
    /// Strings.
    Text,
    /// Booleans.
    Bool,
    /// Numbers by all of their digits.
    Digits,
    /// Numbers.
    Number,
}

/// What an aggregate does with a JSON argument.
pub(super) fn takes(aggregate: &str) -> Takes {
    match aggregate {
        "count" | "array_agg" | "first_value" | "last_value" | "nth_value" | "any_value" | "grouping" => {
            Takes::Any
        }
        "approx_distinct" => Takes::Key,
        "string_agg" => Takes::Text,
        "min" | "max" => Takes::Digits,
        "bool_and" | "bool_or" => Takes::Bool,
        _ => Takes::Number,
    }
}

/// An aggregate function that takes JSON.
pub(in crate::sql) fn aware_aggregate(function: Arc<AggregateUDF>) -> Arc<AggregateUDF> {
    match takes(function.name()) {
        Takes::Any | Takes::Key => function,
        Takes::Text => Arc::new(StringAgg::wrap(function)),
        Takes::Bool => aware(function, DataType::Boolean),
        Takes::Digits => aware(function, JSON),
        Takes::Number => aware(function, DataType::Float64),
    }
}

fn aware(inner: Arc<AggregateUDF>, json_as: DataType) -> Arc<AggregateUDF> {
    let signature = Signature::user_defined(inner.signature().volatility);
    Arc::new(AggregateUDF::from(AwareAggregate { inner, json_as, signature }))
}

static MATH: LazyLock<HashSet<String>> =
    LazyLock::new(|| math::functions().iter().map(|function| function.name().to_owned()).collect());

/// A scalar function that takes JSON if it is a mathematical one.
pub(in crate::sql) fn number_aware_scalar(inner: Arc<ScalarUDF>) -> Arc<ScalarUDF> {
    if !MATH.contains(inner.name()) || inner.signature().type_signature.supports_zero_argument() {
        return inner;
    }
    let signature = Signature::user_defined(inner.signature().volatility);
    Arc::new(ScalarUDF::from(AwareScalar { inner, signature }))
}

/// The types that a function makes of its arguments, JSON taken for `json_as`.
fn coerce<F: UDFCoercionExt>(types: &[DataType], json_as: &DataType, function: &F) -> Result<Vec<DataType>> {
    let taken = |t: &DataType| if is_json(t) { json_as.clone() } else { t.clone() };
    let fields: Vec<FieldRef> = types.iter().map(|t| Arc::new(Field::new("", taken(t), true))).collect();
    if fields.is_empty() {
        return plan_err!("{} takes an argument", function.name());
    }
    match fields_with_udf(&fields, function) {
        Ok(fields) => Ok(fields.iter().map(|field| field.data_type().clone()).collect()),
        Err(_) => {
            let given: Vec<String> = fields.iter().map(|field| describe(field.data_type())).collect();
            plan_err!("{} does not take ({})", function.name(), given.join(", "))
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct AwareAggregate {
    inner: Arc<AggregateUDF>,
    json_as: DataType,
    signature: Signature,
}

/// The function inside of a wrapper, or the function itself.
pub(super) fn unwrap_aggregate(function: &Arc<AggregateUDF>) -> Arc<AggregateUDF> {
    match function.inner().downcast_ref::<AwareAggregate>() {
        Some(aware) => Arc::clone(&aware.inner),
        None => Arc::clone(function),
    }
}

impl AggregateUDFImpl for AwareAggregate {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn schema_name(&self, params: &AggregateFunctionParams) -> Result<String> {
        self.inner.schema_name(params)
    }

    fn human_display(&self, params: &AggregateFunctionParams) -> Result<String> {
        self.inner.human_display(params)
    }

    fn display_name(&self, params: &AggregateFunctionParams) -> Result<String> {
        self.inner.display_name(params)
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        coerce(types, &self.json_as, self.inner.as_ref())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        self.inner.return_field(fields)
    }

    fn is_nullable(&self) -> bool {
        self.inner.is_nullable()
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.inner.accumulator(args)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(args)
    }

    fn supports_null_handling_clause(&self) -> bool {
        self.inner.supports_null_handling_clause()
    }

    fn supports_within_group_clause(&self) -> bool {
        self.inner.supports_within_group_clause()
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct AwareScalar {
    inner: Arc<ScalarUDF>,
    signature: Signature,
}

/// The function inside of a wrapper, or nothing where there is none.
pub(super) fn unwrap_scalar(function: &Arc<ScalarUDF>) -> Option<Arc<ScalarUDF>> {
    function.inner().downcast_ref::<AwareScalar>().map(|aware| Arc::clone(&aware.inner))
}

impl ScalarUDFImpl for AwareScalar {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        self.inner.schema_name(args)
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        coerce(types, &DataType::Float64, self.inner.as_ref())
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        self.inner.invoke_with_args(args)
    }
}
