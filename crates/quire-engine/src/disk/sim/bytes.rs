//! The bytes of a file in blocks that are shared until somebody writes: a copy of a file costs a list of pointers.

use std::sync::Arc;

const BLOCK: usize = 4096;

/// A file's bytes. A block that is absent is all zeros; behind the length a block has only zeros.
#[derive(Debug, Clone, Default)]
pub(super) struct Bytes {
    blocks: Vec<Option<Arc<[u8; BLOCK]>>>,
    length: usize,
}

impl Bytes {
    pub(super) fn from_slice(bytes: &[u8]) -> Bytes {
        let mut made = Bytes::default();
        made.set_len(bytes.len());
        made.write(0, bytes);
        made
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Cuts the bytes, or extends them by zeros.
    pub(super) fn set_len(&mut self, length: usize) {
        self.blocks.resize(length.div_ceil(BLOCK), None);
        if length < self.length
            && !length.is_multiple_of(BLOCK)
            && let Some(Some(last)) = self.blocks.last_mut()
        {
            Arc::make_mut(last)[length % BLOCK..].fill(0);
        }
        self.length = length;
    }

    /// Copies what stands at `offset`; false where it ends too early.
    pub(super) fn read(&self, buffer: &mut [u8], offset: usize) -> bool {
        if offset.checked_add(buffer.len()).is_none_or(|end| end > self.length) {
            return false;
        }
        for (block, within, range) in pieces(offset, buffer.len()) {
            let to = &mut buffer[range];
            match &self.blocks[block] {
                Some(bytes) => to.copy_from_slice(&bytes[within..within + to.len()]),
                None => to.fill(0),
            }
        }
        true
    }

    /// Writes what lies within the length; the rest is not kept.
    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        let count = bytes.len().min(self.length.saturating_sub(offset));
        for (block, within, range) in pieces(offset, count) {
            let from = &bytes[range];
            let slot = &mut self.blocks[block];
            if from.len() == BLOCK && from.iter().all(|byte| *byte == 0) {
                *slot = None;
                continue;
            }
            let block = slot.get_or_insert_with(|| Arc::new([0; BLOCK]));
            Arc::make_mut(block)[within..within + from.len()].copy_from_slice(from);
        }
    }

    /// Takes the blocks that hold a range from `other`, without copying them.
    pub(super) fn share(&mut self, other: &Bytes, offset: usize, count: usize) {
        for (block, ..) in pieces(offset, count) {
            if let (Some(to), Some(from)) = (self.blocks.get_mut(block), other.blocks.get(block)) {
                to.clone_from(from);
            }
        }
    }

    pub(super) fn to_vec(&self) -> Vec<u8> {
        let mut out = vec![0; self.length];
        self.read(&mut out, 0);
        out
    }
}

/// The pieces of a range by block: the block, where the piece begins in it, and which part of the range it is.
fn pieces(offset: usize, count: usize) -> impl Iterator<Item = (usize, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let (block, within) = ((offset + done) / BLOCK, (offset + done) % BLOCK);
        let piece = (BLOCK - within).min(count - done);
        let range = done..done + piece;
        done += piece;
        (piece > 0).then_some((block, within, range))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_behave_as_a_plain_vector_does() {
        let mut lots = super::super::lots::Lots::new(1);
        let (mut plain, mut blocks) = (Vec::new(), Bytes::default());
        for _ in 0..2000 {
            let at = lots.below(20_000);
            if lots.chance(2) {
                plain.resize(at, 0);
                blocks.set_len(at);
            } else {
                let mut bytes = vec![0; lots.below(9000)];
                if lots.chance(7) {
                    lots.noise(&mut bytes);
                }
                let end = (at + bytes.len()).min(plain.len()).max(at.min(plain.len()));
                let from = at.min(plain.len());
                plain[from..end].copy_from_slice(&bytes[..end - from]);
                blocks.write(at, &bytes);
            }
            assert!(blocks.to_vec() == plain, "different after a change at {at}");
        }
        let copy = blocks.clone();
        blocks.set_len(20_000);
        blocks.write(0, &[7; 20_000]);
        assert!(copy.to_vec() == plain, "a copy changed");
    }
}
