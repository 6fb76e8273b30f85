//! Sends a group of documents, and says what became of each.

use quire_client::wire::{BatchOperation, BatchVerb, BulkLine, BulkResult, Problem, Written};
use quire_client::{ClientError, Collection};
use serde_json::value::RawValue;

use crate::failure::Failure;

/// What became of operations that were sent in order up to the first that is refused.
pub(crate) struct Sent {
    /// The answers of those before it: all of them, where none was refused.
    pub(crate) written: Vec<Written>,
    /// Why the next one was refused.
    pub(crate) refused: Option<Box<Problem>>,
}

/// Commits documents in order: everything before the first that is refused, and nothing behind it.
///
/// All go in one commit. Where that is refused, the part before the culprit goes in one, then the culprit alone, so
/// that the reason is its own.
pub(crate) async fn until_refused(collection: &Collection, lines: &[Line]) -> Result<Sent, Failure> {
    let mut written = Vec::with_capacity(lines.len());
    let mut take = lines.len();
    while written.len() < lines.len() {
        let rest = &lines[written.len()..];
        take = take.clamp(1, rest.len());
        if take == 1 {
            match alone(collection, &rest[0]).await? {
                Ok(done) => written.push(done),
                Err(problem) => return Ok(Sent { written, refused: Some(problem) }),
            }
            take = rest.len();
            continue;
        }
        let operations = rest[..take].iter().map(|line| line.of_batch(collection)).collect();
        match collection.database().batch(operations).await {
            Ok(answer) if answer.results.len() == take => written.extend(answer.results),
            Ok(_) => return Err(Failure::internal("a batch was answered with the wrong number of results")),
            Err(ClientError::Problem(problem)) if problem.status < 500 => {
                take = culprit(&problem).filter(|at| *at < take).unwrap_or(take / 2);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Sent { written, refused: None })
}

/// One document by itself, with its own answer.
async fn alone(collection: &Collection, line: &Line) -> Result<Result<Written, Box<Problem>>, Failure> {
    let mut results = collection.bulk_lines(&[line.of_bulk()]).await?;
    let Some(result) = results.next().await? else {
        return Err(Failure::internal("a bulk request was answered with too few lines"));
    };
    match refusal(&result)? {
        Some(problem) => Ok(Err(problem)),
        None => {
            let (Some(id), Some(rev)) = (result.id, result.rev) else {
                return Err(Failure::internal("a bulk request was answered without an _id and a _rev"));
            };
            Ok(Ok(Written { id, rev }))
        }
    }
}

/// Why a line was refused, if it was. What would refuse every other line as well is a failure of the whole.
fn refusal(result: &BulkResult) -> Result<Option<Box<Problem>>, Failure> {
    if result.succeeded() {
        return Ok(None);
    }
    let code = result.code.as_deref().unwrap_or("internal");
    let detail = result.detail.as_deref().unwrap_or_default();
    let problem = Problem::new(result.status, code, detail, result.retryable.unwrap_or_default());
    let problem = Box::new(Problem { errors: result.errors.clone(), ..problem });
    if problem.status >= 500 { Err(Failure::Problem(problem)) } else { Ok(Some(problem)) }
}

/// The number of the operation at fault.
fn culprit(problem: &Problem) -> Option<usize> {
    let numbers = problem.errors.iter().filter_map(|part| {
        let rest = part.pointer.strip_prefix("/operations/")?;
        rest.split('/').next()?.parse().ok()
    });
    numbers.min()
}

/// A document on its way.
pub(crate) struct Line {
    text: Box<RawValue>,
    /// Whether it may take the place of another.
    replaces: bool,
}

impl Line {
    /// A document from checked text. Only one that has an `_id` can replace something.
    pub(crate) fn new(text: &str, replaces: bool) -> Result<Line, Failure> {
        let text = RawValue::from_string(text.to_owned())
            .map_err(|error| Failure::internal(format!("checked JSON cannot be sent: {error}")))?;
        Ok(Line { text, replaces })
    }

    fn of_bulk(&self) -> BulkLine {
        let text = self.text.clone();
        if self.replaces { BulkLine::Replace(text) } else { BulkLine::Insert(text) }
    }

    fn of_batch(&self, collection: &Collection) -> BatchOperation {
        BatchOperation {
            op: if self.replaces { BatchVerb::Replace } else { BatchVerb::Insert },
            collection: collection.name().to_owned(),
            id: None,
            document: Some(self.text.clone()),
            patch: None,
            if_rev: None,
        }
    }
}

/// Sends documents each for itself; the answer has the reason for each that was refused, by its place in `lines`.
pub(super) async fn one_by_one(
    collection: &Collection,
    lines: &[Line],
) -> Result<Vec<(usize, Box<Problem>)>, Failure> {
    let sent: Vec<BulkLine> = lines.iter().map(Line::of_bulk).collect();
    let mut results = collection.bulk_lines(&sent).await?;
    let mut refused = Vec::new();
    for at in 0..lines.len() {
        let Some(result) = results.next().await? else {
            return Err(Failure::internal("a bulk request was answered with too few lines"));
        };
        refused.extend(refusal(&result)?.map(|problem| (at, problem)));
    }
    Ok(refused)
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
