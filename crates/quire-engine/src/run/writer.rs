//! Writing a run. Nothing sees the file before it is whole: it is renamed to its name after its sync.

use super::format::{
    BLOCK_BYTES, BLOCK_HEADER_BYTES, FOOTER_MAGIC, Row, checksum_at, encode_header, file_name,
};
use crate::codec::{Checksum, put_short_text};
use crate::disk::{Disk, DiskFile};
use quire_model::Seq;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const BUFFER_BYTES: usize = 1 << 20;

/// Takes rows in order and writes them as a run.
pub(crate) struct RunWriter {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    seed: Checksum,
    /// Whole blocks that wait to be written at `written`.
    buffer: Vec<u8>,
    written: u64,
    block: Vec<u8>,
    block_collection: u32,
    index: Vec<u8>,
    rows: u64,
    seq_max: Seq,
}

impl RunWriter {
    pub(crate) fn create(
        disk: Arc<dyn Disk>,
        folder: &Path,
        number: u64,
        salt: [u8; 16],
    ) -> io::Result<RunWriter> {
        let path = folder.join(file_name(number));
        let temporary = path.with_extension("tmp");
        match disk.remove(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = disk.create(&temporary)?;
        Ok(RunWriter {
            disk,
            path,
            file,
            seed: Checksum::new().with(&salt),
            buffer: encode_header(number, &salt).to_vec(),
            written: 0,
            block: Vec::new(),
            block_collection: 0,
            index: Vec::new(),
            rows: 0,
            seq_max: 0,
        })
    }

    /// Adds a row; rows come sorted by collection and id, each id once.
    pub(crate) fn add(&mut self, row: Row<'_>) -> io::Result<()> {
        let full = self.block.len() + row.bytes() > BLOCK_BYTES;
        if !self.block.is_empty() && (full || row.collection != self.block_collection) {
            self.end_block()?;
        }
        if self.block.is_empty() {
            self.block_collection = row.collection;
            self.index.extend_from_slice(&row.collection.to_le_bytes());
            put_short_text(&mut self.index, row.id);
        }
        row.encode(&mut self.block);
        self.rows += 1;
        self.seq_max = self.seq_max.max(row.seq);
        Ok(())
    }

    fn position(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    fn end_block(&mut self) -> io::Result<()> {
        let offset = self.position();
        self.index.extend_from_slice(&offset.to_le_bytes());
        self.index.extend_from_slice(&(self.block.len() as u32).to_le_bytes());
        let block = std::mem::take(&mut self.block);
        self.put_checked(&block);
        self.block = block;
        self.block.clear();
        if self.buffer.len() >= BUFFER_BYTES { self.write_out() } else { Ok(()) }
    }

    fn put_checked(&mut self, bytes: &[u8]) {
        let offset = self.position();
        let mut length_and_bytes = Vec::with_capacity(bytes.len() + 4);
        length_and_bytes.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        length_and_bytes.extend_from_slice(bytes);
        let crc = checksum_at(&self.seed, offset, &length_and_bytes);
        self.buffer.extend_from_slice(&crc.to_le_bytes());
        self.buffer.extend_from_slice(&length_and_bytes);
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.file.write_at(&self.buffer, self.written)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Writes the index and the footer, makes the file durable and gives it its name. The caller syncs the folder
    /// together with its other changes and only then names the run in the manifest.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        let finished = self.finish_file();
        if finished.is_err() {
            self.abandon();
        }
        finished
    }

    fn finish_file(&mut self) -> io::Result<u64> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        let index_offset = self.position();
        let index = std::mem::take(&mut self.index);
        self.put_checked(&index);
        let index_bytes = (index.len() + BLOCK_HEADER_BYTES) as u64;
        let mut footer = Vec::new();
        for field in [index_offset, index_bytes, self.rows, self.seq_max] {
            footer.extend_from_slice(&field.to_le_bytes());
        }
        let crc = checksum_at(&self.seed, self.position(), &footer);
        footer.extend_from_slice(&crc.to_le_bytes());
        footer.extend_from_slice(FOOTER_MAGIC);
        self.buffer.extend_from_slice(&footer);
        self.write_out()?;
        self.file.sync()?;
        self.disk.rename(&self.path.with_extension("tmp"), &self.path)?;
        Ok(self.written)
    }

    /// Gives the space back after a failure; if this fails too, the next open removes the file.
    pub(crate) fn abandon(&self) {
        let _ = self.disk.remove(&self.path.with_extension("tmp"));
    }
}
