//! Why a command did not do what it was asked for, how that is told, and the exit code that follows.

use std::io;

use quire_client::ClientError;
use quire_client::wire::{Problem, ProblemPart};
use quire_model::Code;

use crate::args::Format;
use crate::notes::warn;

/// What the process ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Refused, not found, unhealthy.
    Refused = 1,
    /// Wrong usage.
    Usage = 2,
    /// Damage found.
    Damage = 3,
    /// The data or the server could not be reached.
    Unreachable = 4,
}

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, a variable or a settings file is wrong.
    Usage(String),
    /// A problem: from the server, the connection, or the engine in this process.
    Problem(Box<Problem>),
    /// A failure with what to try next.
    Advised(Box<Failure>, &'static str),
    /// As `Problem`, but the sentence was printed already.
    Told(Exit),
    /// Standard output cannot be written.
    Output(io::Error),
    /// Whoever read standard output has seen enough.
    BrokenPipe,
}

impl Failure {
    /// Wrong usage.
    pub(crate) fn usage(why: impl Into<String>) -> Failure {
        Failure::Usage(why.into())
    }

    /// A problem with a code of ours.
    pub(crate) fn problem(code: Code, detail: impl Into<String>) -> Failure {
        Failure::Problem(Box::new(Problem::new(code.status(), code.as_str(), detail, code.retryable())))
    }

    /// A defect of QuireDB itself.
    pub(crate) fn internal(detail: impl Into<String>) -> Failure {
        Failure::problem(Code::Internal, detail)
    }

    /// The failure with its sentence put after `context` and a colon.
    pub(crate) fn context(mut self, context: impl std::fmt::Display) -> Failure {
        if let Failure::Problem(problem) = &mut self {
            problem.detail = format!("{context}: {}", problem.detail);
        }
        self
    }

    /// The failure with what to try next.
    pub(crate) fn advise(self, hint: &'static str) -> Failure {
        Failure::Advised(Box::new(self), hint)
    }

    /// The stable code, where it has one.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Failure::Advised(failure, _) => failure.code(),
            Failure::Problem(problem) => Some(&problem.code),
            _ => None,
        }
    }

    /// What the process ends with.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Usage(_) => Exit::Usage,
            Failure::Advised(failure, _) => failure.exit(),
            Failure::Told(exit) => *exit,
            Failure::Output(_) => Exit::Refused,
            Failure::BrokenPipe => Exit::Done,
            Failure::Problem(problem) => exit_of(&problem.code),
        }
    }

    /// Tells it on standard error.
    pub(crate) fn tell(&self, format: Option<Format>) {
        let problem = match self {
            Failure::Advised(failure, hint) => {
                failure.tell(format);
                if format != Some(Format::Json) {
                    warn(format_args!("hint: {hint}"));
                }
                return;
            }
            Failure::Told(_) | Failure::BrokenPipe => return,
            Failure::Usage(why) => &Problem::new(400, Code::InvalidRequest.as_str(), why.as_str(), false),
            Failure::Output(error) => {
                let detail = format!("the result cannot be written: {error}");
                &Problem::new(500, Code::Unavailable.as_str(), detail, false)
            }
            Failure::Problem(problem) => problem.as_ref(),
        };
        warn(told(problem, format));
    }
}

/// The exit code for a stable code.
pub(crate) fn exit_of(code: &str) -> Exit {
    match Code::parse(code) {
        Some(Code::Corrupt) => Exit::Damage,
        Some(Code::Locked | Code::WrongKey | Code::Unavailable | Code::FormatUnsupported) => {
            Exit::Unreachable
        }
        _ => Exit::Refused,
    }
}

fn told(problem: &Problem, format: Option<Format>) -> String {
    if format == Some(Format::Json)
        && let Ok(json) = serde_json::to_string(problem)
    {
        return json;
    }
    let mut text = format!("error: {} [{}]", problem.detail, problem.code);
    for part in problem.errors.iter().filter(|part| says_more(part, problem)) {
        text.push_str(&format!("\n  {}: {} [{}]", part.pointer, part.detail, part.code));
    }
    if let Some(hint) = hint(&problem.code) {
        text.push_str(&format!("\nhint: {hint}"));
    }
    text
}

fn says_more(part: &ProblemPart, problem: &Problem) -> bool {
    let is_the_same = problem.errors.len() == 1 && problem.detail.contains(&part.detail);
    !part.pointer.is_empty() && !is_the_same
}

/// What to try next.
fn hint(code: &str) -> Option<&'static str> {
    Some(match Code::parse(code)? {
        Code::CollectionNotFound => {
            "`quire collection list` shows the collections; the first insert makes one"
        }
        Code::DatabaseNotFound => "`quire db list` shows the databases, `quire db create NAME` makes one",
        Code::DocumentExists => "`quire replace` puts a document in the place of another",
        Code::RevisionMismatch => "read the document again: its _rev is the revision to give to --if-rev",
        Code::IdempotencyMismatch => "a new change needs a new --idempotency-key",
        Code::OutcomeUnknown => {
            "a change with an --idempotency-key can be sent again: it is made once, and answered as the first time"
        }
        Code::Locked => "another process has the folder open: end it, or speak with it over --url",
        Code::FormatUnsupported => "use the version of quire that wrote these files, or a newer one",
        Code::Corrupt => "what is damaged was not changed: copy the folder before you do anything else",
        Code::InvalidCursor => "a cursor goes on with the filter and the sort that it came from",
        Code::DiskFull => "free some space and try again; nothing was lost",
        _ => return None,
    })
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Failure {
        match error {
            ClientError::Problem(problem) => Failure::Problem(problem),
            ClientError::Unreachable { outcome_unknown: false, .. } => {
                Failure::problem(Code::Unavailable, error.detail())
            }
            ClientError::Unreachable { .. } => Failure::problem(Code::OutcomeUnknown, error.detail()),
            other => Failure::problem(Code::Unavailable, other.detail()),
        }
    }
}

impl From<quire_model::Error> for Failure {
    fn from(error: quire_model::Error) -> Failure {
        let code = error.code();
        let mut problem = Problem::new(code.status(), code.as_str(), error.detail(), code.retryable());
        problem.errors = error
            .parts()
            .iter()
            .map(|part| ProblemPart {
                pointer: part.pointer.clone(),
                code: part.code.to_string(),
                detail: part.detail.clone(),
            })
            .collect();
        Failure::Problem(Box::new(problem))
    }
}

/// Errors of input and output that reach a command are those of its standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::Output(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_exit() {
        for code in Code::ALL {
            let wanted = match code {
                Code::Corrupt => Exit::Damage,
                Code::Locked | Code::WrongKey | Code::Unavailable | Code::FormatUnsupported => {
                    Exit::Unreachable
                }
                _ => Exit::Refused,
            };
            assert_eq!(Failure::problem(*code, "x").exit(), wanted, "{code}");
        }
        assert_eq!(Failure::usage("x").exit(), Exit::Usage);
        assert_eq!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)).exit(), Exit::Done);
        assert_eq!(exit_of("a_code_of_tomorrow"), Exit::Refused);
    }

    #[test]
    fn it_is_told_for_people_or_for_programs() {
        let mut problem = Problem::new(400, "invalid_filter", "two things are wrong", false);
        for pointer in ["/a", "/b"] {
            let (code, detail) = ("invalid_filter".to_owned(), "wrong".to_owned());
            problem.errors.push(ProblemPart { pointer: pointer.to_owned(), code, detail });
        }
        let text = told(&problem, None);
        assert_eq!(
            text,
            "error: two things are wrong [invalid_filter]\n  /a: wrong [invalid_filter]\n  /b: wrong [invalid_filter]"
        );
        let json: Problem = serde_json::from_str(&told(&problem, Some(Format::Json))).unwrap();
        assert_eq!(json, problem);
        let text = told(&Problem::new(503, "locked", "it is locked", false), Some(Format::Csv));
        assert!(text.starts_with("error: it is locked [locked]\nhint: "), "{text}");
    }
}
