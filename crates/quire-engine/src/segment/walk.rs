//! A walk over a segment's rows in order, without those that a bitmap hides.
//!
//! It reads ahead, more the longer it goes, and leaves the cache to those that come back to the same block.

use super::block::Block;
use super::page::Page;
use super::reader::{Hit, Segment};
use crate::bitmap::Bitmap;
use quire_model::Result;
use std::sync::Arc;

/// The most bytes that are read at once.
const AHEAD_BYTES: u64 = 256 << 10;

/// The walk.
pub(crate) struct SegmentRows {
    segment: Arc<Segment>,
    deleted: Arc<Bitmap>,
    /// Stop behind this collection; `None` walks over all.
    only: Option<u32>,
    after: Option<Box<str>>,
    page: Option<Arc<Page>>,
    next_page: usize,
    next_block: usize,
    block: Option<Arc<Block>>,
    next_row: usize,
    /// Bytes of the file from an offset on, and how much to read next time.
    ahead: Vec<u8>,
    ahead_at: u64,
    ahead_bytes: u64,
}

impl SegmentRows {
    /// The rows of one collection after an id.
    pub(crate) fn of(
        segment: Arc<Segment>,
        deleted: Arc<Bitmap>,
        collection: u32,
        after: Option<&str>,
    ) -> Result<SegmentRows> {
        let from = after.unwrap_or("");
        let pages = &segment.top()?.pages;
        // The stripe before the first that begins behind the id may hold the first rows, and so may its last block.
        let next_page = pages
            .partition_point(|page| (page.collection, &*page.id).cmp(&(collection, from)).is_le())
            .saturating_sub(1);
        let (mut page, mut next_block) = (None, 0);
        if let Some(place) = pages.get(next_page) {
            let found = segment.page(place)?;
            next_block = match found.block_of(collection, from) {
                Some(at) => at,
                None => found.blocks().partition_point(|block| block.collection < collection),
            };
            page = Some(found);
        }
        Ok(SegmentRows {
            next_page: next_page + 1,
            page,
            next_block,
            only: Some(collection),
            after: after.map(Into::into),
            ..SegmentRows::all(segment, deleted)
        })
    }

    /// Every row.
    pub(crate) fn all(segment: Arc<Segment>, deleted: Arc<Bitmap>) -> SegmentRows {
        SegmentRows {
            segment,
            deleted,
            only: None,
            after: None,
            page: None,
            next_page: 0,
            next_block: 0,
            block: None,
            next_row: 0,
            ahead: Vec::new(),
            ahead_at: 0,
            ahead_bytes: 0,
        }
    }

    /// The next row; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Hit>> {
        loop {
            let Some(block) = self.block.as_ref().filter(|block| self.next_row < block.rows()) else {
                if !self.load()? {
                    return Ok(None);
                }
                continue;
            };
            let at = self.next_row;
            self.next_row += 1;
            if self.deleted.contains(block.row + at as u32) {
                continue;
            }
            if self.after.as_deref().is_none_or(|after| block.get(at).id > after) {
                self.after = None;
                return Ok(Some(Hit::new(block.clone(), at)));
            }
        }
    }

    /// Moves to the next block; `false` at the end.
    fn load(&mut self) -> Result<bool> {
        let page = loop {
            match &self.page {
                Some(page) if self.next_block < page.blocks().len() => break page.clone(),
                _ => {}
            }
            let Some(place) = self.segment.top()?.pages.get(self.next_page) else { return Ok(false) };
            if self.only.is_some_and(|only| place.collection > only) {
                return Ok(false);
            }
            self.page = Some(self.segment.page(place)?);
            self.next_page += 1;
            self.next_block = 0;
        };
        let place = page.blocks()[self.next_block];
        if self.only.is_some_and(|only| place.collection != only) {
            // Blocks of the collections before are behind us, so this is one of a later one.
            return Ok(false);
        }
        let block = match self.segment.kept(&place) {
            Some(block) => block,
            None => self.read(&page)?,
        };
        self.block = Some(block);
        self.next_block += 1;
        self.next_row = 0;
        Ok(true)
    }

    /// The next block of the page, and in the same read those behind it.
    fn read(&mut self, page: &Page) -> Result<Arc<Block>> {
        let place = page.blocks()[self.next_block];
        let end = place.offset + u64::from(place.bytes);
        if place.offset < self.ahead_at || end > self.ahead_at + self.ahead.len() as u64 {
            let wanted = place.offset + self.ahead_bytes;
            let rest = &page.blocks()[self.next_block..];
            let ends = rest.iter().map(|block| block.offset + u64::from(block.bytes));
            let until = ends.take_while(|end| *end <= wanted).last().unwrap_or(end);
            self.ahead.resize((until.max(end) - place.offset) as usize, 0);
            self.ahead_at = place.offset;
            self.segment.read(place.offset, &mut self.ahead)?;
            self.ahead_bytes = (self.ahead_bytes * 2).clamp(16 << 10, AHEAD_BYTES);
        }
        let start = (place.offset - self.ahead_at) as usize;
        self.segment.decode(&place, &self.ahead[start..start + place.bytes as usize])
    }
}
