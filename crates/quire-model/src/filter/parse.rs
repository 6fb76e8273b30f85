//! Reading a filter from the JSON that people write.

use super::{Filter, Leaf, Quantifier, Test, Types};
use crate::json::{self, Json, Kind, Limits, Scanner};
use crate::{Code, Error, Path, Result, fault_error};

type Parsed<T> = std::result::Result<T, Fault>;

/// A mistake, with the pointer to its place in the filter.
struct Fault {
    pointer: String,
    detail: String,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// `invalid_filter`; the part's pointer leads to the mistake.
    pub fn parse(text: &str) -> Result<Filter> {
        let mut compact = Vec::with_capacity(text.len());
        let mut scanner = Scanner::new(Limits::default());
        let checked = scanner.check(text.as_bytes(), &[]).map_err(|fault| {
            let fault = fault_error(text.as_bytes(), fault);
            Error::new(Code::InvalidFilter, format!("the filter is not valid JSON: {}", fault.detail()))
        })?;
        json::compact_into(checked.text, &mut compact);
        let compact = std::str::from_utf8(&compact).map_err(|e| Error::internal(e.to_string()))?;
        conditions(Json::new(compact), "").map_err(|fault| {
            let place =
                if fault.pointer.is_empty() { String::new() } else { format!(" at {}", fault.pointer) };
            Error::new(Code::InvalidFilter, format!("{}{place}", fault.detail)).with_part(
                fault.pointer,
                Code::InvalidFilter,
                fault.detail,
            )
        })
    }
}

/// An object of conditions, all of which must hold: `{"age":{"$gte":18},"$or":[…]}`.
fn conditions(value: Json<'_>, at: &str) -> Parsed<Filter> {
    if value.kind() != Kind::Object {
        return fault(at, "a filter is a JSON object, such as {\"age\":{\"$gte\":18}}");
    }
    let mut parts = Vec::new();
    for (key, operand) in value.fields() {
        let key = key.unescape();
        let at = below(at, &key);
        parts.push(match &*key {
            "$and" => Filter::And(alternatives(operand, &at)?),
            "$or" => Filter::Or(alternatives(operand, &at)?),
            "$nor" => Filter::Not(Box::new(Filter::Or(alternatives(operand, &at)?))),
            "$not" => Filter::Not(Box::new(conditions(operand, &at)?)),
            name if name.starts_with('$') => return unknown(&at, name, operator_hint(name)),
            name => {
                let path = Path::parse(name)
                    .map_err(|e| Fault { pointer: at.clone(), detail: e.detail().to_owned() })?;
                field(&path, operand, &at)?
            }
        });
    }
    Ok(one_or_and(parts))
}

fn alternatives(value: Json<'_>, at: &str) -> Parsed<Vec<Filter>> {
    if value.kind() != Kind::Array || value.items().next().is_none() {
        return fault(at, "this operator takes a list of at least one filter");
    }
    value.items().enumerate().map(|(n, item)| conditions(item, &format!("{at}/{n}"))).collect()
}

/// What a field must be: a value to equal, or an object of operators.
fn field(path: &Path, value: Json<'_>, at: &str) -> Parsed<Filter> {
    if is_operators(value, at)? {
        return operators(path, value, at);
    }
    Ok(leaf(path, Test::Equal(value.text().into())))
}

/// Whether an object is one of operators. Mixing operators and fields is a mistake, not a value.
fn is_operators(value: Json<'_>, at: &str) -> Parsed<bool> {
    let dollars = value.fields().filter(|(key, _)| key.unescape().starts_with('$')).count();
    if dollars > 0 && dollars < value.fields().count() {
        return fault(at, "operators and fields cannot be mixed in one object");
    }
    Ok(dollars > 0)
}

fn operators(path: &Path, value: Json<'_>, at: &str) -> Parsed<Filter> {
    let mut parts = Vec::new();
    for (key, operand) in value.fields() {
        let name = key.unescape();
        let at = &below(at, &name);
        let test = |test| leaf(path, test);
        let range =
            |less, inclusive| leaf(path, Test::Range { operand: operand.text().into(), less, inclusive });
        parts.push(match &*name {
            "$eq" => test(Test::Equal(operand.text().into())),
            "$ne" => not(test(Test::Equal(operand.text().into()))),
            "$gt" => range(false, false),
            "$gte" => range(false, true),
            "$lt" => range(true, false),
            "$lte" => range(true, true),
            "$in" => test(Test::among(list(operand, at)?)),
            "$nin" => not(test(Test::among(list(operand, at)?))),
            "$all" => all(path, operand, at)?,
            "$exists" => match operand.as_bool() {
                Some(true) => test(Test::Exists),
                Some(false) => not(test(Test::Exists)),
                None => return fault(at, "$exists takes true or false"),
            },
            "$type" => test(Test::Type(types(operand, at)?)),
            "$regex" => test(Test::Regex(regex(operand, value.get("$options"), at)?)),
            "$options" if value.get("$regex").is_some() => continue,
            "$options" => return fault(at, "$options belongs beside $regex"),
            "$size" => {
                match operand.as_number().and_then(|n| n.to_i64()).and_then(|n| usize::try_from(n).ok()) {
                    Some(size) => test(Test::Size(size)),
                    None => return fault(at, "$size takes an integer of 0 or more"),
                }
            }
            "$elemMatch" => test(element(operand, at)?),
            "$not" => {
                if operand.kind() != Kind::Object || !is_operators(operand, at)? {
                    return fault(at, "$not takes an object of operators, such as {\"$gt\":5}");
                }
                not(operators(path, operand, at)?)
            }
            other => return unknown(at, other, operator_hint(other)),
        });
    }
    Ok(one_or_and(parts))
}

/// `$all`: each listed value equals the field or one of its elements. An empty list holds for nothing.
fn all(path: &Path, operand: Json<'_>, at: &str) -> Parsed<Filter> {
    let values = list(operand, at)?;
    if values.is_empty() {
        return Ok(Filter::Or(Vec::new()));
    }
    Ok(one_or_and(values.into_iter().map(|value| leaf(path, Test::Equal(value))).collect()))
}

/// `$elemMatch`: operators on an element, or a filter on an element that is an object.
fn element(operand: Json<'_>, at: &str) -> Parsed<Test> {
    if operand.kind() != Kind::Object {
        return fault(at, "$elemMatch takes an object of operators or a filter");
    }
    // A logical operator at the top makes a filter on objects; any other operator is about the element's own value.
    let logical = |name: &str| !name.starts_with('$') || matches!(name, "$and" | "$or" | "$nor");
    if operand.fields().any(|(key, _)| !logical(&key.unescape())) {
        is_operators(operand, at)?;
        return Ok(Test::ElementPasses(vec![operators(&Path::key(""), operand, at)?]));
    }
    Ok(Test::ElementMatches(Box::new(conditions(operand, at)?)))
}

fn list(operand: Json<'_>, at: &str) -> Parsed<Vec<Box<str>>> {
    if operand.kind() != Kind::Array {
        return fault(at, "this operator takes a list of values");
    }
    Ok(operand.items().map(|item| item.text().into()).collect())
}

fn types(operand: Json<'_>, at: &str) -> Parsed<Types> {
    let one = |value: Json<'_>| match value.as_str().as_deref() {
        Some("null") => Ok(Kind::Null),
        Some("bool" | "boolean") => Ok(Kind::Bool),
        Some("number") => Ok(Kind::Number),
        Some("string") => Ok(Kind::String),
        Some("object") => Ok(Kind::Object),
        Some("array") => Ok(Kind::Array),
        _ => fault(at, "$type takes null, boolean, number, string, object or array, or a list of these"),
    };
    match operand.kind() {
        Kind::Array => operand.items().try_fold(Types::default(), |types, item| Ok(types.with(one(item)?))),
        _ => Ok(Types::default().with(one(operand)?)),
    }
}

fn regex(operand: Json<'_>, options: Option<Json<'_>>, at: &str) -> Parsed<regex::Regex> {
    let Some(pattern) = operand.as_str() else { return fault(at, "$regex takes a string") };
    let mut builder = regex::RegexBuilder::new(&pattern);
    if let Some(options) = options {
        let Some(options) = options.as_str() else {
            return fault(at, "$options takes a string of i, m, s and x");
        };
        for option in options.chars() {
            match option {
                'i' => builder.case_insensitive(true),
                'm' => builder.multi_line(true),
                's' => builder.dot_matches_new_line(true),
                'x' => builder.ignore_whitespace(true),
                _ => return fault(at, "$options takes only i, m, s and x"),
            };
        }
    }
    builder
        .build()
        .map_err(|e| Fault { pointer: at.to_owned(), detail: format!("$regex does not compile: {e}") })
}

fn leaf(path: &Path, test: Test) -> Filter {
    Filter::Leaf(Leaf { path: path.clone(), quantifier: Quantifier::Any, test })
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

fn one_or_and(mut parts: Vec<Filter>) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            Filter::And(parts)
        }
        None => Filter::all(),
    }
}

fn below(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn fault<T>(at: &str, detail: &str) -> Parsed<T> {
    Err(Fault { pointer: at.to_owned(), detail: detail.to_owned() })
}

fn unknown<T>(at: &str, name: &str, hint: Option<&str>) -> Parsed<T> {
    let hint = hint.map(|known| format!("; did you mean {known}?")).unwrap_or_default();
    let detail = format!("unknown operator {:?}{hint}", crate::name::shorten(name));
    Err(Fault { pointer: at.to_owned(), detail })
}

/// The known operator that an unknown one is likely to mean: one letter more, less or other.
fn operator_hint(name: &str) -> Option<&'static str> {
    const KNOWN: [&str; 19] = [
        "$eq",
        "$ne",
        "$gt",
        "$gte",
        "$lt",
        "$lte",
        "$in",
        "$nin",
        "$and",
        "$or",
        "$nor",
        "$not",
        "$exists",
        "$type",
        "$regex",
        "$options",
        "$all",
        "$elemMatch",
        "$size",
    ];
    let lower = name.to_ascii_lowercase();
    KNOWN.into_iter().find(|known| known.to_ascii_lowercase() == lower || one_edit_apart(known, name))
}

fn one_edit_apart(a: &str, b: &str) -> bool {
    let (short, long) =
        if a.len() <= b.len() { (a.as_bytes(), b.as_bytes()) } else { (b.as_bytes(), a.as_bytes()) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 => short[same..].iter().skip(1).eq(long[same..].iter().skip(1)),
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}
