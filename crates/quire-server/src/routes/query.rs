//! Find and count.

use crate::answer::{WithHeaders, held_bytes_of, json};
use crate::failure::Failure;
use crate::request::{Call, JSON_LIKE, parse_or_default, wants_ndjson};
use crate::stream;
use axum::http::StatusCode;
use axum::response::Response;
use quire_model::{Code, Error, Path, Result};
use quire_query::{Find, Held, Page, Session, SortKey};
use quire_wire::{CountAnswer, CountRequest, FieldList, FindRequest};
use serde::de::DeserializeOwned;

/// `GET …/documents`.
pub(super) async fn list(mut call: Call) -> Result<Response, Failure> {
    let mut query = call.read(&["filter", "sort", "fields", "limit", "cursor"]).await?;
    let find = Find {
        collection: call.place.collection.clone(),
        filter: query.take("filter"),
        sort: query.take("sort").map_or(Ok(Vec::new()), |text| SortKey::parse_list(&text))?,
        fields: fields(query.take("fields").map(|text| FieldList::parse(&text)))?,
        limit: limit(query.take_number("limit")?)?,
        cursor: query.take("cursor"),
    };
    answer(&call, find).await
}

/// `POST …/find`.
pub(super) async fn find(mut call: Call) -> Result<Response, Failure> {
    let asked: FindRequest = read(&mut call).await?;
    let sort = asked.sort.as_ref().map_or(Ok(Vec::new()), |sort| SortKey::parse_json(sort.get()));
    let find = Find {
        collection: call.place.collection.clone(),
        filter: asked.filter.map(|filter| filter.get().to_owned()),
        sort: sort.map_err(|error| error.under("/sort"))?,
        fields: fields(asked.fields)?,
        limit: limit(asked.limit)?,
        cursor: asked.cursor,
    };
    answer(&call, find).await
}

/// `POST …/count`.
pub(super) async fn count(mut call: Call) -> Result<Response, Failure> {
    let asked: CountRequest = read(&mut call).await?;
    let collection = call.place.collection.clone();
    let filter = asked.filter;
    let work =
        move |session: &Session| session.count(&collection, filter.as_ref().map(|filter| filter.get()));
    let seen = call.run(work).await?;
    Ok(json(StatusCode::OK, &CountAnswer { count: seen.value })?.with_seq(seen.seq))
}

async fn read<T: DeserializeOwned + Default>(call: &mut Call) -> Result<T, Failure> {
    call.read(&[]).await?;
    let received = call.body(JSON_LIKE, call.app.limits().query_bytes_max).await?;
    Ok(parse_or_default(&received.bytes, call.session.limits().depth_max)?)
}

async fn answer(call: &Call, find: Find) -> Result<Response, Failure> {
    if wants_ndjson(call.headers()) {
        let seen = call.run(move |session| session.stream(&find)).await?;
        return Ok(stream::documents(call, Box::new(seen.value)).await?.with_seq(seen.seq));
    }
    let answer_bytes_max = call.app.limits().answer_bytes_max;
    let work = move |session: &Session| {
        let seen = session.find(&find)?;
        let mut held = session.hold(usize::MAX);
        let bytes = page_bytes(&seen.value, answer_bytes_max, &mut held)?;
        Ok((seen.seq, bytes, held))
    };
    let (seq, bytes, held) = call.run(work).await?;
    Ok(held_bytes_of(StatusCode::OK, bytes, held).with_seq(seq))
}

/// The page as a body. The documents are JSON already, so their bytes are copied as they stand.
fn page_bytes(page: &Page, bytes_max: usize, held: &mut Held) -> Result<Vec<u8>> {
    let size = 64 + page.documents.iter().map(|text| text.len() + 1).sum::<usize>();
    if size > bytes_max {
        let detail = format!(
            "the page has {size} bytes, at most {bytes_max} are sent at once: ask for fewer documents, or \
             for application/x-ndjson, which streams"
        );
        return Err(Error::new(Code::TooLarge, detail));
    }
    held.grow(size)?;
    let mut out = Vec::with_capacity(size + page.cursor.as_ref().map_or(0, String::len));
    out.extend_from_slice(b"{\"documents\":[");
    for (n, document) in page.documents.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        out.extend_from_slice(document.as_bytes());
    }
    out.extend_from_slice(b"],\"cursor\":");
    match &page.cursor {
        Some(cursor) => quire_model::json::write_string(cursor, &mut out),
        None => out.extend_from_slice(b"null"),
    }
    out.push(b'}');
    Ok(out)
}

fn fields(list: Option<FieldList>) -> Result<Vec<Path>> {
    let paths = list.unwrap_or_default().0;
    let parsed = paths.iter().enumerate().map(|(n, path)| {
        Path::parse(path)
            .map_err(|e| Error::new(Code::InvalidRequest, e.detail()).under(&format!("/fields/{n}")))
    });
    parsed.collect()
}

/// Beyond what the machine can count everything is the same.
fn limit(limit: Option<u64>) -> Result<Option<usize>> {
    Ok(limit.map(|n| usize::try_from(n).unwrap_or(usize::MAX)))
}
