//! Sends a group of documents, and says what became of each.

use quire_client::wire::{BatchOperation, BatchVerb, BulkLine, Problem, Written};
use quire_client::{ClientError, Collection, Database};
use serde_json::value::RawValue;

use super::piece::Prepared;
use crate::failure::Failure;

/// What became of operations that were sent in order up to the first that is refused.
pub(crate) struct Sent {
    /// The answers of those before it: all of them, where none was refused.
    pub(crate) written: Vec<Written>,
    /// Why the next one was refused.
    pub(crate) refused: Option<Box<Problem>>,
}

/// Commits operations in order: everything before the first that is refused, and nothing behind it.
///
/// All go in one commit. Where that is refused, the part before the culprit goes in one, then the culprit alone, so
/// that the reason is its own.
pub(crate) async fn until_refused(
    database: &Database,
    operations: &[BatchOperation],
) -> Result<Sent, Failure> {
    let mut written = Vec::with_capacity(operations.len());
    let mut take = operations.len();
    while written.len() < operations.len() {
        let rest = &operations[written.len()..];
        take = take.clamp(1, rest.len());
        match database.batch(rest[..take].to_vec()).await {
            Ok(answer) if answer.results.len() == take => written.extend(answer.results),
            Ok(_) => return Err(Failure::internal("a batch was answered with the wrong number of results")),
            Err(ClientError::Problem(problem)) if problem.status < 500 && take == 1 => {
                return Ok(Sent { written, refused: Some(problem) });
            }
            Err(ClientError::Problem(problem)) if problem.status < 500 => {
                take = culprit(&problem).filter(|at| *at < take).unwrap_or(take / 2);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Sent { written, refused: None })
}

/// The number of the operation at fault.
fn culprit(problem: &Problem) -> Option<usize> {
    let numbers = problem.errors.iter().filter_map(|part| {
        let rest = part.pointer.strip_prefix("/operations/")?;
        rest.split('/').next()?.parse().ok()
    });
    numbers.min()
}

/// The operation that imports a document. Only what has an `_id` can replace something.
pub(super) fn operation(
    collection: &Collection,
    document: &Prepared,
    replace: bool,
) -> Result<BatchOperation, Failure> {
    let op = if replace && document.has_id { BatchVerb::Replace } else { BatchVerb::Insert };
    Ok(BatchOperation {
        op,
        collection: collection.name().to_owned(),
        id: None,
        document: Some(raw(&document.text)?),
        patch: None,
        if_rev: None,
    })
}

/// Sends documents each for itself; the answer has the reason for each that was refused, by its place in `group`.
pub(super) async fn one_by_one(
    collection: &Collection,
    group: &[Prepared],
    replace: bool,
) -> Result<Vec<(usize, Problem)>, Failure> {
    let mut lines = Vec::with_capacity(group.len());
    for document in group {
        let text = raw(&document.text)?;
        lines.push(if replace && document.has_id { BulkLine::Replace(text) } else { BulkLine::Insert(text) });
    }
    let mut results = collection.bulk_lines(&lines).await?;
    let mut refused = Vec::new();
    for at in 0..group.len() {
        let Some(result) = results.next().await? else {
            return Err(Failure::internal("a bulk request was answered with too few lines"));
        };
        if result.succeeded() {
            continue;
        }
        let code = result.code.as_deref().unwrap_or("internal");
        let detail = result.detail.as_deref().unwrap_or_default();
        let problem = Problem::new(result.status, code, detail, result.retryable.unwrap_or_default());
        // It is not this document that is wrong: what follows would fare no better.
        if problem.status >= 500 {
            return Err(Failure::Problem(Box::new(problem)));
        }
        refused.push((at, problem));
    }
    Ok(refused)
}

/// Checked text as a part of a request.
pub(crate) fn raw(text: &str) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(text.to_owned())
        .map_err(|error| Failure::internal(format!("checked JSON cannot be sent: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quire_client::wire::ProblemPart;

    #[test]
    fn the_culprit_is_the_first_operation_named() {
        let mut problem = Problem::new(400, "invalid_document", "x", false);
        assert_eq!(culprit(&problem), None);
        for pointer in ["/sql", "/operations/7", "/operations/3/document/a", "/operations/x"] {
            let (code, detail) = (String::new(), String::new());
            problem.errors.push(ProblemPart { pointer: pointer.to_owned(), code, detail });
        }
        assert_eq!(culprit(&problem), Some(3));
    }
}
