//! `insert`: one document, or one on each line of standard input.

use quire_client::Collection;

use super::Desk;
use super::documents::{shown, written};
use crate::args::Insert;
use crate::failure::Failure;
use crate::import::{Line, until_refused};
use crate::input::{Documents, argument, documents, is_json};

/// Documents that share a commit.
const GROUP_DOCUMENTS_MAX: usize = 1_000;

pub(super) async fn run(desk: &Desk, collection: &Collection, args: Insert) -> Result<(), Failure> {
    let from_stdin = args.document.as_deref().is_none_or(|text| text == "-");
    let bytes = argument(args.document.as_deref())?;
    match documents(&bytes) {
        Documents::Lines(_) if from_stdin && args.idempotency_key.is_some() => Err(Failure::usage(
            "an idempotency key stands for one document, and here are several; give each its own",
        )),
        Documents::Lines(lines) if from_stdin => insert_lines(desk, collection, &lines).await,
        _ => written(desk, &collection.insert(bytes).await?),
    }
}

/// Inserts lines up to the first that is refused, and prints what was inserted.
async fn insert_lines(desk: &Desk, collection: &Collection, lines: &[(u64, &[u8])]) -> Result<(), Failure> {
    // What is no JSON cannot travel with others; it goes alone, so that the server says what is wrong with it.
    let good = lines.iter().take_while(|(_, line)| is_json(line)).count();
    let mut list = desk.output.list(None);
    for group in lines[..good].chunks(GROUP_DOCUMENTS_MAX) {
        let lines: Result<Vec<_>, _> = group.iter().map(|(_, line)| line_of(line)).collect();
        let sent = until_refused(collection, &lines?).await?;
        for written in &sent.written {
            list.add(&shown(written)?)?;
        }
        if let (Some(problem), Some((number, _))) = (sent.refused, group.get(sent.written.len())) {
            list.end()?;
            return Err(Failure::Problem(problem).context(format_args!("stdin:{number}")));
        }
    }
    list.end()?;
    let Some((number, bad)) = lines.get(good) else { return Ok(()) };
    match collection.insert(bad.to_vec()).await {
        Ok(_) => Err(Failure::internal("the server took a line that is no JSON")),
        Err(error) => Err(Failure::from(error).context(format_args!("stdin:{number}"))),
    }
}

fn line_of(line: &[u8]) -> Result<Line, Failure> {
    let text = std::str::from_utf8(line).map_err(|error| Failure::internal(error.to_string()))?;
    Line::new(text, false)
}
