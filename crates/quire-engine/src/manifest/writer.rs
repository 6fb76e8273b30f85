//! Replacing the manifest: written whole under another name, synced, renamed, its folder synced.

use super::format::{Manifest, NAME};
use crate::clock::Clock;
use crate::disk::Disk;
use crate::error::disk_error;
use crate::log::{self, Encoder, FileKind, HEADER_BYTES, Header, Lsn};
use quire_model::Result;
use std::path::Path;

/// Makes `manifest` the one of its folder. It is durable when this returns; a crash leaves the old or the new one.
pub(crate) fn write(disk: &dyn Disk, folder: &Path, manifest: &Manifest, clock: &dyn Clock) -> Result<()> {
    let path = folder.join(NAME);
    let failed = |e| disk_error("write", path.display(), e);
    let header = Header {
        kind: FileKind::Manifest,
        number: manifest.generation,
        salt: clock.random().map_err(failed)?,
        timeline: manifest.timeline,
        created_ms: clock.now_ms(),
    };
    let seed = header.seed();
    let start = Lsn::new(manifest.generation, HEADER_BYTES as u64);
    let mut records = Encoder::new(&seed, start, Vec::new());
    manifest.encode(&mut records);
    log::create(disk, &path, &header, &records.finish(), 0).map(|_| ()).map_err(failed)
}
