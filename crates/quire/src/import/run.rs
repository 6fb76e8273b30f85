//! Runs an import from its source to its last line.

use std::sync::Arc;

use quire_client::Collection;
use quire_client::wire::Problem;

use super::group::{Next, Refused, groups};
use super::piece::Prepared;
use super::send::{self, Line};
use super::source::Source;
use crate::args::OnError;
use crate::failure::Failure;
use crate::notes::{Notes, Progress};

/// How to import.
pub(crate) struct Plan {
    /// Where to.
    pub(crate) collection: Collection,
    /// What a refused document does to the rest.
    pub(crate) on_error: OnError,
    /// Whether documents that are there already are replaced.
    pub(crate) replace: bool,
    /// Where refusals are reported.
    pub(crate) notes: Notes,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    /// Documents imported.
    pub(crate) documents: u64,
    /// Documents refused.
    pub(crate) refused: u64,
}

/// Imports a source. Refusals are reported as they are found, and counted.
///
/// # Errors
/// What keeps every document out: the server is gone, the disk is full. How far the import came is said before.
pub(crate) async fn run(plan: &Plan, source: Source) -> Result<Imported, Failure> {
    let name = source.name.clone();
    let progress = plan.notes.progress(source.bytes, Arc::clone(&source.bytes_read));
    let mut run = Run { plan, name, progress, done: Imported::default() };
    let outcome = run.all(source).await;
    let Run { progress, done, .. } = run;
    drop(progress);
    if outcome.is_err() && done.documents > 0 {
        plan.notes.say(format_args!("imported {} documents before this:", done.documents));
    }
    outcome.map(|()| done)
}

struct Run<'a> {
    plan: &'a Plan,
    name: String,
    progress: Progress,
    done: Imported,
}

impl Run<'_> {
    async fn all(&mut self, source: Source) -> Result<(), Failure> {
        let mut groups = groups(source);
        while let Some(next) = groups.recv().await {
            let goes_on = match next {
                Next::Group(group) => self.group(&group).await?,
                Next::Refused(refused) => self.refuse(refused),
                Next::Broken(broken) => {
                    let code = "invalid_json".to_owned();
                    self.refuse(Refused { line: broken.line, code, detail: broken.why });
                    false
                }
            };
            self.progress.update(self.done.documents);
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    /// Sends a group; whether the import goes on.
    async fn group(&mut self, group: &[Prepared]) -> Result<bool, Failure> {
        let Plan { collection, replace, on_error, .. } = self.plan;
        let lines: Result<Vec<_>, Failure> =
            group.iter().map(|document| Line::new(&document.text, *replace && document.has_id)).collect();
        let lines = lines?;
        if *on_error == OnError::Stop {
            let sent = send::until_refused(collection, &lines).await?;
            self.done.documents += sent.written.len() as u64;
            return Ok(match (sent.refused, group.get(sent.written.len())) {
                (Some(problem), Some(document)) => self.refuse_with(document, *problem),
                _ => true,
            });
        }
        let refused = send::one_by_one(collection, &lines).await?;
        self.done.documents += (group.len() - refused.len()) as u64;
        for (at, problem) in refused {
            self.refuse_with(&group[at], *problem);
        }
        Ok(true)
    }

    fn refuse_with(&mut self, document: &Prepared, problem: Problem) -> bool {
        self.refuse(Refused { line: document.line, code: problem.code, detail: problem.detail })
    }

    /// Reports a refusal; whether the import goes on.
    fn refuse(&mut self, refused: Refused) -> bool {
        self.done.refused += 1;
        let Refused { line, code, detail } = refused;
        self.progress.aside(|| self.plan.notes.refused(&self.name, line, &code, &detail));
        self.plan.on_error == OnError::Skip
    }
}
