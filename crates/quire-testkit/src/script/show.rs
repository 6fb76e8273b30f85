//! Answers as text. Nothing that may differ between two right stores is shown.

use quire_model::{Committed, DatabaseStatistics, DocId, Error, Filter, Result, Row, Rows, Stored};

/// The lines of an answer, or of the error in its place: its code, and the places that it names.
pub(super) fn lines<T>(result: Result<T>, show: impl FnOnce(T) -> Vec<String>) -> Vec<String> {
    result.map_or_else(|error| vec![failure(&error)], show)
}

fn failure(error: &Error) -> String {
    let mut line = format!("error {}", error.code());
    for part in error.parts() {
        line.push_str(&format!(" at {}", part.pointer));
        if part.code != error.code() {
            line.push_str(&format!(" ({})", part.code));
        }
    }
    line
}

/// The commit's number, and what each operation met.
pub(super) fn committed(committed: Committed) -> Vec<String> {
    let met = |previous: &Option<u64>| previous.map_or("-".to_owned(), |revision| revision.to_string());
    let previous: Vec<String> = committed.previous.iter().map(met).collect();
    vec![format!("seq {} previous {}", committed.seq, previous.join(" "))]
}

pub(super) fn found(ids: &[DocId], found: Vec<Option<Stored>>) -> Vec<String> {
    let line = |(id, stored): (&DocId, Option<Stored>)| match stored {
        Some(stored) => document(&stored),
        None => format!("no {id:?}"),
    };
    ids.iter().zip(found).map(line).collect()
}

/// The rows of a scan that match, up to its limit, and how many they are.
pub(super) fn scanned(mut rows: Box<dyn Rows>, filter: &Filter, limit: Option<usize>) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    while let Some(batch) = rows.next_batch()? {
        // What is not exact is checked again above a store; here too.
        let matching = batch.iter().filter(|stored| filter.matches(Row::from(*stored)));
        lines.extend(matching.map(document));
    }
    lines.truncate(limit.unwrap_or(usize::MAX));
    lines.push(match lines.len() {
        1 => "1 document".to_owned(),
        count => format!("{count} documents"),
    });
    Ok(lines)
}

/// Longer documents are shown by their beginning and their size.
const SHOWN_CHARS: usize = 160;

fn document(stored: &Stored) -> String {
    let text = stored.text_with_rev();
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}… ({} bytes, rev {})", &text[..end], text.len(), stored.rev),
        None => text,
    }
}

/// Names on one line.
pub(super) fn names<T: ToString>(names: &[T]) -> Vec<String> {
    let names: Vec<String> = names.iter().map(T::to_string).collect();
    vec![if names.is_empty() { "none".to_owned() } else { names.join(" ") }]
}

pub(super) fn statistics(statistics: DatabaseStatistics) -> Vec<String> {
    let head = format!("{} seq {}", statistics.name, statistics.seq);
    let collections = statistics.collections.iter().map(|c| format!("{} {}", c.name, c.documents));
    std::iter::once(head).chain(collections).collect()
}
