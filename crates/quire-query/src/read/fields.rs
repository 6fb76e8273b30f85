//! Lists of fields, in the ways that people write them.

use super::query::Find;
use super::sort_key::checked;
use quire_model::json::{Json, Kind};
use quire_model::{Code, Error, Path, Result};

impl Find {
    /// Reads a list of fields such as `a,b.c`. An empty text means whole documents.
    ///
    /// # Errors
    /// `invalid_request`.
    pub fn parse_fields_list(text: &str) -> Result<Vec<Path>> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        text.split(',').map(|field| Path::parse(field.trim())).collect()
    }

    /// Reads a JSON value: `"a,b.c"` or `["a","b.c"]`.
    ///
    /// # Errors
    /// `invalid_request`; the part's pointer is relative to the value.
    pub fn parse_fields_json(text: &str) -> Result<Vec<Path>> {
        let value = checked(text, "the list of fields")?;
        match value.kind() {
            Kind::String => {
                Find::parse_fields_list(&value.as_str().unwrap_or_default()).map_err(|e| e.under(""))
            }
            Kind::Array => value.items().enumerate().map(|(n, item)| field(n, item)).collect(),
            _ => Err(shape("")),
        }
    }
}

fn field(n: usize, item: Json<'_>) -> Result<Path> {
    let pointer = format!("/{n}");
    let text = item.as_str().ok_or_else(|| shape(&pointer))?;
    Path::parse(&text).map_err(|e| e.under(&pointer))
}

fn shape(pointer: &str) -> Error {
    let detail = r#"a list of fields is "a,b.c" or ["a","b.c"]"#;
    Error::new(Code::InvalidRequest, detail).under(pointer)
}
