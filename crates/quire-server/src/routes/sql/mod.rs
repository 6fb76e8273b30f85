//! SQL: a statement runs on threads of its own (`statement.rs`) and hands its rows over.

mod statement;

use crate::AppState;
use crate::answer::{WithHeaders, bytes_of};
use crate::failure::{Failure, stream_line};
use crate::request::{JSON_LIKE, Place, QueryString, check_content_type, parse, receive, wants_ndjson};
use crate::stream;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use quire_model::{Code, Error, Result};
use quire_query::sql::Param;
use quire_wire::{Column, SqlRequest};
use statement::{Rows, Statement};
use std::convert::Infallible;

/// `POST /v1/databases/{database}/sql`.
pub(super) async fn sql(
    State(app): State<AppState>,
    place: Place,
    request: Request,
) -> Result<Response, Failure> {
    let (head, body) = request.into_parts();
    QueryString::read(&head.uri, &[])?;
    check_content_type(&head.headers, JSON_LIKE)?;
    let session = app.session_of(&place.database)?;
    let received = receive(&app, &head.headers, body, app.limits().query_bytes_max).await?;
    let asked: SqlRequest = parse(&received.bytes, session.limits().depth_max)?;
    drop(received);
    let params = asked.params.iter().enumerate();
    let params =
        params.map(|(n, raw)| Param::from_json(raw.get()).map_err(|e| e.under(&format!("/params/{n}"))));
    let params = params.collect::<Result<Vec<Param>>>()?;
    let objects = wants_ndjson(&head.headers);
    let running = Statement { session, sql: asked.sql, params, objects }.start(&app).await?;
    let response = if objects {
        lines(running.rows).await?
    } else {
        whole(&app, &running.columns, running.rows).await?
    };
    Ok(response.with_seq(running.seq))
}

/// All rows as one body.
async fn whole(app: &AppState, columns: &[Column], mut rows: Rows) -> Result<Response> {
    let bytes_max = app.limits().answer_bytes_max;
    let mut out = b"{\"columns\":".to_vec();
    let columns = serde_json::to_vec(columns);
    out.extend(columns.map_err(|e| Error::internal("the columns have no JSON").with_source(e))?);
    out.extend_from_slice(b",\"rows\":[");
    let begin = out.len();
    while let Some(batch) = rows.next().await? {
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
    Ok(bytes_of(StatusCode::OK, out))
}

/// One line for each row, as they come. An error before the first is an answer of its own.
async fn lines(mut rows: Rows) -> Result<Response> {
    let first = rows.next().await?;
    let begun = first.map(|first| (Some(first), rows));
    Ok(stream::ndjson(Body::from_stream(futures::stream::unfold(begun, |state| async move {
        let (first, mut rows) = state?;
        let batch = match first {
            Some(first) => Ok(Some(first)),
            None => rows.next().await,
        };
        let (bytes, rest): (Bytes, _) = match batch {
            Ok(None) => return None,
            Ok(Some(batch)) => (joined(&batch), Some((None, rows))),
            Err(error) => (stream_line(&error).into(), None),
        };
        Some((Ok::<Bytes, Infallible>(bytes), rest))
    }))))
}

fn joined(rows: &[String]) -> Bytes {
    let mut out = Vec::with_capacity(rows.iter().map(|row| row.len() + 1).sum());
    for row in rows {
        out.extend_from_slice(row.as_bytes());
        out.push(b'\n');
    }
    out.into()
}
