//! Changes that happen together or not at all.

use crate::answer::{WithHeaders, json};
use crate::failure::Failure;
use crate::request::{Call, JSON_LIKE, parse};
use axum::http::StatusCode;
use axum::response::Response;
use quire_model::{Code, Error, Expect, Result};
use quire_query::{Change, Session};
use quire_wire::{BatchAnswer, BatchOperation, BatchRequest, BatchVerb, Raw, Written};

/// `POST /v1/databases/{database}/batch`.
pub(super) async fn batch(mut call: Call) -> Result<Response, Failure> {
    call.write()?;
    let received = call.body(JSON_LIKE, call.app.limits().batch_bytes_max).await?;
    let work = move |session: &Session| {
        let held = received.held;
        let asked: BatchRequest = parse(&received.bytes, session.limits().depth_max)?;
        // The documents were copied out of it; the budget stays taken, because they are as large.
        drop(received.bytes);
        let changes = asked.operations.into_iter().enumerate();
        let changes: Vec<Change> =
            changes.map(|(n, operation)| change(n, operation)).collect::<Result<_>>()?;
        let batched = session.batch(changes);
        drop(held);
        batched
    };
    let batched = call.run(work).await?;
    let results =
        batched.written.iter().map(|w| Written { id: w.id.as_str().to_owned(), rev: w.rev }).collect();
    let answer = BatchAnswer { seq: batched.seq, results };
    Ok(json(StatusCode::OK, &answer)?.with_seq(batched.seq).with_replayed(batched.replayed))
}

/// The change that an operation asks for; fields that do not go with its verb are refused.
fn change(n: usize, operation: BatchOperation) -> Result<Change> {
    let BatchOperation { op, collection, id, document, patch, if_rev } = operation;
    let fault = |field: &str, what: &str| {
        let error = Error::new(Code::InvalidRequest, format!("operation {n}: {what} `{field}`"));
        error.under(&format!("/operations/{n}/{field}"))
    };
    let needed = |field: &str| fault(field, "it needs the field");
    let barred =
        |field: &str, there: bool| if there { Err(fault(field, "it takes no field")) } else { Ok(()) };
    let bytes = |raw: Raw| Box::<str>::from(raw).into_string().into_bytes();
    match op {
        BatchVerb::Insert => {
            barred("patch", patch.is_some())?;
            barred("if_rev", if_rev.is_some())?;
            let body = bytes(document.ok_or_else(|| needed("document"))?);
            Ok(match id {
                None => Change::Insert { collection, body },
                id => Change::Replace { collection, id, body, expect: Expect::Absent },
            })
        }
        BatchVerb::Replace => {
            barred("patch", patch.is_some())?;
            let body = bytes(document.ok_or_else(|| needed("document"))?);
            let expect = if_rev.map_or(Expect::Any, Expect::Revision);
            Ok(Change::Replace { collection, id, body, expect })
        }
        BatchVerb::Patch => {
            barred("document", document.is_some())?;
            let id = id.ok_or_else(|| needed("id"))?;
            let body = bytes(patch.ok_or_else(|| needed("patch"))?);
            Ok(Change::Patch { collection, id, body, expect: if_rev })
        }
        BatchVerb::Delete => {
            barred("document", document.is_some())?;
            barred("patch", patch.is_some())?;
            let id = id.ok_or_else(|| needed("id"))?;
            Ok(Change::Delete { collection, id, expect: if_rev })
        }
    }
}
