//! Whether a record that does not hold would hold with one bit the other way round.
//!
//! At the end of a file a record that does not hold may be what a crash left of a write. But a write that was cut off
//! lacks whole sectors. A single bit is never how a crash leaves it, so there this tells damage from a torn tail.
//!
//! A checksum is linear: the difference between the stored and the computed one depends on the flipped bit alone. For
//! CRC-32C, read from the last bit to the first, each bit's difference is one step of the register from the one before.

use crate::codec::Checksum;
use crate::disk::DiskFile;
use crate::log::{Header, Lsn, RECORD_HEADER_BYTES, record_checksum};
use std::io;

/// In a longer record a difference could be that of a bit by chance: one in 2^32 for each of its bits.
const PAYLOAD_BYTES_MAX: u64 = 64 << 10;
/// The polynomial of CRC-32C, its lowest power in the highest bit.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// The offset of the byte in which a bit is flipped, if that is all that is wrong with the record at `lsn`.
pub(crate) fn flipped_byte(
    file: &dyn DiskFile,
    header: &Header,
    lsn: Lsn,
    file_bytes: u64,
) -> io::Result<Option<u64>> {
    let at = lsn.offset();
    let Some(room) = file_bytes.checked_sub(at + RECORD_HEADER_BYTES as u64) else { return Ok(None) };
    let mut head = [0; RECORD_HEADER_BYTES];
    file.read_at(&mut head, at)?;
    if head == [0; RECORD_HEADER_BYTES] {
        return Ok(None);
    }
    let stored = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
    let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    let seed = header.seed();
    let fits = |length: u32| u64::from(length) <= room.min(PAYLOAD_BYTES_MAX);
    let mut payload = Vec::new();
    let mut read = |length: u32| {
        payload.resize(length as usize, 0);
        file.read_at(&mut payload, at + RECORD_HEADER_BYTES as u64).map(|()| payload.clone())
    };
    if fits(length) {
        let payload = read(length)?;
        let difference = stored ^ record_checksum(&seed, lsn, head[8], &payload);
        if let Some(byte) = byte_of(difference, payload.len()) {
            return Ok(Some(at + byte));
        }
    }
    for bit in 0..u32::BITS {
        let other = length ^ (1 << bit);
        if fits(other) && holds(&seed, lsn, head[8], &read(other)?, stored) {
            return Ok(Some(at + 4 + u64::from(bit / 8)));
        }
    }
    Ok(None)
}

fn holds(seed: &Checksum, lsn: Lsn, kind: u8, payload: &[u8], stored: u32) -> bool {
    kind != 0 && record_checksum(seed, lsn, kind, payload) == stored
}

/// The byte of a record in which one bit makes such a difference between the checksums, its length's bytes left out.
fn byte_of(difference: u32, payload_bytes: usize) -> Option<u64> {
    if difference.count_ones() == 1 {
        return Some(u64::from(difference.trailing_zeros() / 8));
    }
    // The register after a last byte with only its lowest-powered bit set; before it stand payload and kind.
    let mut register = 1u32;
    for bit in 0..(payload_bytes + 1) * 8 {
        register = (register >> 1) ^ if register & 1 == 1 { POLYNOMIAL } else { 0 };
        if register == difference {
            return Some((RECORD_HEADER_BYTES + payload_bytes - 1 - bit / 8) as u64);
        }
    }
    None
}
