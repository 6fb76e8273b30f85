//! Reading a run. Every block's checksum is verified at every read.

use super::format::{
    BLOCK_HEADER_BYTES, FOOTER_BYTES, FOOTER_MAGIC, HEADER_BYTES, MAGIC, Row, VERSION, checksum_at,
};
use crate::codec::{Checksum, Fields, checksum};
use crate::disk::DiskFile;
use crate::error::{corrupt, disk_error};
use quire_model::{Code, Error, Result, Seq};
use std::cmp::Ordering;
use std::sync::Arc;

/// An open run. Its block index is in memory.
#[derive(Debug)]
pub(crate) struct Run {
    number: u64,
    name: String,
    file: Arc<dyn DiskFile>,
    seed: Seed,
    index: Vec<BlockPlace>,
    bytes: u64,
}

#[derive(Clone)]
struct Seed(Checksum);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed")
    }
}

#[derive(Debug)]
struct BlockPlace {
    collection: u32,
    first_id: Box<str>,
    offset: u64,
    bytes: u32,
}

impl Run {
    /// Opens a run; `name` is what errors call it.
    pub(crate) fn open(file: Arc<dyn DiskFile>, number: u64, name: String) -> Result<Run> {
        let damaged = |offset: u64, what: &str| corrupt(&name, offset, what);
        let read = |offset: u64, count: usize| {
            let mut bytes = vec![0; count];
            file.read_at(&mut bytes, offset).map_err(|e| disk_error("read", &name, e)).map(|()| bytes)
        };
        let length = file.length().map_err(|e| disk_error("read", &name, e))?;
        if length < (HEADER_BYTES + FOOTER_BYTES) as u64 {
            return Err(damaged(length, "the file is too short to be a run"));
        }
        let header = read(0, HEADER_BYTES)?;
        let mut fields = Fields(&header[60..]);
        if &header[..8] != MAGIC || Some(checksum(&header[..60])) != fields.u32() {
            return Err(damaged(0, "the header's checksum does not hold"));
        }
        let version = u16::from_le_bytes([header[8], header[9]]);
        if version != VERSION {
            let detail = format!("{name} has format version {version}, this program reads {VERSION}");
            return Err(Error::new(Code::FormatUnsupported, detail));
        }
        if Fields(&header[16..]).u64() != Some(number) {
            return Err(damaged(16, "the header names another file"));
        }
        let seed = Checksum::new().with(&header[24..40]);
        let footer_at = length - FOOTER_BYTES as u64;
        let footer = read(footer_at, FOOTER_BYTES)?;
        let mut fields = Fields(&footer[32..]);
        if Some(checksum_at(&seed, footer_at, &footer[..32])) != fields.u32() || &footer[36..] != FOOTER_MAGIC
        {
            return Err(damaged(footer_at, "the footer's checksum does not hold"));
        }
        let mut fields = Fields(&footer);
        let mut next = || fields.u64().unwrap_or(0);
        let (index_at, index_bytes) = (next(), next());
        if index_at.checked_add(index_bytes) != Some(footer_at) {
            return Err(damaged(footer_at, "the footer's index place does not fit"));
        }
        let index = checked(&seed, index_at, read(index_at, index_bytes as usize)?)
            .and_then(|bytes| decode_index(&bytes))
            .ok_or_else(|| damaged(index_at, "the block index's checksum does not hold"))?;
        Ok(Run { number, file, seed: Seed(seed), index, bytes: length, name })
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The version of an id in this run: its revision, and its text unless it is a delete.
    pub(crate) fn get(&self, collection: u32, id: &str) -> Result<Option<(Seq, Option<Arc<str>>)>> {
        let after = self.index.partition_point(|block| block.order(collection, id) != Ordering::Greater);
        let Some(at) = after.checked_sub(1).filter(|at| self.index[*at].collection == collection) else {
            return Ok(None);
        };
        let block = self.block(at)?;
        for row in self.rows_of(at, &block) {
            let row = row?;
            match row.id.cmp(id) {
                Ordering::Less => {}
                Ordering::Equal => return Ok(Some((row.seq, row.text.map(Arc::from)))),
                Ordering::Greater => break,
            }
        }
        Ok(None)
    }

    /// A block's rows as bytes, checked.
    fn block(&self, at: usize) -> Result<Vec<u8>> {
        let place = &self.index[at];
        let mut bytes = vec![0; place.bytes as usize + BLOCK_HEADER_BYTES];
        self.file.read_at(&mut bytes, place.offset).map_err(|e| disk_error("read", &self.name, e))?;
        checked(&self.seed.0, place.offset, bytes)
            .ok_or_else(|| corrupt(&self.name, place.offset, "a block's checksum does not hold"))
    }

    fn rows_of<'a>(&'a self, at: usize, block: &'a [u8]) -> impl Iterator<Item = Result<Row<'a>>> {
        let mut fields = Fields(block);
        std::iter::from_fn(move || {
            (!fields.0.is_empty()).then(|| {
                Row::decode(&mut fields).ok_or_else(|| {
                    fields = Fields(&[]);
                    corrupt(&self.name, self.index[at].offset, "a row does not fit its block")
                })
            })
        })
    }
}

impl BlockPlace {
    fn order(&self, collection: u32, id: &str) -> Ordering {
        self.collection.cmp(&collection).then_with(|| (*self.first_id).cmp(id))
    }
}

/// What stands behind a checksum and a length, if they hold.
fn checked(seed: &Checksum, offset: u64, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let mut fields = Fields(&bytes);
    let (crc, length) = (fields.u32()?, fields.u32()?);
    if length as usize != bytes.len() - BLOCK_HEADER_BYTES || checksum_at(seed, offset, &bytes[4..]) != crc {
        return None;
    }
    bytes.drain(..BLOCK_HEADER_BYTES);
    Some(bytes)
}

fn decode_index(bytes: &[u8]) -> Option<Vec<BlockPlace>> {
    let mut fields = Fields(bytes);
    let mut index = Vec::new();
    while !fields.0.is_empty() {
        let (collection, first_id) = (fields.u32()?, fields.short_text()?.into());
        index.push(BlockPlace { collection, first_id, offset: fields.u64()?, bytes: fields.u32()? });
    }
    Some(index)
}

/// A walk over the rows of one run, block by block.
pub(crate) struct RunRows {
    run: Arc<Run>,
    next_block: usize,
    block: Vec<u8>,
    at: usize,
    /// Stop after this collection; `None` walks over all.
    only: Option<u32>,
    after: Option<Box<str>>,
}

impl RunRows {
    /// The rows of one collection after an id.
    pub(crate) fn of(run: Arc<Run>, collection: u32, after: Option<&str>) -> RunRows {
        let from = after.unwrap_or("");
        let next = run.index.partition_point(|block| block.order(collection, from) != Ordering::Greater);
        // The block before may hold the first ids, unless it belongs to another collection.
        let next_block = match next.checked_sub(1) {
            Some(before) if run.index[before].collection == collection => before,
            _ => next,
        };
        RunRows {
            run,
            next_block,
            block: Vec::new(),
            at: 0,
            only: Some(collection),
            after: after.map(Into::into),
        }
    }

    /// Every row.
    pub(crate) fn all(run: Arc<Run>) -> RunRows {
        RunRows { run, next_block: 0, block: Vec::new(), at: 0, only: None, after: None }
    }

    /// Moves to the next row and hands it to `see`; `None` at the end.
    pub(crate) fn next<T>(&mut self, see: impl FnOnce(Row<'_>) -> T) -> Result<Option<T>> {
        loop {
            if self.at == self.block.len() && !self.load()? {
                return Ok(None);
            }
            let mut fields = Fields(&self.block[self.at..]);
            let Some(row) = Row::decode(&mut fields) else {
                let place = &self.run.index[self.next_block - 1];
                return Err(corrupt(&self.run.name, place.offset, "a row does not fit its block"));
            };
            self.at = self.block.len() - fields.0.len();
            if self.after.as_deref().is_none_or(|after| row.id > after) {
                self.after = None;
                return Ok(Some(see(row)));
            }
        }
    }

    fn load(&mut self) -> Result<bool> {
        match self.run.index.get(self.next_block) {
            Some(place) if self.only.is_none_or(|only| place.collection == only) => {
                self.block = self.run.block(self.next_block)?;
                self.at = 0;
                self.next_block += 1;
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
