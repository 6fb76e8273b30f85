//! Find, count and SQL: whole answers, and streams of lines.

use hyper::Method;
use quire_wire::{
    CountAnswer, CountRequest, DocumentsAnswer, FieldList, FindRequest, Problem, Raw, SqlAnswer, SqlRequest,
    media, path,
};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::transport::Ask;
use crate::{ClientError, Collection, Database, JsonLines};

/// What to find. All parts may be absent.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// The filter's JSON text; every document where absent.
    pub filter: Option<String>,
    /// Fields to sort by, `-` for descending: `a,-b.c`. By `_id` where absent.
    pub sort: Option<String>,
    /// Fields to show: `a,b.c`. `_id` and `_rev` always are.
    pub fields: Option<String>,
    /// At most so many documents.
    pub limit: Option<u64>,
    /// Where to go on: the cursor of an earlier page.
    pub cursor: Option<String>,
}

impl Find {
    fn request(&self) -> Result<FindRequest, ClientError> {
        let sort = self.sort.as_deref().map(serde_json::value::to_raw_value).transpose();
        Ok(FindRequest {
            filter: filter(self.filter.as_deref())?,
            sort: sort.map_err(ClientError::unsendable)?,
            fields: self.fields.as_deref().map(FieldList::parse),
            limit: self.limit,
            cursor: self.cursor.clone(),
        })
    }
}

impl Collection {
    /// One page of documents, each with `_rev`.
    pub async fn find(&self, find: &Find) -> Result<DocumentsAnswer, ClientError> {
        self.ask(reading(self.find_address(), &find.request()?)?).await?.json().await
    }

    /// All documents of a find as one moment saw them, one by one.
    pub async fn find_stream(&self, find: &Find) -> Result<JsonLines, ClientError> {
        let ask = reading(self.find_address(), &find.request()?)?.accept(media::NDJSON);
        Ok(JsonLines::new(self.ask(ask).await?.lines()))
    }

    /// How many documents match.
    pub async fn count(&self, filter: Option<&str>) -> Result<u64, ClientError> {
        let request = CountRequest { filter: self::filter(filter)? };
        let ask = reading(path::count(&self.database.name, &self.name), &request)?;
        Ok(self.ask(ask).await?.json::<CountAnswer>().await?.count)
    }

    fn find_address(&self) -> String {
        path::find(&self.database.name, &self.name)
    }
}

impl Database {
    /// A SQL query's whole result.
    pub async fn sql(&self, sql: &str, params: Vec<Raw>) -> Result<SqlAnswer, ClientError> {
        let request = SqlRequest { sql: sql.to_owned(), params };
        self.client.ask(reading(path::sql(&self.name), &request)?).await?.json().await
    }

    /// A SQL query's rows one by one, each an object with the columns' names.
    pub async fn sql_stream(&self, sql: &str, params: Vec<Raw>) -> Result<JsonLines, ClientError> {
        let request = SqlRequest { sql: sql.to_owned(), params };
        let ask = reading(path::sql(&self.name), &request)?.accept(media::NDJSON);
        Ok(JsonLines::new(self.client.ask(ask).await?.lines()))
    }
}

/// A SQL parameter as it is typed: a JSON scalar where the text is one, else the text as a string.
///
/// # Errors
/// None in practice: every text is a JSON string.
pub fn parameter(text: &str) -> Result<Raw, ClientError> {
    if let Ok(value) = serde_json::from_str::<Raw>(text)
        && !value.get().starts_with(['{', '['])
    {
        return Ok(value);
    }
    serde_json::value::to_raw_value(text).map_err(ClientError::unsendable)
}

fn filter(text: Option<&str>) -> Result<Option<Raw>, ClientError> {
    let Some(text) = text else { return Ok(None) };
    let raw = RawValue::from_string(text.to_owned()).map_err(|error| {
        let detail = format!("the filter is not JSON: {error}");
        ClientError::Problem(Box::new(Problem::new(400, "invalid_filter", detail, false)))
    })?;
    Ok(Some(raw))
}

/// A POST that only reads.
fn reading(address: String, body: &impl Serialize) -> Result<Ask, ClientError> {
    let body = serde_json::to_vec(body).map_err(ClientError::unsendable)?;
    Ok(Ask::new(Method::POST, address).body(media::JSON, body).reads())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_a_scalar_or_a_string() {
        for (text, json) in [
            ("7", "7"),
            ("1.50", "1.50"),
            ("true", "true"),
            ("null", "null"),
            ("\"7\"", "\"7\""),
            ("Ada", "\"Ada\""),
            ("", "\"\""),
            ("{}", "\"{}\""),
            ("[1]", "\"[1]\""),
            ("07", "\"07\""),
        ] {
            assert_eq!(parameter(text).unwrap().get(), json);
        }
    }

    #[test]
    fn a_filter_that_is_no_json_is_refused_before_it_is_sent() {
        let find = Find { filter: Some("{a:1}".to_owned()), ..Find::default() };
        assert_eq!(find.request().unwrap_err().code(), "invalid_filter");
    }
}
