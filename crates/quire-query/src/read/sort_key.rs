//! Sort keys, in the ways that people write them.

use quire_model::json::{Json, Kind, Limits, Scanner};
use quire_model::{Code, Error, Path, Result, fault_error};

/// One key of a sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// The path of the value to sort by; `_id` and `_rev` work.
    pub path: Path,
    /// Whether the greatest value comes first.
    pub descending: bool,
}

impl SortKey {
    /// Reads a list such as `a,-b.c`: a minus sign means descending. An empty text is no sort.
    ///
    /// # Errors
    /// `invalid_request`.
    pub fn parse_list(text: &str) -> Result<Vec<SortKey>> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        text.split(',').map(|key| signed(key.trim())).collect()
    }

    /// Reads a JSON value: `"a,-b"`, `["a","-b"]` or `{"a":1,"b":-1}`.
    ///
    /// # Errors
    /// `invalid_request`; the part's pointer is relative to the value.
    pub fn parse_json(text: &str) -> Result<Vec<SortKey>> {
        let value = checked(text, "the sort")?;
        match value.kind() {
            Kind::String => SortKey::parse_list(&value.as_str().unwrap_or_default()).map_err(|e| e.under("")),
            Kind::Array => value.items().enumerate().map(|(n, item)| item_key(n, item)).collect(),
            Kind::Object => value.fields().map(|(key, value)| field_key(&key.unescape(), value)).collect(),
            _ => Err(shape("")),
        }
    }
}

fn item_key(n: usize, item: Json<'_>) -> Result<SortKey> {
    let pointer = format!("/{n}");
    let text = item.as_str().ok_or_else(|| shape(&pointer))?;
    signed(&text).map_err(|e| e.under(&pointer))
}

fn field_key(key: &str, value: Json<'_>) -> Result<SortKey> {
    let pointer = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
    let descending = match value.as_number().and_then(|n| n.to_i64()) {
        Some(1) => false,
        Some(-1) => true,
        _ => {
            let detail = "a sort key's direction is 1 (ascending) or -1 (descending)";
            return Err(Error::new(Code::InvalidRequest, detail).under(&pointer));
        }
    };
    let path = Path::parse(key).map_err(|e| e.under(&pointer))?;
    Ok(SortKey { path, descending })
}

fn signed(key: &str) -> Result<SortKey> {
    let (key, descending) = key.strip_prefix('-').map_or((key, false), |key| (key, true));
    Ok(SortKey { path: Path::parse(key)?, descending })
}

fn shape(pointer: &str) -> Error {
    let detail = r#"a sort is "a,-b", ["a","-b"] or {"a":1,"b":-1}"#;
    Error::new(Code::InvalidRequest, detail).under(pointer)
}

/// A JSON value that came from outside as a text of its own.
pub(super) fn checked<'a>(text: &'a str, what: &str) -> Result<Json<'a>> {
    let mut scanner = Scanner::new(Limits::default());
    let checked = scanner.check(text.as_bytes(), &[]).map_err(|fault| {
        let fault = fault_error(text.as_bytes(), fault);
        Error::new(Code::InvalidRequest, format!("{what} is not valid JSON: {}", fault.detail()))
    })?;
    Ok(Json::new(checked.text))
}
