//! Reading a segment. Nothing is read before it is asked for, and every piece's checksum is verified when it is read.

use super::block::{Block, Row};
use super::filter::KeyHash;
use super::format::{FOOTER_BYTES, Footer, HEADER_BYTES, MAGIC, PagePlace, Top, VERSION, file_name, unseal};
use super::page::{BlockPlace, Page};
use crate::cache::{BlockCache, Place, Weigh};
use crate::codec::{Checksum, Fields, checksum};
use crate::disk::{Disk, DiskFile};
use crate::error::{corrupt, disk_error};
use crate::facts::{Part, SegmentRow};
use quire_model::{Code, Error, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A piece of a segment that the cache keeps.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Block(Arc<Block>),
    Page(Arc<Page>),
}

impl Weigh for Piece {
    fn bytes(&self) -> usize {
        match self {
            Piece::Block(block) => block.bytes(),
            Piece::Page(page) => page.bytes(),
        }
    }
}

pub(crate) type SegmentCache = BlockCache<Piece>;

/// A segment of an open database. Its file is opened by the first read.
pub(crate) struct Segment {
    pub(crate) facts: SegmentRow,
    timeline: u64,
    disk: Arc<dyn Disk>,
    path: PathBuf,
    name: String,
    pub(super) seed: Checksum,
    cache: Arc<SegmentCache>,
    opened: u64,
    file: OnceLock<Arc<dyn DiskFile>>,
    top: OnceLock<Top>,
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Segment").field(&self.facts.number).finish()
    }
}

/// A row that was found, with the block that keeps it.
#[derive(Debug)]
pub(crate) struct Hit {
    block: Arc<Block>,
    at: usize,
}

impl Hit {
    pub(super) fn new(block: Arc<Block>, at: usize) -> Hit {
        Hit { block, at }
    }

    pub(crate) fn row(&self) -> Row<'_> {
        self.block.get(self.at)
    }

    /// The row's number in its segment.
    pub(crate) fn number(&self) -> u32 {
        self.block.row + self.at as u32
    }
}

impl Segment {
    /// A segment that the manifest names; reads nothing.
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        folder: &Path,
        timeline: u64,
        facts: SegmentRow,
        cache: Arc<SegmentCache>,
    ) -> Segment {
        let path = folder.join(file_name(facts.number));
        Segment {
            seed: Checksum::new().with(&facts.salt),
            name: path.display().to_string(),
            opened: cache.number(),
            facts,
            timeline,
            disk,
            path,
            cache,
            file: OnceLock::new(),
            top: OnceLock::new(),
        }
    }

    pub(crate) fn number(&self) -> u64 {
        self.facts.number
    }

    /// What it holds of a collection.
    pub(crate) fn part(&self, collection: u32) -> Option<&Part> {
        let at = self.facts.parts.binary_search_by_key(&collection, |part| part.collection).ok()?;
        self.facts.parts.get(at)
    }

    pub(crate) fn damaged(&self, offset: u64, what: &str) -> Error {
        corrupt(&self.name, offset, what)
    }

    pub(super) fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.file()?.read_at(buffer, offset).map_err(|e| match e.kind() {
            std::io::ErrorKind::UnexpectedEof => self.damaged(offset, "the file ends here or before"),
            _ => disk_error("read", &self.name, e),
        })
    }

    /// Opens the file, so that it can be read although its name goes.
    pub(crate) fn open(&self) -> Result<()> {
        self.file().map(|_| ())
    }

    fn file(&self) -> Result<&Arc<dyn DiskFile>> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let file = self.disk.open(&self.path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => self.damaged(0, "the file is missing"),
            _ => disk_error("open", &self.name, e),
        })?;
        let mut header = [0; HEADER_BYTES];
        file.read_at(&mut header, 0).map_err(|e| disk_error("read", &self.name, e))?;
        self.check_header(&header)?;
        let length = file.length().map_err(|e| disk_error("read", &self.name, e))?;
        if length != self.facts.bytes {
            let what = format!("the file has {length} bytes and should have {}", self.facts.bytes);
            return Err(self.damaged(length, &what));
        }
        Ok(self.file.get_or_init(|| file))
    }

    fn check_header(&self, header: &[u8; HEADER_BYTES]) -> Result<()> {
        if &header[..8] != MAGIC || Fields(&header[60..]).u32() != Some(checksum(&header[..60])) {
            return Err(self.damaged(0, "the header's checksum does not hold"));
        }
        let (version, cipher) = (u16::from_le_bytes([header[8], header[9]]), header[10]);
        if version != VERSION || cipher != 0 {
            let detail = format!(
                "{} has format version {version} and cipher {cipher}, this program reads {VERSION} and 0",
                self.name
            );
            return Err(Error::new(Code::FormatUnsupported, detail));
        }
        let mut fields = Fields(&header[16..]);
        let ours = fields.u64() == Some(self.facts.number)
            && fields.bytes(16) == Some(&self.facts.salt)
            && fields.u64() == Some(self.timeline);
        if ours { Ok(()) } else { Err(self.damaged(16, "the header is that of another file")) }
    }

    /// Its stripes and parts.
    pub(crate) fn top(&self) -> Result<&Top> {
        if let Some(top) = self.top.get() {
            return Ok(top);
        }
        let end = self.facts.bytes.saturating_sub(FOOTER_BYTES as u64);
        let length = (end.saturating_sub(self.facts.top) / 2).saturating_sub(FOOTER_BYTES as u64 / 2);
        let top = match self.read_top(self.facts.top, length) {
            Ok(top) => top,
            Err(first) => {
                let second = self.second_top(end).map_err(|_| first.clone())?;
                tracing::warn!(event = "damage_passed", error = %first, "the second copy was read");
                second
            }
        };
        if top.parts != self.facts.parts {
            return Err(self.damaged(self.facts.top, "its parts are not those that the manifest names"));
        }
        Ok(self.top.get_or_init(|| top))
    }

    fn second_top(&self, footer_at: u64) -> Result<Top> {
        let mut footer = [0; FOOTER_BYTES];
        self.read(footer_at, &mut footer)?;
        let footer = Footer::decode(&self.seed, footer_at, &footer)
            .ok_or_else(|| self.damaged(footer_at, "the footer's checksum does not hold"))?;
        self.read_top(footer.top_offset, footer.top_bytes)
    }

    fn read_top(&self, offset: u64, bytes: u64) -> Result<Top> {
        if offset.checked_add(bytes).is_none_or(|end| end > self.facts.bytes) {
            return Err(self.damaged(offset, "the top lies outside the file"));
        }
        let mut buffer = vec![0; bytes as usize];
        self.read(offset, &mut buffer)?;
        unseal(&self.seed, offset, &buffer)
            .and_then(Top::decode)
            .ok_or_else(|| self.damaged(offset, "the top's checksum does not hold"))
    }

    /// A stripe's index and filter.
    pub(crate) fn page(&self, place: &PagePlace) -> Result<Arc<Page>> {
        let load = || self.load_page(place).map(|page| Piece::Page(Arc::new(page)));
        match self.cache.get(Place(self.opened, place.offset), load)? {
            Piece::Page(page) => Ok(page),
            Piece::Block(_) => Err(Error::internal("a block is kept where an index belongs")),
        }
    }

    fn load_page(&self, place: &PagePlace) -> Result<Page> {
        let (index_bytes, filter_bytes) = (place.index_bytes as usize, place.filter_bytes as usize);
        let mut bytes = vec![0; index_bytes + filter_bytes];
        self.read(place.offset, &mut bytes)?;
        let (index, filter) = bytes.split_at(index_bytes);
        let filter_at = place.offset + index_bytes as u64;
        let filter = match unseal(&self.seed, filter_at, filter) {
            Some(filter) => filter.to_vec(),
            None => {
                // Without a filter every look goes to the block: slower, and as right.
                let error = self.damaged(filter_at, "the filter's checksum does not hold");
                tracing::warn!(event = "damage_passed", %error, "it is read without its filter");
                Vec::new()
            }
        };
        if let Some(index) = unseal(&self.seed, place.offset, index) {
            return Page::decode(index, filter)
                .ok_or_else(|| self.damaged(place.offset, "the index does not fit together"));
        }
        let error = self.damaged(place.offset, "the index's checksum does not hold");
        let mut copy = vec![0; index_bytes];
        self.read(place.copy, &mut copy)?;
        let Some(page) = unseal(&self.seed, place.copy, &copy).and_then(|index| Page::decode(index, filter))
        else {
            return Err(error);
        };
        tracing::warn!(event = "damage_passed", %error, "the second copy was read");
        Ok(page)
    }

    /// A block through the cache.
    pub(super) fn block(&self, place: &BlockPlace) -> Result<Arc<Block>> {
        let load = || {
            let mut bytes = vec![0; place.bytes as usize];
            self.read(place.offset, &mut bytes)?;
            self.decode(place, &bytes).map(Piece::Block)
        };
        match self.cache.get(Place(self.opened, place.offset), load)? {
            Piece::Block(block) => Ok(block),
            Piece::Page(_) => Err(Error::internal("an index is kept where a block belongs")),
        }
    }

    /// A block if the cache has it.
    pub(super) fn kept(&self, place: &BlockPlace) -> Option<Arc<Block>> {
        match self.cache.peek(Place(self.opened, place.offset))? {
            Piece::Block(block) => Some(block),
            Piece::Page(_) => None,
        }
    }

    pub(super) fn decode(&self, place: &BlockPlace, bytes: &[u8]) -> Result<Arc<Block>> {
        Block::decode(&self.seed, place.offset, self.facts.number, bytes)
            .filter(|block| block.row == place.row)
            .map(Arc::new)
            .ok_or_else(|| self.damaged(place.offset, "a block's checksum does not hold"))
    }

    /// The row of an id: one look at the filter, and one read of a block where that says yes.
    pub(crate) fn find(&self, collection: u32, id: &str, key: KeyHash) -> Result<Option<Hit>> {
        let pages = &self.top()?.pages;
        let after = pages.partition_point(|page| (page.collection, &*page.id).cmp(&(collection, id)).is_le());
        let Some(place) = after.checked_sub(1).and_then(|at| pages.get(at)) else { return Ok(None) };
        let page = self.page(place)?;
        if !page.may_contain(key) {
            return Ok(None);
        }
        let Some(at) = page.block_of(collection, id) else { return Ok(None) };
        let block = self.block(&page.blocks()[at])?;
        let (at, found) = block.search(id);
        Ok(found.then_some(Hit { block, at }))
    }

    /// The row with a number.
    pub(crate) fn row(&self, number: u32) -> Result<Hit> {
        let pages = &self.top()?.pages;
        let place = pages.partition_point(|page| page.row <= number).checked_sub(1).map(|at| &pages[at]);
        let absent = || self.damaged(0, &format!("there is no row {number}"));
        let page = self.page(place.ok_or_else(absent)?)?;
        let block = self.block(&page.blocks()[page.block_of_row(number).ok_or_else(absent)?])?;
        let at = (number - block.row) as usize;
        if at < block.rows() { Ok(Hit { block, at }) } else { Err(absent()) }
    }
}
