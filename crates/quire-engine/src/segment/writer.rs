//! Writing a segment. Nothing sees the file before it is whole: it is renamed to its name after its sync.

use super::block::{BLOCK_BYTES, Builder, Row};
use super::filter::{self, KeyHash};
use super::format::{
    FOOTER_BYTES, Footer, HEADER_BYTES, PagePlace, SEAL_BYTES, STRIPE_BLOCKS, STRIPE_BYTES, Top,
    encode_header, file_name, seal,
};
use super::page::Page;
use super::parity::Parity;
use crate::codec::Checksum;
use crate::disk::{Disk, DiskFile};
use crate::facts::{Part, SegmentRow};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const BUFFER_BYTES: usize = 256 << 10;

/// What a new segment is called and belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) number: u64,
    pub(crate) timeline: u64,
    pub(crate) salt: [u8; 16],
}

/// Takes rows in order and writes them as a segment.
pub(crate) struct SegmentWriter {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    identity: Identity,
    seed: Checksum,
    /// Bytes that wait to be written at `written`.
    buffer: Vec<u8>,
    written: u64,
    block: Builder,
    parity: Parity,
    keys: Vec<KeyHash>,
    page: Page,
    stripe_row: u32,
    stripe_at: u64,
    blocks: u32,
    rows: u32,
    top: Top,
}

impl SegmentWriter {
    /// Begins a segment in `folder`.
    pub(crate) fn create(
        disk: Arc<dyn Disk>,
        folder: &Path,
        identity: Identity,
    ) -> io::Result<SegmentWriter> {
        let path = folder.join(file_name(identity.number));
        let temporary = path.with_extension("tmp");
        match disk.remove(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = disk.create(&temporary)?;
        Ok(SegmentWriter {
            disk,
            path,
            file,
            identity,
            seed: Checksum::new().with(&identity.salt),
            buffer: encode_header(identity.number, &identity.salt, identity.timeline).to_vec(),
            written: 0,
            block: Builder::default(),
            parity: Parity::default(),
            keys: Vec::new(),
            page: Page::default(),
            stripe_row: 0,
            stripe_at: HEADER_BYTES as u64,
            blocks: 0,
            rows: 0,
            top: Top { pages: Vec::new(), parts: Vec::new() },
        })
    }

    /// Adds a row and answers its number; rows come sorted by collection and id, each id once.
    pub(crate) fn add(&mut self, row: Row<'_>) -> io::Result<u32> {
        let bytes = row.id.len() + row.text.map_or(0, str::len);
        let full = self.block.bytes() + bytes > BLOCK_BYTES;
        if !self.block.is_empty() && (full || row.collection != self.block.collection) {
            self.end_block()?;
        }
        self.block.add(row);
        self.keys.push(KeyHash::of(row.collection, row.id));
        if self.top.parts.last().is_none_or(|part| part.collection != row.collection) {
            self.top.parts.push(Part::new(row.collection));
        }
        if let Some(part) = self.top.parts.last_mut() {
            part.rows += 1;
            part.deletes += u32::from(row.text.is_none());
            part.seq_min = part.seq_min.min(row.seq);
            part.seq_max = part.seq_max.max(row.seq);
            part.bytes += bytes as u64;
        }
        let number = self.rows;
        self.rows = number.checked_add(1).ok_or_else(|| io::Error::other("a segment is full"))?;
        Ok(number)
    }

    /// Bytes written so far, the last block not counted.
    pub(crate) fn bytes(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    fn end_block(&mut self) -> io::Result<()> {
        let (offset, start) = (self.bytes(), self.buffer.len());
        let row = self.rows - self.block.rows() as u32;
        let id = String::from_utf8_lossy(self.block.first_id()).into_owned();
        let collection = self.block.collection;
        let place = (self.identity.number, self.blocks, row);
        self.block.finish(&self.seed, place, offset, &mut self.buffer);
        self.blocks += 1;
        let block = &self.buffer[start..];
        self.page.push(offset, block.len() as u32, row, collection, &id);
        self.parity.add(block);
        let stripe_full =
            self.page.blocks().len() == STRIPE_BLOCKS || self.bytes() - self.stripe_at >= STRIPE_BYTES as u64;
        if stripe_full {
            self.end_stripe()?;
        }
        if self.buffer.len() >= BUFFER_BYTES { self.write_out() } else { Ok(()) }
    }

    fn end_stripe(&mut self) -> io::Result<()> {
        let mut page = std::mem::take(&mut self.page);
        let at = self.bytes();
        let number = self.identity.number;
        self.parity.finish(&self.seed, number, at, &mut self.buffer, |offset, bytes| {
            page.parities.push((offset, bytes));
        });
        let offset = self.bytes();
        let index = page.encode();
        seal(&self.seed, offset, &index, &mut self.buffer);
        let filter = filter::build(&mut self.keys);
        self.keys.clear();
        let filter_at = self.bytes();
        seal(&self.seed, filter_at, &filter, &mut self.buffer);
        self.top.pages.push(PagePlace {
            offset,
            copy: 0,
            index_bytes: (index.len() + SEAL_BYTES) as u32,
            filter_bytes: (filter.len() + SEAL_BYTES) as u32,
            row: self.stripe_row,
            rows: self.rows - self.stripe_row,
            collection: page.blocks()[0].collection,
            id: page.id(0).into(),
        });
        self.stripe_row = self.rows;
        self.stripe_at = self.bytes();
        Ok(())
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.file.write_at(&self.buffer, self.written)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Writes what is read first, makes the file durable and gives it its name. The caller syncs the folder together
    /// with its other changes and only then names the segment in the manifest.
    pub(crate) fn finish(mut self) -> io::Result<SegmentRow> {
        let finished = self.finish_file();
        if finished.is_err() {
            self.abandon();
        }
        let (bytes, top) = finished?;
        let Identity { number, salt, .. } = self.identity;
        Ok(SegmentRow { number, salt, bytes, top, parts: self.top.parts })
    }

    /// Answers the length of the file and the place of its first top.
    fn finish_file(&mut self) -> io::Result<(u64, u64)> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        if !self.page.blocks().is_empty() {
            self.end_stripe()?;
        }
        self.write_out()?;
        self.copy_indexes()?;
        let top = self.top.encode();
        let first_top = self.bytes();
        let total = (top.len() + SEAL_BYTES + FOOTER_BYTES) as u64 * 2 + self.bytes();
        // Twice, each with a footer behind it: damage of one end of the file leaves the other.
        for _ in 0..2 {
            let top_offset = self.bytes();
            seal(&self.seed, top_offset, &top, &mut self.buffer);
            let footer = Footer {
                top_offset,
                top_bytes: (top.len() + SEAL_BYTES) as u64,
                rows: u64::from(self.rows),
                bytes: total,
            };
            let footer = footer.encode(&self.seed, self.bytes());
            self.buffer.extend_from_slice(&footer);
        }
        self.write_out()?;
        self.file.sync()?;
        self.disk.rename(&self.path.with_extension("tmp"), &self.path)?;
        Ok((self.written, first_top))
    }

    /// Each stripe's index once more, read back so that memory does not grow with the segment.
    fn copy_indexes(&mut self) -> io::Result<()> {
        let mut pages = std::mem::take(&mut self.top.pages);
        let mut index = Vec::new();
        for page in &mut pages {
            index.resize(page.index_bytes as usize, 0);
            self.file.read_at(&mut index, page.offset)?;
            page.copy = self.bytes();
            seal(&self.seed, page.copy, &index[SEAL_BYTES..], &mut self.buffer);
            if self.buffer.len() >= BUFFER_BYTES {
                self.write_out()?;
            }
        }
        self.top.pages = pages;
        Ok(())
    }

    /// Gives the space back after a failure; if this fails too, the next open removes the file.
    pub(crate) fn abandon(&self) {
        let _ = self.disk.remove(&self.path.with_extension("tmp"));
    }
}
