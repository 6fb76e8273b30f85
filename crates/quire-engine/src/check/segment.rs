//! A segment against what the manifest says of it.

use super::context::Context;
use crate::inspect::Repair;
use crate::inspect::segment::{Known, Piece, What, walk};
use crate::manifest::{Manifest, SegmentEntry};
use crate::segment::{Top, VERSION, file_name};
use quire_model::{Code, Error, Result};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

/// Checks a segment's file. Answers whether all its rows could be read, so that they can be compared with others.
pub(super) fn check(
    context: &mut Context<'_>,
    folder: &Path,
    manifest: &Manifest,
    entry: &SegmentEntry,
) -> Result<bool> {
    let path = folder.join(file_name(entry.row.number));
    against_manifest(context, &path, manifest, entry);
    let Some(file) = context.open(&path, None) else { return Ok(false) };
    context.report.totals.segments += 1;
    let known = Known { row: &entry.row, timeline: manifest.timeline };
    // Damaged blocks of the stripe that is walked over, until its parity is seen.
    let mut pending: Vec<(u64, String, Option<usize>)> = Vec::new();
    let mut told = 0;
    let mut unsupported = None;
    let mut whole = true;
    let damages = context.report.damages;
    let progress = context.progress.bytes.clone();
    let walked = walk(file, Some(&known), &mut |piece| {
        progress.fetch_add(piece.bytes, Ordering::Relaxed);
        told += piece.bytes;
        match &piece.what {
            What::Header(Some(header)) if header.holds && (header.version, header.cipher) != (VERSION, 0) => {
                let faults = piece.faults.join("; ");
                let detail = format!("{}: {faults}, which this program does not read", path.display());
                unsupported = Some(Error::new(Code::FormatUnsupported, detail));
                return ControlFlow::Break(());
            }
            What::Block { group, block, .. } => {
                context.progress.rows.fetch_add(block.map_or(0, |b| b.rows() as u64), Ordering::Relaxed);
                if block.is_none() {
                    pending.push((piece.offset, piece.faults.join(": "), *group));
                    return ControlFlow::Continue(());
                }
            }
            What::Stripe { mendable } => {
                for (offset, what, group) in pending.drain(..) {
                    let mends = group.is_some_and(|group| mendable & (1 << group) != 0);
                    context.damage(&path, offset, what, mends.then_some(Repair::Parity));
                }
            }
            What::Top(Some(top)) => whole &= parts_agree(context, &path, &piece, top, entry),
            _ => {}
        }
        whole &= piece.faults.is_empty() || can_do_without(&piece);
        for fault in piece.faults {
            context.damage(&path, piece.offset, fault, piece.repair);
        }
        ControlFlow::Continue(())
    });
    if let Some(error) = unsupported {
        return Err(error);
    }
    let Some((seen, _)) = context.told(&path, walked) else { return Ok(false) };
    context.report.totals.files += 1;
    context.report.totals.bytes += told;
    context.report.totals.blocks += seen.blocks;
    context.report.totals.rows += seen.rows;
    let missed = seen.blocks_lost > 0 && context.report.damages == damages;
    if missed {
        context.damage(&path, None, "some of its blocks cannot be found", None);
    }
    Ok(whole && seen.blocks_lost == 0)
}

/// What the manifest says of the segment must be possible.
fn against_manifest(context: &mut Context<'_>, path: &Path, manifest: &Manifest, entry: &SegmentEntry) {
    let rows: u64 = entry.row.parts.iter().map(|part| u64::from(part.rows)).sum();
    let outside = entry.hidden.last().filter(|last| u64::from(*last) >= rows);
    if let Some(row) = outside {
        let what = format!("the manifest hides row {row}, and the segment has {rows} rows");
        context.damage(path, None, what, Some(Repair::Rebuild));
    }
    let newest = entry.row.parts.iter().map(|part| part.seq_max).max().unwrap_or(0);
    if newest > manifest.checkpoint_seq {
        let seq = manifest.checkpoint_seq;
        context.damage(path, None, format!("it has commit {newest}, and the checkpoint is at {seq}"), None);
    }
}

fn parts_agree(
    context: &mut Context<'_>,
    path: &Path,
    piece: &Piece<'_>,
    top: &Top,
    entry: &SegmentEntry,
) -> bool {
    if top.parts != entry.row.parts {
        let what = "its parts are not those that the manifest names";
        context.damage(path, piece.offset, what, Some(Repair::Rebuild));
    }
    top.parts == entry.row.parts
}

/// Whether rows are read as well without a piece.
fn can_do_without(piece: &Piece<'_>) -> bool {
    match piece.what {
        What::Parity { .. } | What::Stripe { .. } | What::Filter | What::Copy | What::Footer(_) => true,
        What::Index { .. } | What::Top(_) => piece.repair == Some(Repair::SecondCopy),
        What::Header(_) | What::Block { .. } | What::Gap => false,
    }
}
