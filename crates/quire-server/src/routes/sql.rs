//! SQL: a statement runs on threads of its own and hands its rows over, a few batches ahead at most.

use crate::AppState;
use crate::answer::{WithHeaders, bytes_of};
use crate::failure::{Failure, stream_line};
use crate::pool::Permit;
use crate::request::{JSON_LIKE, Place, QueryString, check_content_type, parse, receive, wants_ndjson};
use crate::stream;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures::StreamExt;
use quire_model::{Code, Error, Result, Seq};
use quire_query::Session;
use quire_query::sql::{Param, SqlResult};
use quire_wire::{Column, SqlRequest};
use std::convert::Infallible;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Batches that may wait for the client.
const BATCHES_AHEAD: usize = 2;

/// What the statement's task says, in this order; without `End` the rows are not complete.
enum Said {
    Head(Seq, Vec<Column>),
    Rows(Vec<String>),
    Error(Error),
    End,
}

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
    let params =
        asked.params.iter().enumerate().map(|(n, raw)| {
            Param::from_json(raw.get()).map_err(|error| error.under(&format!("/params/{n}")))
        });
    let params = params.collect::<Result<Vec<Param>>>()?;
    let lines = wants_ndjson(&head.headers);
    let permit = app.sql().enter().await?;
    let (say, mut said) = channel(BATCHES_AHEAD);
    app.sql_threads().handle()?.spawn(run(session, asked.sql, params, lines, say, permit));
    let (seq, columns) = match said.recv().await {
        Some(Said::Head(seq, columns)) => (seq, columns),
        Some(Said::Error(error)) => return Err(error.into()),
        _ => return Err(lost().into()),
    };
    let response = if lines { streamed(said).await? } else { whole(&app, &columns, said).await? };
    Ok(response.with_seq(seq))
}

/// Runs a statement and says what comes of it. Where nobody listens any more it ends, and its place is free.
async fn run(
    session: Session,
    sql: String,
    params: Vec<Param>,
    objects: bool,
    say: Sender<Said>,
    permit: Permit,
) {
    let _permit = permit;
    let end = tokio::select! {
        end = tell(&session, &sql, &params, objects, &say) => end,
        () = say.closed() => return,
    };
    // Whoever does not listen any more needs no end.
    say.send(end.map_or_else(Said::Error, |()| Said::End)).await.ok();
}

async fn tell(
    session: &Session,
    sql: &str,
    params: &[Param],
    objects: bool,
    say: &Sender<Said>,
) -> Result<()> {
    let SqlResult { columns, seq, rows } = session.sql(sql, params).await?;
    let columns = columns.into_iter().map(|c| Column { name: c.name, column_type: c.r#type }).collect();
    let mut rows = if objects { rows.objects() } else { rows };
    let gone = |_| Error::internal("nobody listens");
    say.send(Said::Head(seq, columns)).await.map_err(gone)?;
    while let Some(batch) = rows.next().await {
        say.send(Said::Rows(batch?)).await.map_err(gone)?;
    }
    Ok(())
}

/// All rows as one body.
async fn whole(app: &AppState, columns: &[Column], mut said: Receiver<Said>) -> Result<Response> {
    let bytes_max = app.limits().answer_bytes_max;
    let mut out = b"{\"columns\":".to_vec();
    let columns = serde_json::to_vec(columns);
    out.extend(columns.map_err(|e| Error::internal("the columns have no JSON").with_source(e))?);
    out.extend_from_slice(b",\"rows\":[");
    let begin = out.len();
    loop {
        match said.recv().await {
            Some(Said::Rows(rows)) => {
                for row in rows {
                    if out.len() > begin {
                        out.push(b',');
                    }
                    out.extend_from_slice(row.as_bytes());
                }
            }
            Some(Said::End) => break,
            Some(Said::Error(error)) => return Err(error),
            Some(Said::Head(..)) | None => return Err(lost()),
        }
        if out.len() > bytes_max {
            let detail = format!(
                "the rows have more than {bytes_max} bytes, which is what is sent at once: ask for fewer, or for \
                 application/x-ndjson, which streams"
            );
            return Err(Error::new(Code::TooLarge, detail));
        }
    }
    out.extend_from_slice(b"]}");
    Ok(bytes_of(StatusCode::OK, out))
}

/// One line for each row, as they come. An error before the first is an answer of its own.
async fn streamed(mut said: Receiver<Said>) -> Result<Response> {
    let first = match said.recv().await {
        Some(Said::Error(error)) => return Err(error),
        first => first,
    };
    let begun = (Some(first), Some(said));
    Ok(stream::ndjson(Body::from_stream(futures::stream::unfold(begun, |(first, said)| async move {
        let mut said = said?;
        let next = match first {
            Some(first) => first,
            None => said.recv().await,
        };
        let (bytes, rest): (Bytes, _) = match next {
            Some(Said::Rows(rows)) => {
                (rows.into_iter().flat_map(|row| (row + "\n").into_bytes()).collect(), Some(said))
            }
            Some(Said::End) => return None,
            Some(Said::Error(error)) => (stream_line(&error).into(), None),
            Some(Said::Head(..)) | None => (stream_line(&lost()).into(), None),
        };
        Some((Ok::<Bytes, Infallible>(bytes), (None, rest)))
    }))))
}

fn lost() -> Error {
    Error::internal("the statement met a defect and was ended")
}
