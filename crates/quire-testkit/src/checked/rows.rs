//! A pull that is held to the contract: every row as it comes, and at the end all of them together.

use super::codes::{self, Method};
use super::memory::{Print, print};
use super::snapshot::Held;
use super::{ROWS_MAX, must};
use quire_model::{DocId, Result, Row, Rows, Scan, Stored, Support};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

pub(super) struct CheckedRows {
    rows: Box<dyn Rows>,
    held: Arc<Held>,
    scan: Scan,
    support: Support,
    last: Option<DocId>,
    count: usize,
    hasher: DefaultHasher,
    /// The first rows that came.
    came: Vec<(DocId, Print)>,
}

impl CheckedRows {
    pub(super) fn new(rows: Box<dyn Rows>, held: Arc<Held>, scan: Scan, support: Support) -> CheckedRows {
        let (last, came) = (scan.after.clone(), Vec::new());
        CheckedRows { rows, held, scan, support, last, count: 0, hasher: DefaultHasher::new(), came }
    }

    fn check_row(&mut self, stored: &Stored) {
        let (seq, collection, id) = (self.held.seq, &self.scan.collection, stored.document.id());
        if let Some(last) = &self.last {
            must(id > last, || format!("a scan of {collection} at {seq} gives {id:?} after {last:?}"));
        }
        if self.support == Support::Exact {
            must(self.scan.filter.matches(Row::from(stored)), || {
                format!("a scan of {collection} at {seq} says it is exact, and {id:?} does not match")
            });
        }
        self.held.memory().said(seq, collection, id, Some(stored));
        self.last = Some(id.clone());
        self.count += 1;
        let print = print(stored);
        (id, print).hash(&mut self.hasher);
        if self.came.len() < ROWS_MAX {
            self.came.push((id.clone(), print));
        }
    }

    /// Reads a few of the rows by id: a scan and a point read must agree.
    fn check_by_id(&self, batch: &[Stored]) -> Result<()> {
        let places = [0, batch.len() / 2, batch.len().saturating_sub(1)];
        let ids: Vec<DocId> =
            places.iter().filter_map(|n| batch.get(*n)).map(|s| s.document.id().clone()).collect();
        if ids.is_empty() { Ok(()) } else { self.held.get(&self.scan.collection, &ids).map(|_| ()) }
    }

    /// Compares what came with what a scan of everything says should have come.
    fn check_whole(&mut self) -> Result<()> {
        let Scan { collection, filter, after, limit } = &self.scan;
        if filter.is_all() && after.is_none() && limit.is_none() {
            let hash = self.hasher.clone().finish();
            self.held.memory().scanned(self.held.seq, collection, self.count, hash);
            return Ok(());
        }
        let reference = Reference::read(&self.held, &self.scan)?;
        let came = |end: usize| self.came[..end].iter();
        let within = reference
            .end
            .as_ref()
            .map_or(self.came.len(), |end| self.came.partition_point(|(id, _)| id <= end));
        let limited = if self.support == Support::Exact { limit.unwrap_or(usize::MAX) } else { usize::MAX };
        match self.support {
            Support::Exact => {
                let wanted = reference.matching.iter().take(limited);
                self.check_same(wanted.collect(), came(within).collect());
            }
            Support::None => self.check_same(reference.all.iter().collect(), came(within).collect()),
            Support::Inexact => {
                let missing = reference.matching.iter().find(|row| !self.came[..within].contains(row));
                must(missing.is_none(), || format!("a scan of {collection} leaves out {missing:?}"));
            }
        }
        Ok(())
    }

    fn check_same(&self, wanted: Vec<&(DocId, Print)>, came: Vec<&(DocId, Print)>) {
        let differs = wanted.iter().zip(&came).position(|(a, b)| a != b);
        let place = differs.or((wanted.len() != came.len()).then(|| wanted.len().min(came.len())));
        must(place.is_none(), || {
            let n = place.unwrap_or_default();
            format!(
                "a scan of {} at {} with {:?} after {:?} limit {:?} has as row {n} {:?}, and should have {:?}",
                self.scan.collection,
                self.held.seq,
                self.scan.filter,
                self.scan.after,
                self.scan.limit,
                came.get(n),
                wanted.get(n)
            )
        });
    }
}

/// The rows that a scan could give, from a scan of everything.
struct Reference {
    all: Vec<(DocId, Print)>,
    matching: Vec<(DocId, Print)>,
    /// Where it stops, if it does not go to the collection's end.
    end: Option<DocId>,
}

impl Reference {
    fn read(held: &Held, scan: &Scan) -> Result<Reference> {
        let mut rows = held.inner.scan(Scan::all(scan.collection.clone()))?;
        let mut reference = Reference { all: Vec::new(), matching: Vec::new(), end: None };
        let mut read = 0;
        while let Some(batch) = rows.next_batch()? {
            for stored in &batch {
                let id = stored.document.id();
                if scan.after.as_ref().is_none_or(|after| id > after) {
                    let row = (id.clone(), print(stored));
                    if scan.filter.matches(Row::from(stored)) {
                        reference.matching.push(row.clone());
                    }
                    reference.all.push(row);
                }
                read += 1;
                // IMPORTANT: exactly here, because of what came no more is kept.
                if read == ROWS_MAX {
                    reference.end = Some(id.clone());
                    return Ok(reference);
                }
            }
        }
        Ok(reference)
    }
}

impl Rows for CheckedRows {
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>> {
        let batch = codes::check(Method::NextBatch, self.rows.next_batch())?;
        let Some(batch) = batch else {
            self.check_whole()?;
            return Ok(None);
        };
        batch.iter().for_each(|stored| self.check_row(stored));
        if let Some(limit) = self.scan.limit.filter(|_| self.support == Support::Exact) {
            must(self.count <= limit, || {
                format!("a scan of {} with limit {limit} gave {} rows", self.scan.collection, self.count)
            });
        }
        self.check_by_id(&batch)?;
        Ok(Some(batch))
    }
}
