//! SQL: a statement runs on threads of its own (`statement.rs`) and hands its rows over.

mod statement;

use crate::answer::{WithHeaders, held_bytes_of};
use crate::failure::Failure;
use crate::request::{Call, JSON_LIKE, parse, wants_ndjson};
use crate::stream;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use quire_model::{Code, Error, Result};
use quire_query::sql::Param;
use quire_wire::{Column, SqlRequest};
use statement::{Rows, Statement};

/// `POST /v1/databases/{database}/sql`.
pub(super) async fn sql(mut call: Call) -> Result<Response, Failure> {
    call.read(&[]).await?;
    let received = call.body(JSON_LIKE, call.app.limits().query_bytes_max).await?;
    let asked: SqlRequest = parse(&received.bytes, call.session.limits().depth_max)?;
    drop(received);
    let params = asked.params.iter().enumerate();
    let params =
        params.map(|(n, raw)| Param::from_json(raw.get()).map_err(|e| e.under(&format!("/params/{n}"))));
    let params = params.collect::<Result<Vec<Param>>>()?;
    let objects = wants_ndjson(call.headers());
    let statement = Statement { session: call.session.clone(), sql: asked.sql, params, objects };
    let failed = |error| Failure::found(&call.session, error);
    let running = statement.start(&call.app).await.map_err(failed)?;
    let response = if objects {
        lines(&call, running.rows).await.map_err(failed)?
    } else {
        whole(&call, &running.columns, running.rows).await.map_err(failed)?
    };
    Ok(response.with_seq(running.seq))
}

/// All rows as one body.
async fn whole(call: &Call, columns: &[Column], mut rows: Rows) -> Result<Response> {
    let bytes_max = call.app.limits().answer_bytes_max;
    let mut held = call.session.hold(usize::MAX);
    let mut out = b"{\"columns\":".to_vec();
    let columns = serde_json::to_vec(columns);
    out.extend(columns.map_err(|e| Error::internal("the columns have no JSON").with_source(e))?);
    out.extend_from_slice(b",\"rows\":[");
    let begin = out.len();
    while let Some((batch, _held)) = rows.next().await? {
        held.grow(batch.iter().map(|row| row.len() + 1).sum())?;
        for row in batch {
            if out.len() > begin {
                out.push(b',');
            }
            out.extend_from_slice(row.as_bytes());
        }
        if out.len() > bytes_max {
            let detail = format!(
                "the rows have more than {bytes_max} bytes, which is what is sent at once: ask for fewer, \
                 or for application/x-ndjson, which streams"
            );
            return Err(Error::new(Code::TooLarge, detail));
        }
    }
    out.extend_from_slice(b"]}");
    Ok(held_bytes_of(StatusCode::OK, out, held))
}

/// One line for each row, as they come. An error before the first is an answer of its own.
async fn lines(call: &Call, mut rows: Rows) -> Result<Response> {
    let first = rows.next().await?;
    let begun = first.map(|first| (Some(first), rows));
    Ok(stream::ndjson(
        call,
        futures::stream::unfold(begun, |state| async move {
            let (first, mut rows) = state?;
            let batch = match first {
                Some(first) => Some(first),
                None => match rows.next().await {
                    Ok(batch) => batch,
                    Err(error) => return Some((Err(error), None)),
                },
            };
            Some((Ok(joined(&batch?.0)), Some((None, rows))))
        }),
    ))
}

fn joined(rows: &[String]) -> Bytes {
    let mut out = Vec::with_capacity(rows.iter().map(|row| row.len() + 1).sum());
    for row in rows {
        out.extend_from_slice(row.as_bytes());
        out.push(b'\n');
    }
    out.into()
}
