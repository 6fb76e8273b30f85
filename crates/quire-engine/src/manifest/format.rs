//! The records of a manifest. See `docs/formats/manifest.md`.
//!
//! ```text
//! 1 state       database:u32 checkpoint_lsn:u64 checkpoint_seq:u64 checkpoint_time_ms:u64 durable_lsn:u64
//!               next_collection:u32 next_run:u64 name_bytes:u16 name
//! 2 collection  number:u32 documents:i64 name_bytes:u16 name
//! 3 run         number:u64                                                newest first
//! 15 end        records:u32
//! ```

use crate::codec::{Fields, put_short_text};
use crate::log::{Encoder, Lsn};
use quire_model::{Name, Seq};

/// The file's name in a database's folder.
pub(crate) const NAME: &str = "manifest";

const STATE: u8 = 1;
const COLLECTION: u8 = 2;
const RUN: u8 = 3;
const END: u8 = 15;

/// What a database consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Counts the manifests of this database; its file's number.
    pub(crate) generation: u64,
    pub(crate) timeline: u64,
    pub(crate) database: u32,
    pub(crate) name: Name,
    /// The runs hold every commit before this place in the log ...
    pub(crate) checkpoint_lsn: Lsn,
    /// ... and up to this one.
    pub(crate) checkpoint_seq: Seq,
    pub(crate) checkpoint_time_ms: u64,
    /// The log was durable up to here when this manifest was written: the mark of a clean stop, and of what a
    /// recovery found. Whatever is missing below is damage.
    pub(crate) durable_lsn: Lsn,
    pub(crate) next_collection: u32,
    pub(crate) next_run: u64,
    pub(crate) collections: Vec<CollectionRow>,
    /// Newest first.
    pub(crate) runs: Vec<u64>,
}

/// A collection as of the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CollectionRow {
    pub(crate) number: u32,
    pub(crate) name: Name,
    pub(crate) documents: i64,
}

impl Manifest {
    pub(crate) fn encode(&self, out: &mut Encoder<'_>) {
        out.record(STATE, |out| {
            out.extend_from_slice(&self.database.to_le_bytes());
            for field in
                [self.checkpoint_lsn.0, self.checkpoint_seq, self.checkpoint_time_ms, self.durable_lsn.0]
            {
                out.extend_from_slice(&field.to_le_bytes());
            }
            out.extend_from_slice(&self.next_collection.to_le_bytes());
            out.extend_from_slice(&self.next_run.to_le_bytes());
            put_short_text(out, self.name.as_str());
        });
        for collection in &self.collections {
            out.record(COLLECTION, |out| {
                out.extend_from_slice(&collection.number.to_le_bytes());
                out.extend_from_slice(&collection.documents.to_le_bytes());
                put_short_text(out, collection.name.as_str());
            });
        }
        for run in &self.runs {
            out.record(RUN, |out| out.extend_from_slice(&run.to_le_bytes()));
        }
        let records = (1 + self.collections.len() + self.runs.len()) as u32;
        out.record(END, |out| out.extend_from_slice(&records.to_le_bytes()));
    }

    /// Puts records together; `None` where they do not make a whole manifest.
    pub(crate) fn decode(generation: u64, timeline: u64, records: &[(u8, Vec<u8>)]) -> Option<Manifest> {
        let ((STATE, state), rest) = records.split_first()? else { return None };
        let ((END, end), rest) = rest.split_last()? else { return None };
        if Fields(end).u32()? as usize != records.len() - 1 {
            return None;
        }
        let mut fields = Fields(state);
        let mut manifest = Manifest {
            generation,
            timeline,
            database: fields.u32()?,
            checkpoint_lsn: Lsn(fields.u64()?),
            checkpoint_seq: fields.u64()?,
            checkpoint_time_ms: fields.u64()?,
            durable_lsn: Lsn(fields.u64()?),
            next_collection: fields.u32()?,
            next_run: fields.u64()?,
            name: Name::new(fields.short_text()?).ok()?,
            collections: Vec::new(),
            runs: Vec::new(),
        };
        for (kind, payload) in rest {
            let mut fields = Fields(payload);
            match *kind {
                COLLECTION => {
                    let (number, documents) = (fields.u32()?, fields.u64()? as i64);
                    let name = Name::new(fields.short_text()?).ok()?;
                    manifest.collections.push(CollectionRow { number, name, documents });
                }
                RUN => manifest.runs.push(fields.u64()?),
                _ => return None,
            }
        }
        Some(manifest)
    }
}
