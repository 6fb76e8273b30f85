//! A block: rows of one collection, compressed together, with a header that says by itself what it is.
//!
//! ```text
//! block  = magic[4] crc:u32 segment:u64 ordinal:u32 row:u32 rows:u32 collection:u32 stored:u32 raw:u32 ids:u32
//!          id_bytes:u16 flags:u8 0:u8 first_id stored_bytes                    header 48 bytes; row: its first row
//! raw    = text* id* fixed                                  after decompression, where flag 1 says that it is packed
//! fixed  = (crc:u32 id_end:u32 text_end:u32)* (seq:u64)*    flag 2: one seq for all; text_end's highest bit: a delete
//! ```
//! The ids lie together, `ids` bytes in all, so that a search touches few cache lines. A row's `crc` is CRC-32C over
//! collection, seq, id and text: it tells which rows of a damaged block are whole.

use super::format::checksum_at;
use crate::codec::{Checksum, Fields};
use crate::planted::{self, Bug};
use quire_model::Seq;

/// Rows gather until a block has so many bytes before compression. Measured in `docs/decisions/`.
pub(crate) const BLOCK_BYTES: usize = 8 << 10;
const MAGIC: &[u8; 4] = b"QBLK";
/// Of a block, before its first id.
pub(crate) const HEADER_BYTES: usize = 48;
const PACKED: u8 = 1;
const ONE_SEQ: u8 = 2;
const DELETE: u32 = 1 << 31;
const ROW_BYTES: usize = 12;

/// One version of one document; `text` is `None` for a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(crate) collection: u32,
    pub(crate) seq: Seq,
    pub(crate) id: &'a str,
    pub(crate) text: Option<&'a str>,
}

impl Row<'_> {
    fn checksum(&self) -> u32 {
        let mut head = [0; 13];
        head[..4].copy_from_slice(&self.collection.to_le_bytes());
        head[4..12].copy_from_slice(&self.seq.to_le_bytes());
        head[12] = u8::from(self.text.is_some());
        Checksum::new().with(&head).with(self.id.as_bytes()).with(self.text.unwrap_or("").as_bytes()).finish()
    }
}

/// What a block's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head<'a> {
    pub(crate) ordinal: u32,
    pub(crate) row: u32,
    pub(crate) rows: u32,
    pub(crate) collection: u32,
    pub(crate) id: &'a str,
}

/// Gathers rows.
#[derive(Default)]
pub(crate) struct Builder {
    pub(crate) collection: u32,
    ids: Vec<u8>,
    texts: Vec<u8>,
    rows: Vec<u8>,
    seqs: Vec<Seq>,
    first_id: usize,
}

impl Builder {
    pub(crate) fn is_empty(&self) -> bool {
        self.seqs.is_empty()
    }

    pub(crate) fn rows(&self) -> usize {
        self.seqs.len()
    }

    /// Bytes before compression.
    pub(crate) fn bytes(&self) -> usize {
        self.ids.len() + self.texts.len() + self.rows.len() + 8 * self.seqs.len()
    }

    pub(crate) fn add(&mut self, row: Row<'_>) {
        if self.is_empty() {
            self.collection = row.collection;
            self.first_id = row.id.len();
        }
        self.ids.extend_from_slice(row.id.as_bytes());
        let id_end = self.ids.len() as u32;
        self.texts.extend_from_slice(row.text.unwrap_or("").as_bytes());
        let text_end = self.texts.len() as u32 | if row.text.is_none() { DELETE } else { 0 };
        for field in [row.checksum(), id_end, text_end] {
            self.rows.extend_from_slice(&field.to_le_bytes());
        }
        self.seqs.push(row.seq);
    }

    /// The first id of the rows gathered.
    pub(crate) fn first_id(&self) -> &[u8] {
        &self.ids[..self.first_id]
    }

    /// Appends the block to `out` as it stands at `offset`, and begins the next.
    pub(crate) fn finish(
        &mut self,
        seed: &Checksum,
        (segment, ordinal, row): (u64, u32, u32),
        offset: u64,
        out: &mut Vec<u8>,
    ) {
        let (ids, rows) = (self.ids.len(), self.seqs.len());
        let mut raw = std::mem::take(&mut self.texts);
        raw.extend_from_slice(&self.ids);
        raw.extend_from_slice(&self.rows);
        let one_seq = self.seqs.iter().all(|seq| *seq == self.seqs[0]);
        let seqs = if one_seq { &self.seqs[..1] } else { &self.seqs[..] };
        seqs.iter().for_each(|seq| raw.extend_from_slice(&seq.to_le_bytes()));
        let start = out.len();
        out.resize(start + HEADER_BYTES, 0);
        out.extend_from_slice(self.first_id());
        // Compressed to where it will stand, and kept only where that saves an eighth: what does not shrink is read
        // faster
        // as it is.
        let at = out.len();
        out.resize(at + lz4_flex::block::get_maximum_output_size(raw.len()), 0);
        let packed = lz4_flex::block::compress_into(&raw, &mut out[at..])
            .ok()
            .filter(|bytes| *bytes <= raw.len() - raw.len() / 8);
        out.truncate(at + packed.unwrap_or(0));
        if packed.is_none() {
            out.extend_from_slice(&raw);
        }
        let flags = if packed.is_some() { PACKED } else { 0 } | if one_seq { ONE_SEQ } else { 0 };
        let stored = (out.len() - at) as u32;
        let sizes = [stored, raw.len() as u32, ids as u32];
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&[0; 4]);
        header.extend_from_slice(&segment.to_le_bytes());
        for field in [ordinal, row, rows as u32, self.collection].into_iter().chain(sizes) {
            header.extend_from_slice(&field.to_le_bytes());
        }
        header.extend_from_slice(&(self.first_id as u16).to_le_bytes());
        header.extend_from_slice(&[flags, 0]);
        out[start..start + HEADER_BYTES].copy_from_slice(&header);
        let crc = checksum_at(seed, offset, &out[start + 8..]);
        out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
        raw.clear();
        self.texts = raw;
        self.ids.clear();
        self.rows.clear();
        self.seqs.clear();
    }
}

/// A block in memory, checked and unpacked.
#[derive(Debug)]
pub(crate) struct Block {
    collection: u32,
    /// The number of its first row in the segment.
    pub(crate) row: u32,
    rows: u32,
    /// What a search looks at lies together: the ids, `ids` bytes of them, and behind them the fixed fields.
    keys: Box<[u8]>,
    ids: u32,
    texts: Box<str>,
}

/// A block's header, and where its stored bytes are, without looking at the checksum.
#[expect(clippy::type_complexity, reason = "read in one place, just below")]
fn head(bytes: &[u8]) -> Option<(u64, Head<'_>, [u32; 3], u8, &[u8])> {
    let mut fields = Fields(bytes);
    if fields.bytes(4)? != MAGIC {
        return None;
    }
    let (_, segment) = (fields.u32()?, fields.u64()?);
    let (ordinal, row, rows, collection) = (fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?);
    let sizes = [fields.u32()?, fields.u32()?, fields.u32()?];
    let (id_bytes, flags) = (fields.u16()?, fields.u8()?);
    fields.u8()?;
    let id = std::str::from_utf8(fields.bytes(id_bytes as usize)?).ok()?;
    Some((segment, Head { ordinal, row, rows, collection, id }, sizes, flags, fields.0))
}

/// What a block's header says of its bytes: as they are stored, before they were packed, and of the whole block. The
/// checksum is not looked at.
pub(crate) fn sizes(bytes: &[u8]) -> Option<(u32, u32, u64)> {
    let mut fields = Fields(bytes);
    if fields.bytes(4)? != MAGIC {
        return None;
    }
    fields.bytes(28)?;
    let (stored, raw) = (fields.u32()?, fields.u32()?);
    fields.bytes(4)?;
    let id_bytes = fields.u16()?;
    Some((stored, raw, HEADER_BYTES as u64 + u64::from(id_bytes) + u64::from(stored)))
}

/// Whether the block's checksum holds at `offset`, and what its header says.
pub(crate) fn check<'a>(seed: &Checksum, offset: u64, segment: u64, bytes: &'a [u8]) -> Option<Head<'a>> {
    let crc = Fields(bytes.get(4..8)?).u32()?;
    if checksum_at(seed, offset, &bytes[8..]) != crc && !planted::is(Bug::SkipBlockChecksum) {
        return None;
    }
    let (found, head, ..) = head(bytes)?;
    (found == segment).then_some(head)
}

impl Block {
    /// `None` where the checksum or the shape does not hold.
    pub(crate) fn decode(seed: &Checksum, offset: u64, segment: u64, bytes: &[u8]) -> Option<Block> {
        check(seed, offset, segment, bytes)?;
        let (_, head, [stored, raw_bytes, ids], flags, rest) = head(bytes)?;
        if rest.len() != stored as usize || head.rows == 0 {
            return None;
        }
        // A size that lies cannot make this allocate: LZ4 unpacks at most 255 bytes from one.
        if raw_bytes as usize / 255 > rest.len() {
            return None;
        }
        let mut raw = match flags & PACKED {
            0 => rest.to_vec(),
            _ => {
                let mut raw = vec![0; raw_bytes as usize];
                let unpacked = lz4_flex::block::decompress_into(rest, &mut raw).ok()?;
                (unpacked == raw.len()).then_some(raw)?
            }
        };
        let seqs = if flags & ONE_SEQ == 0 { head.rows as usize } else { 1 };
        let rows = head.rows as usize;
        let keys_bytes = rows.checked_mul(ROW_BYTES)?.checked_add(8 * seqs)?.checked_add(ids as usize)?;
        let texts = raw.len().checked_sub(keys_bytes)?;
        if raw.len() != raw_bytes as usize {
            return None;
        }
        let keys = raw.split_off(texts).into_boxed_slice();
        std::str::from_utf8(&keys[..ids as usize]).ok()?;
        let texts = String::from_utf8(raw).ok()?.into_boxed_str();
        let block = Block { collection: head.collection, row: head.row, rows: head.rows, keys, ids, texts };
        block.fits().then_some(block)
    }

    /// Whether all places lie in order within the heap.
    fn fits(&self) -> bool {
        let (mut id_at, mut text_at) = (0, 0);
        let ids = self.ids();
        let whole = |at: usize| ids.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
        (0..self.rows as usize).all(|n| {
            let (id_end, text_end) = (self.field(n, 1) as usize, self.text_end(n));
            let fits = id_at <= id_end && text_at <= text_end;
            (id_at, text_at) = (id_end, text_end);
            fits && whole(id_end) && self.texts.is_char_boundary(text_end)
        }) && id_at == ids.len()
            && text_at == self.texts.len()
    }

    fn field(&self, row: usize, n: usize) -> u32 {
        let at = self.ids as usize + row * ROW_BYTES + 4 * n;
        self.keys.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn text_end(&self, row: usize) -> usize {
        (self.field(row, 2) & !DELETE) as usize
    }

    fn ids(&self) -> &[u8] {
        &self.keys[..self.ids as usize]
    }

    fn id(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |before| self.field(before, 1) as usize);
        &self.ids()[start..self.field(row, 1) as usize]
    }

    fn text(&self, row: usize) -> Option<&str> {
        let start = row.checked_sub(1).map_or(0, |before| self.text_end(before));
        (self.field(row, 2) & DELETE == 0).then(|| &self.texts[start..self.text_end(row)])
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows as usize
    }

    /// Bytes that it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.keys.len() + self.texts.len() + std::mem::size_of::<Block>()
    }

    /// The row at a place in the block. Its own checksum is not looked at; the block's was.
    pub(crate) fn get(&self, row: usize) -> Row<'_> {
        let seqs = &self.keys[self.ids as usize + self.rows as usize * ROW_BYTES..];
        let at = if seqs.len() == 8 { 0 } else { row * 8 };
        let seq = Fields(&seqs[at..]).u64().unwrap_or(0);
        // It was found to be UTF-8, cut between characters, when the block was decoded.
        let id = std::str::from_utf8(self.id(row)).unwrap_or_default();
        Row { collection: self.collection, seq, id, text: self.text(row) }
    }

    /// Whether a row's own checksum holds.
    pub(crate) fn holds(&self, row: usize) -> bool {
        self.get(row).checksum() == self.field(row, 0) || planted::is(Bug::SkipBlockChecksum)
    }

    /// The place of the first row whose id is not before `id`, and whether it is that id.
    pub(crate) fn search(&self, id: &str) -> (usize, bool) {
        let (mut low, mut high) = (0, self.rows());
        while low < high {
            let middle = (low + high) / 2;
            if self.id(middle) < id.as_bytes() { low = middle + 1 } else { high = middle }
        }
        (low, low < self.rows() && self.id(low) == id.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(rows: &[Row<'_>]) -> Vec<u8> {
        let (mut builder, mut out) = (Builder::default(), Vec::new());
        rows.iter().for_each(|row| builder.add(*row));
        assert_eq!(builder.first_id(), rows[0].id.as_bytes());
        builder.finish(&Checksum::new(), (5, 0, 40), 64, &mut out);
        assert!(builder.is_empty() && builder.bytes() == 0);
        out
    }

    #[test]
    fn rows_read_back_packed_and_not_with_one_seq_and_many() {
        let long = "x".repeat(500);
        for (seqs, text) in [([1, 2, 3], long.as_str()), ([7, 7, 7], "{}")] {
            let row = |n: usize, id| Row { collection: 3, seq: seqs[n], id, text: (n != 1).then_some(text) };
            let rows = [row(0, "a"), row(1, "b"), row(2, "é")];
            let bytes = build(&rows);
            let block = Block::decode(&Checksum::new(), 64, 5, &bytes).unwrap();
            assert_eq!((block.rows(), block.row), (3, 40));
            (0..3).for_each(|n| assert!(block.get(n) == rows[n] && block.holds(n)));
            assert_eq!(block.search("b"), (1, true));
            assert_eq!(block.search("c"), (2, false));
            assert_eq!(block.search("z"), (2, false));
            assert_eq!(block.search("ü"), (3, false));
        }
    }

    #[test]
    fn every_flipped_bit_and_another_place_or_file_is_found() {
        let row = |id| Row { collection: 3, seq: 9, id, text: Some(r#"{"a":"aaaaaaaaaaaaaaaaaaaaaaaaa"}"#) };
        let mut bytes = build(&[row("a"), row("b")]);
        let seed = Checksum::new();
        assert!(Block::decode(&seed, 65, 5, &bytes).is_none(), "another place");
        assert!(Block::decode(&seed, 64, 6, &bytes).is_none(), "another file");
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Block::decode(&seed, 64, 5, &bytes).is_none(), "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(Block::decode(&seed, 64, 5, &bytes[..bytes.len() - 1]).is_none());
        assert!(Block::decode(&seed, 64, 5, &bytes).is_some());
    }
}
