//! Whether a record that does not hold would hold with one bit the other way round.
//!
//! At the end of a file a record that does not hold may be what a crash left of a write. But a write that was cut off
//! lacks whole sectors. A single bit is never how a crash leaves it, so there this tells damage from a torn tail.
//!
//! 1. A checksum is linear: the difference between the stored and the computed one depends on the flipped bit alone.
//!    For CRC-32C, from the last bit to the first, each bit's difference is one step of the register from the one
//!    before.
//! 2. A difference could be that of some bit by chance. So with the bit the other way the record has to make sense.
//! 3. Where a sector is missing whose part of the record had one bit only, nobody can tell.

use super::document::Documents;
use super::record;
use crate::disk::DiskFile;
use crate::log::{FileKind, Header, Lsn, RECORD_HEADER_BYTES, Record, record_checksum};
use crate::wal;
use std::io;

/// Longer records are not tried: the chance grows with them, and the work.
const PAYLOAD_BYTES_MAX: u64 = 64 << 10;
/// The polynomial of CRC-32C, its lowest power in the highest bit.
const POLYNOMIAL: u32 = 0x82f6_3b78;
/// What disks lose at once, or a multiple of it.
const SECTOR_BYTES: u64 = 512;

/// A bit of a record, and how long the payload is with that bit the other way.
struct Bit {
    byte: usize,
    mask: u8,
    payload_bytes: usize,
}

/// The offset of the byte in which a bit is flipped, if that is all that is wrong with the record at `lsn`.
pub(crate) fn flipped_byte(
    file: &dyn DiskFile,
    header: &Header,
    lsn: Lsn,
    file_bytes: u64,
) -> io::Result<Option<u64>> {
    let at = lsn.offset();
    let head_bytes = RECORD_HEADER_BYTES as u64;
    let Some(room) = file_bytes.checked_sub(at + head_bytes) else { return Ok(None) };
    let mut bytes = vec![0; (head_bytes + room.min(PAYLOAD_BYTES_MAX)) as usize];
    file.read_at(&mut bytes, at)?;
    let bit = candidates(header, lsn, &bytes).into_iter().find(|bit| {
        let mut whole = bytes[..RECORD_HEADER_BYTES + bit.payload_bytes].to_vec();
        whole[bit.byte] ^= bit.mask;
        is_whole(header, lsn, &whole)
    });
    let place = bit.map(|bit| bit.byte).filter(|byte| !in_missing_sector(&bytes, at, *byte));
    Ok(place.map(|byte| at + byte as u64))
}

/// The bits that may be the one: those of checksum and length are few enough to try, of the others the checksum tells.
fn candidates(header: &Header, lsn: Lsn, bytes: &[u8]) -> Vec<Bit> {
    let room = bytes.len() - RECORD_HEADER_BYTES;
    let (stored, length, kind) = fields(bytes);
    let mut bits = Vec::new();
    let mut add = |byte, bit: usize, payload_bytes| {
        if payload_bytes <= room {
            bits.push(Bit { byte, mask: 1 << (bit % 8), payload_bytes });
        }
    };
    for bit in 0..32 {
        add(bit / 8, bit, length);
        add(4 + bit / 8, bit, length ^ (1 << bit));
    }
    if length <= room {
        let payload = &bytes[RECORD_HEADER_BYTES..RECORD_HEADER_BYTES + length];
        let difference = stored ^ record_checksum(&header.seed(), lsn, kind, payload);
        // The register after a byte with its lowest-powered bit; before the payload stands the kind.
        let mut register = 1u32;
        for from_last in 0..(length + 1) * 8 {
            register = (register >> 1) ^ if register & 1 == 1 { POLYNOMIAL } else { 0 };
            if register == difference {
                add(RECORD_HEADER_BYTES + length - 1 - from_last / 8, 7 - from_last % 8, length);
            }
        }
    }
    bits
}

/// Checksum, length and kind of a record.
fn fields(bytes: &[u8]) -> (u32, usize, u8) {
    let field = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    (field(0), field(4) as usize, bytes[8])
}

/// Whether the checksum holds and what it covers makes sense.
fn is_whole(header: &Header, lsn: Lsn, bytes: &[u8]) -> bool {
    let (stored, length, kind) = fields(bytes);
    let payload = &bytes[RECORD_HEADER_BYTES..];
    let holds = length == payload.len() && record_checksum(&header.seed(), lsn, kind, payload) == stored;
    let record = Record { lsn, kind, payload };
    if !holds || record::entry(header.kind, &record, None, false).is_none() {
        return false;
    }
    match wal::Entry::decode(kind, payload) {
        Some(wal::Entry::Put { id, text, .. }) if header.kind == FileKind::WriteAhead => {
            Documents::new().fault(id, text).is_none()
        }
        _ => true,
    }
}

/// Whether the sector of a byte has nothing of the record: it may never have been written, and had one bit to lose.
fn in_missing_sector(bytes: &[u8], at: u64, byte: usize) -> bool {
    let before = ((at + byte as u64) % SECTOR_BYTES) as usize;
    let end = byte + SECTOR_BYTES as usize - before;
    bytes[byte.saturating_sub(before)..end.min(bytes.len())].iter().all(|byte| *byte == 0)
}
