//! One stripe: its blocks, their parity, the index and the filter.

use super::piece::{Piece, Repair, What};
use super::rows::Rows;
use super::walk::{Look, Walk};
use crate::segment::{
    BLOCK_HEAD_BYTES, Block, GROUPS, Page, PagePlace, block_sizes, check_block, check_parity, unseal,
};
use std::ops::ControlFlow;

/// The blocks of a stripe as far as they were seen, by group.
#[derive(Default)]
struct Group {
    /// The exclusive or of the blocks that are whole.
    mixed: Vec<u8>,
    blocks: u32,
    damaged: u32,
    /// Whether the parity's own checksum holds.
    parity: bool,
}

/// A stripe while it is walked over.
pub(super) struct Stripe<'a> {
    place: &'a PagePlace,
    index_fault: Option<String>,
    /// Whether the index was read from its copy.
    copied: bool,
    filter_fault: Option<String>,
    /// The index, from whichever copy is whole, with the filter if that is.
    page: Option<Page>,
    groups: Vec<Group>,
}

impl<'a> Stripe<'a> {
    /// Reads the index, or its copy, and the filter: they stand behind the blocks and say where those are.
    pub(super) fn read(walk: &Walk<'_>, place: &'a PagePlace) -> Stripe<'a> {
        let index_bytes = u64::from(place.index_bytes);
        let index = sealed(walk, place.offset, index_bytes);
        let filter = sealed(walk, place.offset.saturating_add(index_bytes), u64::from(place.filter_bytes));
        let filter_bytes = filter.as_ref().ok().cloned().unwrap_or_default();
        let mut filter_fault = filter.err();
        let decode = |bytes: &[u8]| Page::decode(bytes, filter_bytes.clone());
        let mut page = None;
        let mut index_fault = index.as_ref().err().cloned();
        if let Ok(bytes) = &index {
            page = decode(bytes);
            if page.is_none() && filter_fault.is_none() && Page::decode(bytes, Vec::new()).is_some() {
                filter_fault = Some("the filter does not fit together".to_owned());
                page = Page::decode(bytes, Vec::new());
            }
            if page.is_none() {
                index_fault = Some("the index does not fit together".to_owned());
            }
        }
        let mut copied = false;
        if page.is_none() {
            page = sealed(walk, place.copy, index_bytes).ok().and_then(|bytes| decode(&bytes));
            copied = page.is_some();
        }
        Stripe { place, index_fault, copied, filter_fault, page, groups: Vec::new() }
    }

    /// Tells every piece from `at` on; the end is where the next stripe begins.
    pub(super) fn walk(mut self, walk: &mut Walk<'_>, rows: &mut Rows, look: Look<'_>) -> ControlFlow<()> {
        self.groups.resize_with(GROUPS, Group::default);
        match self.page.take() {
            Some(page) => {
                self.blocks(&page, walk, rows, look)?;
                self.parities(&page, walk, look)?;
                self.index(Some(&page), walk, look)
            }
            None => {
                self.without_index(walk, rows, look)?;
                self.index(None, walk, look)
            }
        }
    }

    fn blocks(
        &mut self,
        page: &Page,
        walk: &mut Walk<'_>,
        rows: &mut Rows,
        look: Look<'_>,
    ) -> ControlFlow<()> {
        for (n, place) in page.blocks().iter().enumerate() {
            let (offset, bytes) = (place.offset, u64::from(place.bytes));
            walk.come_to(offset, look)?;
            let group = &mut self.groups[n % GROUPS];
            let (mut faults, mut block, mut sizes) = (Vec::new(), None, None);
            match walk.window.bytes(offset, bytes) {
                Ok(stored) => {
                    sizes = block_sizes(stored).map(|(stored, raw, _)| (stored, raw));
                    match read_block(&walk.seed, offset, walk.number, stored) {
                        Ok((read, ordinal, id)) => {
                            let fits = *walk.ordinal.get_or_insert(ordinal) == ordinal
                                && (read.row, read.get(0).collection) == (place.row, place.collection)
                                && (id == page.id(n) && read.get(0).id == id);
                            if !fits {
                                faults.push("the block is not the one that the index names".to_owned());
                            }
                            group.add(stored);
                            block = Some(read);
                        }
                        Err(fault) => faults.push(fault),
                    }
                }
                Err(fault) => faults.push(format!("the block: {fault}")),
            }
            match &block {
                Some(block) => faults.extend(rows.faults(block, page, self.filter_fault.is_none())),
                None => {
                    group.lose();
                    let next = page.blocks().get(n + 1).map(|next| next.row);
                    let end = next.unwrap_or(self.place.row.saturating_add(self.place.rows));
                    let last = end.saturating_sub(1);
                    faults.push(format!("rows {} to {last}, from id {:?} on", place.row, page.id(n)));
                }
            }
            let ordinal = walk.saw(block.as_ref());
            let what = What::Block { ordinal, group: Some(n % GROUPS), sizes, block: block.as_ref() };
            look(Piece { offset, bytes, what, faults, repair: None })?;
            walk.at = offset.saturating_add(bytes);
        }
        ControlFlow::Continue(())
    }

    /// Neither copy of the index can be read: the blocks say by themselves how long they are, up to the first that
    /// does not.
    fn without_index(&mut self, walk: &mut Walk<'_>, rows: &mut Rows, look: Look<'_>) -> ControlFlow<()> {
        let nothing = Page::default();
        loop {
            let offset = walk.at;
            let room = self.place.offset.saturating_sub(offset);
            let head = walk.window.bytes(offset, BLOCK_HEAD_BYTES as u64).ok().and_then(block_sizes);
            let Some((stored, raw, bytes)) = head.filter(|(.., bytes)| *bytes <= room) else { break };
            let Ok(stored_bytes) = walk.window.bytes(offset, bytes) else { break };
            let read = read_block(&walk.seed, offset, walk.number, stored_bytes);
            let Ok((block, ordinal, _)) = read else { break };
            walk.ordinal = Some(ordinal);
            let faults = rows.faults(&block, &nothing, false);
            let ordinal = walk.saw(Some(&block));
            let what = What::Block { ordinal, group: None, sizes: Some((stored, raw)), block: Some(&block) };
            look(Piece { offset, bytes, what, faults, repair: None })?;
            walk.at = offset + bytes;
        }
        walk.lose_place();
        walk.at = self.place.offset.max(walk.at);
        ControlFlow::Continue(())
    }

    fn parities(&mut self, page: &Page, walk: &mut Walk<'_>, look: Look<'_>) -> ControlFlow<()> {
        let mut mendable = 0u16;
        for (n, (offset, bytes)) in
            page.parities.iter().map(|(at, bytes)| (*at, u64::from(*bytes))).enumerate()
        {
            walk.come_to(offset, look)?;
            let mut faults = Vec::new();
            let checked = walk.window.bytes(offset, bytes).map(|stored| {
                check_parity(&walk.seed, offset, walk.number, stored)
                    .map(|(group, mixed)| (group, mixed.to_vec()))
            });
            let group = self.groups.get_mut(n);
            match (checked, group) {
                (Err(fault), _) => faults.push(format!("the parity block: {fault}")),
                (Ok(None), _) => faults.push("the parity block's checksum does not hold".to_owned()),
                (Ok(Some(_)), None) => faults.push("there are more parity blocks than groups".to_owned()),
                (Ok(Some((named, mixed))), Some(group)) => {
                    group.parity = named == n;
                    if named != n {
                        faults.push(format!("the parity block is that of group {named}"));
                    } else if group.damaged == 0 && group.mixed != mixed {
                        faults.push("the parity block is not the parity of its group".to_owned());
                        group.parity = false;
                    }
                    if group.parity && group.damaged == 1 {
                        mendable |= 1 << n;
                    }
                }
            }
            let what = What::Parity { group: n };
            look(Piece { offset, bytes, what, faults, repair: Some(Repair::Rebuild) })?;
            walk.at = offset.saturating_add(bytes);
        }
        let groups = self.groups.iter().filter(|group| group.blocks > 0).count();
        let mut faults = Vec::new();
        if page.parities.len() < groups {
            faults.push(format!("{} of {groups} groups have a parity block", page.parities.len()));
        }
        look(Piece { offset: walk.at, bytes: 0, what: What::Stripe { mendable }, faults, repair: None })
    }

    fn index(&mut self, page: Option<&Page>, walk: &mut Walk<'_>, look: Look<'_>) -> ControlFlow<()> {
        let PagePlace { offset, index_bytes, filter_bytes, .. } = *self.place;
        walk.come_to(offset, look)?;
        let (bytes, filter_bytes) = (u64::from(index_bytes), u64::from(filter_bytes));
        let mut faults: Vec<String> = self.index_fault.take().into_iter().collect();
        let begins = page.and_then(|page| Some((page.blocks().first()?, page.id(0))));
        if let Some((first, id)) = begins
            && ((first.row, first.collection) != (self.place.row, self.place.collection)
                || id != &*self.place.id)
        {
            faults.push("the top names another first row".to_owned());
        }
        let blocks = page.map(|page| page.blocks().len());
        let what = What::Index { blocks, parities: page.map(|page| page.parities.len()) };
        let repair = Some(if self.copied { Repair::SecondCopy } else { Repair::Rebuild });
        look(Piece { offset, bytes, what, faults, repair })?;
        let faults = self.filter_fault.take().into_iter().collect();
        let (offset, repair) = (offset.saturating_add(bytes), Some(Repair::Rebuild));
        look(Piece { offset, bytes: filter_bytes, what: What::Filter, faults, repair })?;
        walk.at = offset.saturating_add(filter_bytes);
        ControlFlow::Continue(())
    }
}

impl Group {
    fn add(&mut self, block: &[u8]) {
        self.blocks += 1;
        if self.mixed.len() < block.len() {
            self.mixed.resize(block.len(), 0);
        }
        self.mixed.iter_mut().zip(block).for_each(|(into, byte)| *into ^= byte);
    }

    fn lose(&mut self) {
        self.blocks += 1;
        self.damaged += 1;
    }
}

/// What stands behind a seal that holds; else a sentence.
pub(super) fn sealed(walk: &Walk<'_>, offset: u64, bytes: u64) -> Result<Vec<u8>, String> {
    let stored = walk.window.aside(offset, bytes)?;
    unseal(&walk.seed, offset, &stored)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| "its checksum does not hold".to_owned())
}

/// A block with its ordinal and the first id that its header names.
fn read_block<'a>(
    seed: &crate::codec::Checksum,
    offset: u64,
    segment: u64,
    stored: &'a [u8],
) -> Result<(Block, u32, &'a str), String> {
    let head = check_block(seed, offset, segment, stored).ok_or("the block's checksum does not hold")?;
    let block = Block::decode(seed, offset, segment, stored)
        .ok_or("the block does not fit together, although its checksum holds")?;
    Ok((block, head.ordinal, head.id))
}
