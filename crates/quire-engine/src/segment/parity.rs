//! Parity: for each group of blocks the exclusive or of their stored bytes, so that one lost block of a group can be
//! formed anew from the others.
//!
//! The blocks of a stripe belong to 16 groups in turn, so that neighbours are in different groups and a run of damage
//! as long as 16 blocks takes at most one block of each.
//!
//! ```text
//! parity = magic[4] crc:u32 segment:u64 group:u32 blocks:u32 bytes                  as long as the longest block
//! ```

use super::format::checksum_at;
use crate::codec::{Checksum, Fields};

/// Groups of a stripe, and so the distance of a group's blocks.
pub(crate) const GROUPS: usize = 16;
const MAGIC: &[u8; 4] = b"QPAR";

/// The groups of a stripe that is being written.
#[derive(Default)]
pub(crate) struct Parity {
    groups: Vec<Vec<u8>>,
    blocks: usize,
}

impl Parity {
    /// Takes the stripe's next block, as it is stored.
    pub(crate) fn add(&mut self, block: &[u8]) {
        let group = self.blocks % GROUPS;
        self.blocks += 1;
        if group == self.groups.len() {
            self.groups.push(Vec::new());
        }
        let bytes = &mut self.groups[group];
        if bytes.len() < block.len() {
            bytes.resize(block.len(), 0);
        }
        mix(bytes, block);
    }

    /// Appends the stripe's parity blocks to `out`, of which the first goes to `offset`, tells each one's place to
    /// `place`, and begins the next stripe.
    pub(crate) fn finish(
        &mut self,
        seed: &Checksum,
        segment: u64,
        offset: u64,
        out: &mut Vec<u8>,
        mut place: impl FnMut(u64, u32),
    ) {
        let begin = out.len();
        let members = |group: usize| self.blocks / GROUPS + usize::from(group < self.blocks % GROUPS);
        for (group, bytes) in self.groups.iter().enumerate() {
            let start = out.len();
            let at = offset + (start - begin) as u64;
            out.extend_from_slice(MAGIC);
            out.extend_from_slice(&[0; 4]);
            out.extend_from_slice(&segment.to_le_bytes());
            out.extend_from_slice(&(group as u32).to_le_bytes());
            out.extend_from_slice(&(members(group) as u32).to_le_bytes());
            out.extend_from_slice(bytes);
            let crc = checksum_at(seed, at, &out[start + 8..]);
            out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
            place(at, (out.len() - start) as u32);
        }
        self.groups.clear();
        self.blocks = 0;
    }
}

fn mix(into: &mut [u8], bytes: &[u8]) {
    into.iter_mut().zip(bytes).for_each(|(into, byte)| *into ^= byte);
}

/// Whether a parity block's checksum holds at `offset`; its group and its bytes.
pub(crate) fn check<'a>(
    seed: &Checksum,
    offset: u64,
    segment: u64,
    bytes: &'a [u8],
) -> Option<(usize, &'a [u8])> {
    let mut fields = Fields(bytes);
    let (magic, crc, found, group) = (fields.bytes(4)?, fields.u32()?, fields.u64()?, fields.u32()?);
    fields.u32()?;
    let holds = magic == MAGIC && found == segment && checksum_at(seed, offset, &bytes[8..]) == crc;
    holds.then_some((group as usize, fields.0))
}

/// A group's missing block: the parity's bytes and the other members', of which the last zeros may not belong to it.
#[cfg(test)]
pub(crate) fn rebuild(parity: &[u8], others: &[&[u8]]) -> Vec<u8> {
    let mut out = parity.to_vec();
    others.iter().for_each(|block| mix(&mut out, block));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_one_block_of_a_group_comes_back_from_the_others() {
        let blocks: Vec<Vec<u8>> = (0..40).map(|n: u8| vec![n; 20 + usize::from(n)]).collect();
        let (mut parity, mut out, mut places) = (Parity::default(), Vec::new(), Vec::new());
        blocks.iter().for_each(|block| parity.add(block));
        let seed = Checksum::new();
        parity.finish(&seed, 3, 1000, &mut out, |at, bytes| places.push((at, bytes)));
        assert_eq!(places.len(), GROUPS);
        for (group, (at, bytes)) in places.into_iter().enumerate() {
            let stored = &out[at as usize - 1000..][..bytes as usize];
            assert_eq!(check(&seed, at + 1, 3, stored), None);
            let (found, bytes) = check(&seed, at, 3, stored).unwrap();
            assert_eq!(found, group);
            for lost in (group..40).step_by(GROUPS) {
                let others: Vec<&[u8]> =
                    (group..40).step_by(GROUPS).filter(|n| *n != lost).map(|n| &blocks[n][..]).collect();
                assert_eq!(&rebuild(bytes, &others)[..blocks[lost].len()], &blocks[lost][..]);
            }
        }
    }
}
