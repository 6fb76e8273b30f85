//! The second pass: applying what the first pass found to be committed.

use super::LogFile;
use crate::catalog::Collection;
use crate::checkpoint;
use crate::compact::Compactor;
use crate::error::{corrupt, disk_error};
use crate::log::{LogReader, Lsn, RECORD_HEADER_BYTES, Record, Step};
use crate::memtable::Write;
use crate::planted::{self, Bug};
use crate::state::State;
use crate::version::{Mark, freeze};
use crate::wal::{COMMIT_BYTES, Entry};
use quire_model::{DocId, Error, Name, Result, Seq};
use std::sync::Arc;

/// The operations of the transaction that is being read.
#[derive(Default)]
struct Transaction {
    writes: Vec<Write>,
    counts: Vec<(u32, i64)>,
    definitions: Vec<Definition>,
}

enum Definition {
    Create(u32, Name),
    Drop(u32),
}

/// Applies every transaction from `start` up to `end`.
pub(crate) fn replay(
    state: &State,
    compactor: &Compactor,
    files: &[LogFile],
    start: Lsn,
    end: Mark,
) -> Result<()> {
    for log in files.iter().filter(|log| log.number <= end.lsn.file()) {
        let read_error = |e| disk_error("read", &log.name, e);
        let mut reader =
            LogReader::open(log.file.clone()).map_err(read_error)?.map_err(|fault| fault.error(&log.name))?;
        if log.number == start.file() && !planted::is(Bug::ApplyTwice) {
            reader.seek(start.offset());
        }
        let mut transaction = Transaction::default();
        while let Step::Record(record) = reader.step().map_err(read_error)? {
            if record.lsn >= end.lsn {
                break;
            }
            if let Some(mark) =
                transaction.take(&record).map_err(|what| corrupt(&log.name, record.lsn.offset(), &what))?
            {
                std::mem::take(&mut transaction).apply(state, compactor, mark)?;
            }
        }
    }
    if state.live.get().seq == end.seq {
        return Ok(());
    }
    // The first pass read the same bytes a moment ago.
    Err(Error::internal(format!("replay ended at commit {} and not at {}", state.live.get().seq, end.seq)))
}

impl Transaction {
    /// Takes a record; answers the mark where it ends the transaction.
    fn take(&mut self, record: &Record<'_>) -> std::result::Result<Option<Mark>, String> {
        let id = |id: &str| DocId::new(id).map_err(|e| e.detail().to_owned());
        match Entry::decode(record.kind, record.payload).ok_or("a record's shape is wrong")? {
            Entry::Put { collection, previous, id: address, text } => {
                let text = Some(Arc::from(text));
                let (id, replaces) = (id(address)?, previous.is_some());
                self.writes.push(Write { collection, id, seq: 0, text, replaces });
                self.counts.push((collection, i64::from(previous.is_none())));
            }
            Entry::Delete { collection, previous, id: address } => {
                let (id, replaces) = (id(address)?, previous.is_some());
                self.writes.push(Write { collection, id, seq: 0, text: None, replaces });
                self.counts.push((collection, -i64::from(previous.is_some())));
            }
            Entry::Create { collection, name } => {
                let name = Name::new(name).map_err(|e| e.detail().to_owned())?;
                self.definitions.push(Definition::Create(collection, name));
            }
            Entry::Drop { collection } => self.definitions.push(Definition::Drop(collection)),
            Entry::Commit(marker) => {
                let lsn = record.lsn.plus(RECORD_HEADER_BYTES + COMMIT_BYTES);
                return Ok(Some(Mark { seq: marker.seq, time_ms: marker.time_ms, lsn }));
            }
        }
        Ok(None)
    }

    fn apply(mut self, state: &State, compactor: &Compactor, mark: Mark) -> Result<()> {
        self.stamp(mark.seq);
        let active = state.live.get().version.active.clone();
        let bytes = |write: &Write| Write::bytes(&write.id, write.text.as_ref().map_or(0, |text| text.len()));
        active.reserve_anyway(self.writes.iter().map(bytes).sum());
        active.apply(self.writes);
        state.live.update(|published| {
            published.seq = mark.seq;
            for definition in self.definitions {
                let catalog = Arc::make_mut(&mut published.catalog);
                match definition {
                    Definition::Create(number, name) => catalog.insert(Collection::new(number, name, 0)),
                    Definition::Drop(number) => {
                        if let Some(name) = catalog.by_number(number).map(|c| c.name.clone()) {
                            catalog.remove(name.as_str());
                        }
                    }
                }
            }
        });
        let catalog = state.live.get().catalog.clone();
        for (number, change) in self.counts {
            if let Some(collection) = catalog.by_number(number) {
                collection.count(change);
            }
        }
        if active.bytes() >= state.memtable_bytes_max() {
            if state.options.read_only {
                return state.check_room_for_reading();
            }
            state.live.update(|published| freeze(published, mark));
            checkpoint::flush(state)?;
            compactor.step(state)?;
        }
        Ok(())
    }

    fn stamp(&mut self, seq: Seq) {
        self.writes.iter_mut().for_each(|write| write.seq = seq);
    }
}
