//! Groups of documents, made on a thread of its own while earlier groups are under way.

use tokio::sync::mpsc::{Receiver, channel};

use super::piece::{Checker, Prepared};
use super::source::Source;
use super::split::{Broken, Splitter};

/// Documents of a group: enough to share one commit among many, few enough to wait for.
const GROUP_DOCUMENTS_MAX: usize = 1_000;
/// Bytes of a group, unless one document alone has more.
const GROUP_BYTES_MAX: usize = 1024 * 1024;
/// Groups that wait to be sent.
const GROUPS_AHEAD: usize = 2;

/// A piece that is no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) line: u64,
    pub(super) code: String,
    pub(super) detail: String,
}

/// What stands next in the source.
pub(super) enum Next {
    /// Documents to send together.
    Group(Vec<Prepared>),
    /// A piece that is no document; everything before it came in groups.
    Refused(Refused),
    /// Nothing more can be read.
    Broken(Broken),
}

/// Reads a source in the background. The channel ends after the last group.
pub(super) fn groups(source: Source) -> Receiver<Next> {
    let (sender, receiver) = channel(GROUPS_AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut groups =
            Groups { splitter: Splitter::new(source.reader), checker: Checker::new(), late: None };
        while let Some(next) = groups.next() {
            let is_last = matches!(next, Next::Broken(_));
            // Whoever no longer listens has failed and says so; there is nothing to add here.
            if sender.blocking_send(next).is_err() || is_last {
                return;
            }
        }
    });
    receiver
}

struct Groups {
    splitter: Splitter,
    checker: Checker,
    /// What ended the group that was given out last.
    late: Option<Next>,
}

impl Groups {
    fn next(&mut self) -> Option<Next> {
        if let Some(late) = self.late.take() {
            return Some(late);
        }
        let mut group = Vec::new();
        let mut bytes = 0;
        while group.len() < GROUP_DOCUMENTS_MAX && bytes < GROUP_BYTES_MAX {
            match self.document() {
                Some(Ok(document)) => {
                    bytes += document.text.len();
                    group.push(document);
                }
                Some(Err(next)) => {
                    self.late = Some(next);
                    break;
                }
                None => break,
            }
        }
        match group.is_empty() {
            true => self.late.take(),
            false => Some(Next::Group(group)),
        }
    }

    fn document(&mut self) -> Option<Result<Prepared, Next>> {
        let piece = match self.splitter.next() {
            Ok(piece) => piece?,
            Err(broken) => return Some(Err(Next::Broken(broken))),
        };
        let Some(bytes) = piece.bytes else {
            let detail = "longer than any document can be".to_owned();
            let code = "too_large".to_owned();
            return Some(Err(Next::Refused(Refused { line: piece.line, code, detail })));
        };
        Some(self.checker.prepare(piece.line, &bytes).map_err(|error| {
            let (code, detail) = (error.code().to_string(), error.detail().to_owned());
            Next::Refused(Refused { line: piece.line, code, detail })
        }))
    }
}
