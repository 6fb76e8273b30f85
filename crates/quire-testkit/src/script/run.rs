//! Working off a script, one command after the other.

use super::command::{Command, Read};
use super::{Fault, Script, show};
use crate::{Backend, Fixture};
use quire_model::{DocId, Document, Expect, Name, Operation, Snapshot, WriteBatch};
use std::collections::BTreeMap;
use std::sync::Arc;

struct Runner {
    // Before the fixture: snapshots go before their store does.
    snapshots: BTreeMap<String, Arc<dyn Snapshot>>,
    fixture: Fixture,
    database: Name,
    batch: Option<Vec<Operation>>,
}

impl Script {
    /// Runs the script on a fresh backend; answers its text with what the backend answered.
    ///
    /// # Errors
    /// A command that neither scripts nor this backend know, a snapshot that is not held, an answer that would be
    /// taken for something else when the file is read.
    pub fn run(&self, backend: impl Backend + 'static) -> Result<String, Fault> {
        let database = Name::new("main").map_err(|e| Fault { line: 0, what: e.to_string() })?;
        let (snapshots, fixture) = (BTreeMap::new(), Fixture::new(backend));
        let mut runner = Runner { snapshots, fixture, database, batch: None };
        let mut out = String::new();
        for line in &self.lines {
            out.push_str(&line.text);
            out.push('\n');
            let Some(command) = &line.command else { continue };
            let fault = |what| Fault { line: line.number, what };
            for answer in runner.command(command).map_err(fault)? {
                if answer.trim_end().is_empty() || answer.starts_with(['#', '>']) || answer.contains('\n') {
                    return Err(fault(format!("{answer:?} cannot stand as an answer")));
                }
                out.push_str(answer.trim_end());
                out.push('\n');
            }
        }
        Ok(out)
    }
}

impl Runner {
    fn command(&mut self, command: &Command) -> Result<Vec<String>, String> {
        let store = self.fixture.store();
        Ok(match command {
            Command::Write(operation) => match &mut self.batch {
                Some(batch) => {
                    batch.push(operation.clone());
                    Vec::new()
                }
                None => self.commit(vec![operation.clone()]),
            },
            Command::Batch => {
                self.batch = Some(Vec::new());
                Vec::new()
            }
            Command::End => {
                let operations = self.batch.take().unwrap_or_default();
                self.commit(operations)
            }
            Command::Fill { collection, count, bytes } => self.fill(collection, *count, *bytes)?,
            Command::Read(read) => match store.snapshot(&self.database) {
                Ok(snapshot) => read_at(&*snapshot, read),
                Err(error) => show::lines::<()>(Err(error), |()| Vec::new()),
            },
            Command::At(label, read) => read_at(&**self.held(label)?, read),
            Command::Hold(label) => match store.snapshot(&self.database) {
                Ok(snapshot) => {
                    let seq = snapshot.seq();
                    self.snapshots.insert(label.clone(), snapshot);
                    vec![format!("at seq {seq}")]
                }
                Err(error) => show::lines::<()>(Err(error), |()| Vec::new()),
            },
            Command::Release(label) => {
                self.held(label)?;
                self.snapshots.remove(label);
                Vec::new()
            }
            Command::Stats => show::lines(store.statistics(&self.database), show::statistics),
            Command::Databases => show::lines(store.databases(), |names| show::names(&names)),
            Command::CreateDatabase(name) => {
                show::lines(store.create_database(name), |()| vec!["made".to_owned()])
            }
            Command::DropDatabase(name) => {
                show::lines(store.drop_database(name), |()| vec!["dropped".to_owned()])
            }
            Command::UseDatabase(name) => {
                self.database = name.clone();
                Vec::new()
            }
            Command::Checkpoint => show::lines(store.checkpoint(&self.database), |done| {
                vec![format!("checkpoint at seq {}", done.seq)]
            }),
            Command::Reopen => {
                self.snapshots.clear();
                self.fixture.reopen();
                Vec::new()
            }
            Command::Crash => {
                self.snapshots.clear();
                self.fixture.crash();
                Vec::new()
            }
            Command::Special(line) => match self.fixture.special(line) {
                Some(answer) => answer.lines().map(str::to_owned).collect(),
                None => return Err(format!("no such command: {line}")),
            },
        })
    }

    fn commit(&self, operations: Vec<Operation>) -> Vec<String> {
        let committed = self.fixture.store().commit(&self.database, WriteBatch { operations });
        show::lines(committed, show::committed)
    }

    fn held(&self, label: &str) -> Result<&Arc<dyn Snapshot>, String> {
        self.snapshots.get(label).ok_or_else(|| format!("no snapshot {label} is held"))
    }

    /// Documents `00000000` and so on, whose text has about so many bytes.
    fn fill(&self, collection: &Name, count: usize, bytes: usize) -> Result<Vec<String>, String> {
        let operation = |n: usize| {
            let id = DocId::new(format!("{n:08}")).map_err(|e| e.to_string())?;
            let text = format!(
                "{{\"_id\":\"{n:08}\",\"n\":{n},\"v\":\"{}\"}}",
                "x".repeat(bytes.saturating_sub(40))
            );
            let document = Document::from_checked(id, text);
            Ok(Operation::Put { collection: collection.clone(), document, expect: Expect::Any })
        };
        let operations = (0..count).map(operation).collect::<Result<_, String>>()?;
        let committed = self.fixture.store().commit(&self.database, WriteBatch { operations });
        let show = |done: quire_model::Committed| {
            let replaced = done.previous.iter().flatten().count();
            vec![format!("seq {} replaced {replaced} of {count}", done.seq)]
        };
        Ok(show::lines(committed, show))
    }
}

fn read_at(snapshot: &dyn Snapshot, read: &Read) -> Vec<String> {
    match read {
        Read::Get(collection, ids) => {
            show::lines(snapshot.get(collection, ids), |found| show::found(ids, found))
        }
        Read::Scan(scan) => {
            let rows = snapshot.scan(scan.clone());
            let shown = rows.and_then(|rows| show::scanned(rows, &scan.filter, scan.limit));
            show::lines(shown, |lines| lines)
        }
        Read::Collections => show::lines(snapshot.collections(), |names| show::names(&names)),
        Read::Seq => vec![format!("seq {}", snapshot.seq())],
    }
}
