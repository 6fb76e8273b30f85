//! New segments of a flush or a merge: a collection with much to write gets a file of its own, the others share one.

use crate::error::disk_error;
use crate::facts::SegmentRow;
use crate::segment::{Identity, Row, Segment, SegmentWriter};
use crate::state::State;
use quire_model::{Error, Result};
use std::sync::Arc;

/// Bytes of ids and texts from which on a collection gets a segment of its own.
pub(crate) const OWN_BYTES: u64 = 1 << 20;

/// Takes rows in order of collection and id.
pub(crate) struct Output {
    shared: Option<(u64, SegmentWriter)>,
    own: Option<(u32, u64, SegmentWriter)>,
    written: Vec<SegmentRow>,
}

impl Output {
    pub(crate) fn new() -> Output {
        Output { shared: None, own: None, written: Vec::new() }
    }

    /// Adds a row, to a file of its collection's own or to the shared one; answers the segment's and the row's number.
    pub(crate) fn add(&mut self, state: &State, row: Row<'_>, own: bool) -> Result<(u64, u32)> {
        let write_error = |e| disk_error("write a segment in", state.folder.display(), e);
        if let Some((_, _, writer)) = self.own.take_if(|(collection, ..)| *collection != row.collection) {
            self.written.push(writer.finish().map_err(write_error)?);
        }
        let (number, writer) = if own {
            if self.own.is_none() {
                let (number, writer) = create(state)?;
                self.own = Some((row.collection, number, writer));
            }
            self.own.as_mut().map(|(_, number, writer)| (*number, writer))
        } else {
            if self.shared.is_none() {
                self.shared = Some(create(state)?);
            }
            self.shared.as_mut().map(|(number, writer)| (*number, writer))
        }
        .ok_or_else(|| Error::internal("a segment was begun and is not there"))?;
        Ok((number, writer.add(row).map_err(write_error)?))
    }

    /// Bytes written so far.
    pub(crate) fn bytes(&self) -> u64 {
        let open = self.shared.iter().map(|(_, writer)| writer.bytes());
        let own = self.own.iter().map(|(.., writer)| writer.bytes());
        open.chain(own).sum::<u64>() + self.written.iter().map(|row| row.bytes).sum::<u64>()
    }

    /// Makes all files whole and durable, with their names.
    pub(crate) fn finish(&mut self, state: &State) -> Result<Vec<Arc<Segment>>> {
        let write_error = |e| disk_error("write a segment in", state.folder.display(), e);
        // One after the other: what is still open when one fails is given up by `abandon`.
        if let Some((.., writer)) = self.own.take() {
            self.written.push(writer.finish().map_err(write_error)?);
        }
        if let Some((_, writer)) = self.shared.take() {
            self.written.push(writer.finish().map_err(write_error)?);
        }
        if !self.written.is_empty() {
            state.disk.sync_folder(&state.folder).map_err(write_error)?;
        }
        Ok(self.written.iter().map(|row| state.segment(row.clone())).collect())
    }

    /// Removes what was written, as nothing names it.
    pub(crate) fn abandon(&mut self, state: &State) {
        let open = self.own.take().map(|(.., writer)| writer);
        for writer in open.into_iter().chain(self.shared.take().map(|(_, writer)| writer)) {
            writer.abandon();
        }
        for row in self.written.drain(..) {
            state.remove_file(&crate::segment::file_name(row.number));
        }
    }
}

fn create(state: &State) -> Result<(u64, SegmentWriter)> {
    let write_error = |e| disk_error("write a segment in", state.folder.display(), e);
    let number = state.take_segment_number();
    let identity =
        Identity { number, timeline: state.timeline, salt: state.clock.random().map_err(write_error)? };
    let writer = SegmentWriter::create(state.disk.clone(), &state.folder, identity).map_err(write_error)?;
    Ok((number, writer))
}
