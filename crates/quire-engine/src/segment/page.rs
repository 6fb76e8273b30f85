//! The sparse index of a stripe: where each block is and which id it begins with.
//!
//! ```text
//! index = blocks:u32 parities:u32 block* parity* ids
//! block = offset:u64 bytes:u32 row:u32 collection:u32 id_end:u32      row: its first row; id_end: its id's end in ids
//! parity = offset:u64 bytes:u32
//! ```

use super::filter::{self, KeyHash};
use crate::codec::Fields;
use std::cmp::Ordering;

/// A block's place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockPlace {
    pub(crate) offset: u64,
    pub(crate) bytes: u32,
    pub(crate) row: u32,
    pub(crate) collection: u32,
    id_end: u32,
}

/// A stripe's index and filter, in memory.
#[derive(Debug, Default)]
pub(crate) struct Page {
    blocks: Vec<BlockPlace>,
    /// Offset and bytes of each parity block.
    pub(crate) parities: Vec<(u64, u32)>,
    ids: String,
    filter: Vec<u8>,
}

impl Page {
    pub(crate) fn push(&mut self, offset: u64, bytes: u32, row: u32, collection: u32, id: &str) {
        self.ids.push_str(id);
        let id_end = self.ids.len() as u32;
        self.blocks.push(BlockPlace { offset, bytes, row, collection, id_end });
    }

    pub(crate) fn blocks(&self) -> &[BlockPlace] {
        &self.blocks
    }

    pub(crate) fn id(&self, block: usize) -> &str {
        let start = block.checked_sub(1).map_or(0, |before| self.blocks[before].id_end as usize);
        &self.ids[start..self.blocks[block].id_end as usize]
    }

    /// Without the checksum and the length.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend_from_slice(&(self.blocks.len() as u32).to_le_bytes());
        out.extend_from_slice(&(self.parities.len() as u32).to_le_bytes());
        for block in &self.blocks {
            out.extend_from_slice(&block.offset.to_le_bytes());
            for field in [block.bytes, block.row, block.collection, block.id_end] {
                out.extend_from_slice(&field.to_le_bytes());
            }
        }
        for (offset, bytes) in &self.parities {
            out.extend_from_slice(&offset.to_le_bytes());
            out.extend_from_slice(&bytes.to_le_bytes());
        }
        out.extend_from_slice(self.ids.as_bytes());
        out
    }

    /// `None` where the bytes do not make an index, or the filter could be asked outside itself.
    pub(crate) fn decode(index: &[u8], filter: Vec<u8>) -> Option<Page> {
        let mut fields = Fields(index);
        let (blocks, parities) = (fields.u32()?, fields.u32()?);
        let mut page = Page { filter, ..Page::default() };
        for _ in 0..blocks {
            page.blocks.push(BlockPlace {
                offset: fields.u64()?,
                bytes: fields.u32()?,
                row: fields.u32()?,
                collection: fields.u32()?,
                id_end: fields.u32()?,
            });
        }
        for _ in 0..parities {
            page.parities.push((fields.u64()?, fields.u32()?));
        }
        page.ids = fields.rest_text()?.to_owned();
        let ends = page.blocks.iter().map(|block| block.id_end as usize);
        let fit = ends.clone().is_sorted() && ends.clone().all(|end| page.ids.is_char_boundary(end));
        (fit && filter::is_whole(&page.filter)).then_some(page)
    }

    /// Bytes that it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        std::mem::size_of::<Page>()
            + self.blocks.len() * std::mem::size_of::<BlockPlace>()
            + self.parities.len() * 16
            + self.ids.len()
            + self.filter.len()
    }

    pub(crate) fn may_contain(&self, key: KeyHash) -> bool {
        filter::may_contain(&self.filter, key)
    }

    /// The last block that begins at or before an id: the only one that can hold it.
    pub(crate) fn block_of(&self, collection: u32, id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.blocks.len());
        while low < high {
            let middle = (low + high) / 2;
            let order = self.blocks[middle].collection.cmp(&collection).then_with(|| self.id(middle).cmp(id));
            if order == Ordering::Greater { high = middle } else { low = middle + 1 }
        }
        low.checked_sub(1).filter(|at| self.blocks[*at].collection == collection)
    }

    /// The block that a row is in.
    pub(crate) fn block_of_row(&self, row: u32) -> Option<usize> {
        self.blocks.partition_point(|block| block.row <= row).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_reads_back_and_finds_the_one_block() {
        let mut page = Page::default();
        page.push(64, 100, 0, 1, "b");
        page.push(164, 100, 10, 1, "é");
        page.push(264, 100, 20, 3, "a");
        page.parities.push((400, 9));
        let bytes = page.encode();
        let page = Page::decode(&bytes, Vec::new()).unwrap();
        assert_eq!(page.parities, [(400, 9)]);
        let block = |collection, id| page.block_of(collection, id).map(|n| page.blocks()[n].offset);
        assert_eq!(block(1, "a"), None);
        assert_eq!(block(1, "b"), Some(64));
        assert_eq!(block(1, "c"), Some(64));
        assert_eq!(block(1, "ü"), Some(164));
        assert_eq!(block(2, "z"), None);
        assert_eq!(block(3, "z"), Some(264));
        assert_eq!([0, 9, 10, 25].map(|row| page.block_of_row(row)), [0, 0, 1, 2].map(Some));
        assert!(Page::decode(&bytes[..bytes.len() - 1], Vec::new()).is_none());
    }
}
