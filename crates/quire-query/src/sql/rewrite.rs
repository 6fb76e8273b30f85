//! What is changed in a statement before it is planned; each is a change of the tree, never of the text.
//!
//! 1. A parameter becomes a literal of its value, so that it is typed like one and can stand where one can.
//! 2. A number with more digits than an integer of 64 bits or a double keeps becomes a JSON value, which
//!    loses none.
//! 3. An expression that is selected twice gets a name the second time.
//! 4. `*` leaves out `_doc`. The column is only there when a statement names it, so this matters only then.

use super::error::sql_error;
use super::param::Param;
use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, ExceptSelectItem, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentList, FunctionArguments, Ident, ObjectName, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, Statement, Subscript, TableFactor, UnaryOperator, Value, VisitMut,
    VisitorMut, WildcardAdditionalOptions,
};
use quire_model::json::Number;
use quire_model::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// Puts parameters in, keeps the digits of numbers and hides `_doc` from `*`.
///
/// # Errors
/// `invalid_sql` where there are more or fewer parameters than the statement takes.
pub(super) fn rewrite(
    statement: &mut Statement,
    params: &[Param],
    expected: usize,
    names_doc: bool,
) -> Result<()> {
    if params.len() != expected {
        let s = if expected == 1 { "" } else { "s" };
        return Err(sql_error(format!(
            "the statement takes {expected} parameter{s}, {} given",
            params.len()
        )));
    }
    let mut rewriter = Rewriter { params, names_doc, views: HashSet::new() };
    match VisitMut::visit(statement, &mut rewriter) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Rewriter<'a> {
    params: &'a [Param],
    names_doc: bool,
    /// The names given in WITH; what they name has no `_doc` of its own.
    views: HashSet<String>,
}

impl VisitorMut for Rewriter<'_> {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        let with = query.with.iter().flat_map(|with| &with.cte_tables);
        self.views.extend(with.map(|view| view.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        if self.names_doc {
            hide_doc(select, &self.views);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        // The least integer has no positive counterpart, so a sign is taken together with its digits.
        if let Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } = expr
            && let Expr::Value(value) = &**inner
            && let Value::Number(digits, _) = &value.value
            && !digits.starts_with('-')
            && let Some(exact) = exact_number(&format!("-{digits}"))
        {
            *expr = exact;
            return ControlFlow::Continue(());
        }
        if let Expr::CompoundFieldAccess { root, access_chain } = expr {
            dots_after_brackets(root, access_chain);
        }
        // A sign before a JSON value would be refused for its type; a product is not.
        if let Expr::UnaryOp { op: UnaryOperator::Minus, expr: inner } = expr
            && may_be_json(inner)
        {
            let right = std::mem::replace(inner, Box::new(number("-1".to_owned())));
            let left = Box::new(number("-1".to_owned()));
            *expr = Expr::Nested(Box::new(Expr::BinaryOp { left, op: BinaryOperator::Multiply, right }));
        }
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        name_twins(select);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        let Expr::Value(value) = expr else { return ControlFlow::Continue(()) };
        let replacement = match &value.value {
            Value::Placeholder(name) => {
                let number = name.strip_prefix('$').and_then(|n| n.parse::<usize>().ok()).unwrap_or_default();
                match number.checked_sub(1).and_then(|index| self.params.get(index)) {
                    Some(param) => Some(literal(param)),
                    None => return ControlFlow::Break(sql_error(format!("there is no parameter {name}"))),
                }
            }
            Value::Number(digits, _) => exact_number(digits),
            _ => None,
        };
        if let Some(replacement) = replacement {
            *expr = replacement;
        }
        ControlFlow::Continue(())
    }
}

/// Whether an expression is a field, or one of the aggregates that answer a field's value as it is.
fn may_be_json(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => true,
        Expr::Function(call) => {
            let name = call.name.to_string();
            name.eq_ignore_ascii_case("min") || name.eq_ignore_ascii_case("max")
        }
        _ => false,
    }
}

fn literal(param: &Param) -> Expr {
    let value = match param {
        Param::Null => Value::Null,
        Param::Bool(value) => Value::Boolean(*value),
        Param::Text(text) => Value::SingleQuotedString(text.clone()),
        Param::Int(value) if *value < 0 => return Expr::Nested(Box::new(number(value.to_string()))),
        Param::Int(value) => Value::Number(value.to_string(), false),
        Param::Float(value) if value.is_finite() => {
            return Expr::Nested(Box::new(number(format!("{value:e}"))));
        }
        Param::Float(_) => Value::Null,
        Param::Number(digits) => return json_literal(digits),
    };
    Expr::Value(value.with_empty_span())
}

fn number(digits: String) -> Expr {
    Expr::Value(Value::Number(digits, false).with_empty_span())
}

/// The expression for a number that would lose digits as a literal; `None` where it would not.
fn exact_number(digits: &str) -> Option<Expr> {
    let (sign, unsigned) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    // SQL lets a number begin with its point, or end with it; JSON does not.
    let zero = if unsigned.starts_with('.') { "0" } else { "" };
    let text = format!("{sign}{zero}{}", unsigned.strip_suffix('.').unwrap_or(unsigned));
    let value = Number::new(&text)?;
    if value.to_i64().is_some() || value.fits_f64() {
        // A literal of the least integer is only one together with its sign.
        return (text == i64::MIN.to_string() && !sign.is_empty()).then(|| number(text));
    }
    Some(json_literal(&text))
}

/// `json('…')`.
fn json_literal(text: &str) -> Expr {
    let argument = Expr::Value(Value::SingleQuotedString(text.to_owned()).with_empty_span());
    let list = FunctionArgumentList {
        duplicate_treatment: None,
        args: vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))],
        clauses: Vec::new(),
    };
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new("json")]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

/// `a[1].b` as `a[1]['b']`: DataFusion takes dots only as far as the first bracket.
fn dots_after_brackets(root: &Expr, chain: &mut [AccessExpr]) {
    let mut after = !matches!(root, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
    for access in chain {
        match access {
            AccessExpr::Subscript(_) => after = true,
            AccessExpr::Dot(Expr::Identifier(name)) if after => {
                let index = Value::SingleQuotedString(name.value.clone()).with_empty_span();
                *access = AccessExpr::Subscript(Subscript::Index { index: Expr::Value(index) });
            }
            AccessExpr::Dot(_) => {}
        }
    }
}

/// Gives a name to an expression that is selected twice: DataFusion takes no two columns of one name.
fn name_twins(select: &mut Select) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for item in &mut select.projection {
        let SelectItem::UnnamedExpr(expr) = item else { continue };
        let name = match &*expr {
            Expr::Identifier(name) => name.value.clone(),
            other => other.to_string(),
        };
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            let alias = Ident::with_quote('"', format!("{name}_{times}"));
            let expr = std::mem::replace(expr, Expr::Value(Value::Null.with_empty_span()));
            *item = SelectItem::ExprWithAlias { expr, alias };
        }
    }
}

/// Takes `_doc` out of `*` and `t.*` where the place of the column is plain: a `*` over one collection, or
/// the qualified one of a collection. Elsewhere it stays.
fn hide_doc(select: &mut Select, views: &HashSet<String>) {
    let mut tables = Vec::new();
    for from in &select.from {
        tables.push(&from.relation);
        tables.extend(from.joins.iter().map(|join| &join.relation));
    }
    let collections: Vec<Option<String>> =
        tables.iter().map(|factor| collection_alias(factor, views)).collect();
    for item in &mut select.projection {
        match item {
            SelectItem::Wildcard(options) if matches!(collections.as_slice(), [Some(_)]) => {
                except_doc(options)
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                let name = name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.clone());
                if name.is_some() && collections.contains(&name) {
                    except_doc(options);
                }
            }
            _ => {}
        }
    }
}

/// The name by which a collection in FROM is known; `None` for what is no collection.
fn collection_alias(factor: &TableFactor, views: &HashSet<String>) -> Option<String> {
    let TableFactor::Table { name, alias, args: None, .. } = factor else { return None };
    let parts: Vec<&Ident> = name.0.iter().filter_map(|part| part.as_ident()).collect();
    let last = parts.last()?;
    if parts.len() == 1 && views.contains(&last.value)
        || parts[0].value.eq_ignore_ascii_case("information_schema")
    {
        return None;
    }
    Some(alias.as_ref().map_or(&last.value, |alias| &alias.name.value).clone())
}

fn except_doc(options: &mut WildcardAdditionalOptions) {
    if options.opt_except.is_none() && options.opt_exclude.is_none() {
        let first_element = Ident::new("_doc");
        options.opt_except = Some(ExceptSelectItem { first_element, additional_elements: Vec::new() });
    }
}
