//! The functions over JSON values. They take a value of any type, so that a query means the same whether a
//! field has one type or several.

use super::arg::Arg;
use super::get::Get;
use super::{key, scalar};
use crate::sql::error::external;
use crate::sql::types::{JSON, field, is_json, is_text};
use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int8Builder, Int64Builder, LargeStringBuilder, ListBuilder,
    StringBuilder,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use std::sync::{Arc, LazyLock};

/// A function over JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Json {
    /// `json(text)`: reads a text as JSON.
    Parse,
    /// `json_of(value)`: any value as JSON.
    Of,
    /// `json_get(value, step…)`: what is at a path.
    Get,
    /// `json_get_text(value, step…)`: the same as text, a string without its quotes.
    GetText,
    /// `json_number(value)`: a number as a double, nothing else.
    Number,
    /// `json_double(value)`: the same, refused where a double does not reach.
    Double,
    /// `json_integer(value)`: a number without its fraction, nothing else.
    Integer,
    /// `json_digits(value)`: a number by its digits, nothing else.
    Digits,
    /// `json_text(value)`: a string, nothing else.
    Text,
    /// `json_bool(value)`: true or false, nothing else.
    Bool,
    /// `json_type(value)`: the name of the type.
    Type,
    /// `json_items(value)`: the elements of an array, nothing else.
    Items,
    /// `json_key(value)`: a text that sorts and is equal as the value is.
    Key,
    /// `json_number_key(value)`: the same for numbers, nothing else.
    NumberKey,
    /// `json_canonical(value)`: the value in the one spelling that all equal values have.
    Canonical,
    /// `json_compare(a, b)`: -1, 0 or 1; null for values of two types.
    Compare,
}

const ALL: [Json; 16] = [
    Json::Parse,
    Json::Of,
    Json::Get,
    Json::GetText,
    Json::Number,
    Json::Double,
    Json::Integer,
    Json::Digits,
    Json::Text,
    Json::Bool,
    Json::Type,
    Json::Items,
    Json::Key,
    Json::NumberKey,
    Json::Canonical,
    Json::Compare,
];

static FUNCTIONS: LazyLock<Vec<Arc<ScalarUDF>>> = LazyLock::new(|| {
    let signature = || Signature::user_defined(Volatility::Immutable);
    ALL.iter()
        .map(|json| Arc::new(ScalarUDF::from(Function { json: *json, signature: signature() })))
        .collect()
});

/// The functions as SQL knows them.
pub(in crate::sql) fn functions() -> impl Iterator<Item = Arc<ScalarUDF>> {
    FUNCTIONS.iter().cloned()
}

impl Json {
    fn name(self) -> &'static str {
        match self {
            Json::Parse => "json",
            Json::Of => "json_of",
            Json::Get => "json_get",
            Json::GetText => "json_get_text",
            Json::Number => "json_number",
            Json::Double => "json_double",
            Json::Integer => "json_integer",
            Json::Digits => "json_digits",
            Json::Text => "json_text",
            Json::Bool => "json_bool",
            Json::Type => "json_type",
            Json::Items => "json_items",
            Json::Key => "json_key",
            Json::NumberKey => "json_number_key",
            Json::Canonical => "json_canonical",
            Json::Compare => "json_compare",
        }
    }

    fn result_type(self) -> DataType {
        match self {
            Json::Parse | Json::Of | Json::Get | Json::Canonical => JSON,
            Json::GetText | Json::Text | Json::Type | Json::Digits | Json::Key | Json::NumberKey => {
                DataType::Utf8
            }
            Json::Number | Json::Double => DataType::Float64,
            Json::Integer => DataType::Int64,
            Json::Bool => DataType::Boolean,
            Json::Items => DataType::List(Arc::new(field("item", JSON))),
            Json::Compare => DataType::Int8,
        }
    }

    /// The call of this function.
    pub(super) fn call(self, args: Vec<Expr>) -> Expr {
        let function = ALL.iter().position(|json| *json == self).and_then(|at| FUNCTIONS.get(at));
        match function {
            Some(function) => Expr::ScalarFunction(ScalarFunction::new_udf(Arc::clone(function), args)),
            None => unreachable!("every function is in the list"),
        }
    }

    /// The call with one argument.
    pub(super) fn of(self, arg: Expr) -> Expr {
        self.call(vec![arg])
    }

    /// The arguments, if an expression is a call of this function.
    pub(super) fn arguments(self, expr: &Expr) -> Option<&Vec<Expr>> {
        let Expr::ScalarFunction(call) = expr else { return None };
        let function = call.func.inner().downcast_ref::<Function>()?;
        (function.json == self).then_some(&call.args)
    }
}

/// One of the functions to DataFusion.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Function {
    json: Json,
    signature: Signature,
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.json.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.json.result_type())
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let (min, max) = match self.json {
            Json::Get => (2, usize::MAX),
            Json::GetText => (1, usize::MAX),
            Json::Compare => (2, 2),
            _ => (1, 1),
        };
        if types.len() < min || types.len() > max {
            let more = if max > min { " or more" } else { "" };
            return plan_err!("{} takes {min}{more} arguments, {} given", self.json.name(), types.len());
        }
        if self.json == Json::Parse && !(is_text(&types[0]) || is_json(&types[0]) || types[0].is_null()) {
            return plan_err!("json takes a text, json_of takes any value");
        }
        Ok(types.to_vec())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let array = run(self.json, &args.args, rows)?;
        if constant {
            return Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

fn run(json: Json, args: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    if matches!(json, Json::Get | Json::GetText) {
        return get(json, &Get::new(args)?, rows);
    }
    let arg = Arg::new(&args[0])?;
    let mut room = Vec::new();
    /// One value after the other into a builder.
    macro_rules! each {
        ($builder:expr, $value:ident => $result:expr) => {{
            let mut builder = $builder;
            for row in 0..rows {
                match arg.value(row, &mut room)? {
                    Some($value) => builder.append_option($result),
                    None => builder.append_null(),
                }
            }
            Arc::new(builder.finish())
        }};
    }
    let (mut key, mut bytes) = (String::new(), Vec::new());
    Ok(match json {
        Json::Parse => each!(LargeStringBuilder::new(), value => match value.as_str() {
            Some(text) => scalar::parse(&text).map_err(external)?,
            None => Some(value.text().to_owned()),
        }),
        Json::Of => each!(LargeStringBuilder::new(), value => Some(value.text())),
        Json::Number => each!(Float64Builder::new(), value => scalar::number(value)),
        Json::Double => each!(Float64Builder::new(), value => scalar::double(value).map_err(external)?),
        Json::Integer => each!(Int64Builder::new(), value => scalar::integer(value)),
        Json::Digits => each!(StringBuilder::new(), value => scalar::digits(value)),
        Json::Text => each!(StringBuilder::new(), value => scalar::text(value)),
        Json::Bool => each!(BooleanBuilder::new(), value => value.as_bool()),
        Json::Type => each!(StringBuilder::new(), value => Some(scalar::type_of(value))),
        Json::Key | Json::NumberKey => each!(StringBuilder::new(), value => {
            key.clear();
            let wanted = json == Json::Key || value.as_number().is_some();
            wanted.then(|| {
                key::write(value, &mut key);
                &key
            })
        }),
        Json::Canonical => each!(LargeStringBuilder::new(), value => {
            bytes.clear();
            scalar::write_canonical(value, &mut bytes);
            std::str::from_utf8(&bytes).ok()
        }),
        Json::Items => items(&arg, rows)?,
        Json::Compare => {
            let other = Arg::new(&args[1])?;
            let mut room = Vec::new();
            let mut builder = Int8Builder::new();
            let mut first = Vec::new();
            for row in 0..rows {
                let (a, b) = (arg.value(row, &mut first)?, other.value(row, &mut room)?);
                builder
                    .append_option(a.zip(b).and_then(|(a, b)| scalar::order(a, b)).map(|order| order as i8));
            }
            Arc::new(builder.finish())
        }
        Json::Get | Json::GetText => return plan_err!("a path needs a step"),
    })
}

fn get(json: Json, get: &Get, rows: usize) -> Result<ArrayRef> {
    let mut room = Vec::new();
    if json == Json::Get {
        let mut builder = LargeStringBuilder::new();
        for row in 0..rows {
            builder.append_option(get.value(row, &mut room)?.map(|value| value.text()));
        }
        return Ok(Arc::new(builder.finish()));
    }
    let mut builder = StringBuilder::new();
    for row in 0..rows {
        builder.append_option(get.value(row, &mut room)?.map(scalar::shown));
    }
    Ok(Arc::new(builder.finish()))
}

fn items(arg: &Arg, rows: usize) -> Result<ArrayRef> {
    let mut builder = ListBuilder::new(LargeStringBuilder::new()).with_field(field("item", JSON));
    let mut room = Vec::new();
    for row in 0..rows {
        let value = arg.value(row, &mut room)?.filter(|value| value.kind() == quire_model::json::Kind::Array);
        match value {
            Some(array) => {
                for item in array.items() {
                    builder.values().append_option((!item.is_null()).then_some(item.text()));
                }
                builder.append(true);
            }
            None => builder.append(false),
        }
    }
    Ok(Arc::new(builder.finish()))
}
