//! What every row of a segment has to be: whole, in order, a document of its id, found by the filter, and counted.

use crate::facts::Part;
use crate::inspect::document::{Documents, id_fault};
use crate::segment::{Block, KeyHash, Page, Row};

/// So many rows of a block are named, the others only counted.
const FAULTS_MAX: usize = 4;

/// Walks over the rows of a segment.
pub(super) struct Rows {
    documents: Documents,
    last: Option<(u32, String)>,
    parts: Vec<Part>,
}

impl Rows {
    pub(super) fn new() -> Rows {
        Rows { documents: Documents::new(), last: None, parts: Vec::new() }
    }

    /// What is wrong with the rows of the next block; `page` has the filter of its stripe.
    pub(super) fn faults(&mut self, block: &Block, page: &Page, filter: bool) -> Vec<String> {
        let (mut faults, mut more) = (Vec::new(), 0);
        for at in 0..block.rows() {
            let row = block.get(at);
            let fault = self.fault(row, block.holds(at), filter.then_some(page));
            let Some(fault) = fault else { continue };
            if faults.len() < FAULTS_MAX {
                faults.push(format!("row {} ({:?}): {fault}", block.row as usize + at, row.id));
            } else {
                more += 1;
            }
        }
        if more > 0 {
            faults.push(format!("and {more} rows more"));
        }
        faults
    }

    fn fault(&mut self, row: Row<'_>, holds: bool, page: Option<&Page>) -> Option<String> {
        let sorted = match &mut self.last {
            Some((collection, id)) => {
                let sorted = (*collection, id.as_str()) < (row.collection, row.id);
                *collection = row.collection;
                id.clear();
                id.push_str(row.id);
                sorted
            }
            None => {
                self.last = Some((row.collection, row.id.to_owned()));
                true
            }
        };
        self.count(row);
        if !holds {
            return Some("the row's checksum does not hold".to_owned());
        }
        if !sorted {
            return Some("it does not come after the row before it".to_owned());
        }
        if page.is_some_and(|page| !page.may_contain(KeyHash::of(row.collection, row.id))) {
            return Some("the key filter denies it".to_owned());
        }
        if row.seq == 0 {
            return Some("it has no commit".to_owned());
        }
        id_fault(row.id).or_else(|| self.documents.fault(row.id, row.text?))
    }

    fn count(&mut self, row: Row<'_>) {
        if self.parts.last().is_none_or(|part| part.collection != row.collection) {
            self.parts.push(Part::new(row.collection));
        }
        if let Some(part) = self.parts.last_mut() {
            part.rows += 1;
            part.deletes += u32::from(row.text.is_none());
            part.seq_min = part.seq_min.min(row.seq);
            part.seq_max = part.seq_max.max(row.seq);
            part.bytes += (row.id.len() + row.text.map_or(0, str::len)) as u64;
        }
    }

    /// What the rows make of each collection.
    pub(super) fn into_parts(self) -> Vec<Part> {
        self.parts
    }
}
