//! What a command line asks for.

use super::words::Words;
use quire_model::{DocId, Document, Expect, Filter, Name, Operation, Scan};

#[derive(Debug)]
pub(super) enum Command {
    /// An operation: a commit of its own, or a part of the batch that is open.
    Write(Operation),
    Batch,
    End,
    Fill {
        collection: Name,
        count: usize,
        bytes: usize,
    },
    Read(Read),
    /// A read at a snapshot that is held.
    At(String, Read),
    Hold(String),
    Release(String),
    Stats,
    Databases,
    CreateDatabase(Name),
    DropDatabase(Name),
    UseDatabase(Name),
    Checkpoint,
    Reopen,
    Crash,
    /// A command of the backend's own.
    Special(String),
}

#[derive(Debug)]
pub(super) enum Read {
    Get(Name, Vec<DocId>),
    Scan(Scan),
    Collections,
    Seq,
}

type Parsed<T> = Result<T, String>;

impl Command {
    /// Reads one command. A first word that is not known is left to the backend; everything behind a known one must
    /// be understood.
    pub(super) fn parse(line: &str) -> Parsed<Command> {
        let mut words = Words::new(line);
        let command = match words.word().unwrap_or_default() {
            "put" => {
                let collection = name(&mut words)?;
                let text = words.json().ok_or("put takes a JSON object")?;
                let document = Document::parse(text.as_bytes()).map_err(|e| e.to_string())?;
                Command::Write(Operation::Put { collection, document, expect: expect(&mut words)? })
            }
            "delete" => {
                let (collection, id) = (name(&mut words)?, id(&mut words)?);
                Command::Write(Operation::Delete { collection, id, expect: expect(&mut words)? })
            }
            "create" => Command::Write(Operation::CreateCollection { collection: name(&mut words)? }),
            "drop" => Command::Write(Operation::DropCollection { collection: name(&mut words)? }),
            "batch" => Command::Batch,
            "end" => Command::End,
            "fill" => Command::Fill {
                collection: name(&mut words)?,
                count: number(&mut words)?,
                bytes: number(&mut words)?,
            },
            "snapshot" => Command::Hold(label(&mut words)?),
            "release" => Command::Release(label(&mut words)?),
            "at" => {
                let label = label(&mut words)?;
                let read = read(&mut words)?.ok_or("at a snapshot: get, scan, collections or seq")?;
                Command::At(label, read)
            }
            "stats" => Command::Stats,
            "databases" => Command::Databases,
            "database" => match words.word() {
                Some("create") => Command::CreateDatabase(name(&mut words)?),
                Some("drop") => Command::DropDatabase(name(&mut words)?),
                Some("use") => Command::UseDatabase(name(&mut words)?),
                _ => return Err("database takes create, drop or use".to_owned()),
            },
            "checkpoint" => Command::Checkpoint,
            "reopen" => Command::Reopen,
            "crash" => Command::Crash,
            "" => return Err("a command is missing".to_owned()),
            _ => {
                words = Words::new(line);
                match read(&mut words)? {
                    Some(read) => Command::Read(read),
                    None => return Ok(Command::Special(line.trim().to_owned())),
                }
            }
        };
        if words.is_empty() { Ok(command) } else { Err(format!("not understood: {}", words.rest())) }
    }
}

fn read(words: &mut Words<'_>) -> Parsed<Option<Read>> {
    Ok(Some(match words.word() {
        Some("get") => {
            let collection = name(words)?;
            let mut ids = vec![id(words)?];
            while !words.is_empty() {
                ids.push(id(words)?);
            }
            Read::Get(collection, ids)
        }
        Some("scan") => Read::Scan(scan(words)?),
        Some("collections") => Read::Collections,
        Some("seq") => Read::Seq,
        _ => return Ok(None),
    }))
}

fn scan(words: &mut Words<'_>) -> Parsed<Scan> {
    let mut scan = Scan::all(name(words)?);
    while let Some(word) = words.word() {
        match word {
            "filter" => {
                let text = words.json().ok_or("filter takes a JSON object")?;
                scan.filter = Filter::parse(text).map_err(|e| e.to_string())?;
            }
            "after" => scan.after = Some(id(words)?),
            "limit" => scan.limit = Some(number(words)?),
            other => return Err(format!("scan takes filter, after and limit, not {other}")),
        }
    }
    Ok(scan)
}

fn expect(words: &mut Words<'_>) -> Parsed<Expect> {
    match words.word() {
        None => Ok(Expect::Any),
        Some("absent") => Ok(Expect::Absent),
        Some("present") => Ok(Expect::Present),
        Some("rev") => Ok(Expect::Revision(number(words)? as u64)),
        Some(other) => Err(format!("expected is absent, present or rev N, not {other}")),
    }
}

fn name(words: &mut Words<'_>) -> Parsed<Name> {
    Name::new(words.word().ok_or("a name is missing")?).map_err(|e| e.to_string())
}

fn label(words: &mut Words<'_>) -> Parsed<String> {
    words.word().map(str::to_owned).ok_or_else(|| "a snapshot's name is missing".to_owned())
}

fn id(words: &mut Words<'_>) -> Parsed<DocId> {
    DocId::new(words.id().ok_or("an id is missing")?).map_err(|e| e.to_string())
}

fn number(words: &mut Words<'_>) -> Parsed<usize> {
    let word = words.word().ok_or("a number is missing")?;
    word.parse().map_err(|_| format!("{word} is no number"))
}
