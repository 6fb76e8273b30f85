//! What a group will do: each request admitted in turn, on top of those admitted before it.

use super::resolve::{Found, Request};
use crate::catalog::{Catalog, Collection};
use crate::log::{Encoder, RECORD_HEADER_BYTES};
use crate::memtable::Write;
use crate::snapshot::collection_not_found;
use crate::version::Published;
use crate::wal;
use quire_model::{Code, DocId, Document, Error, Expect, Name, Operation, Result, Seq, not_found};
use std::collections::HashMap;
use std::sync::Arc;

/// One record to be.
pub(crate) enum Step<'g> {
    Put { collection: Arc<Collection>, previous: Option<Seq>, document: &'g Document },
    Delete { collection: Arc<Collection>, previous: Option<Seq>, id: &'g DocId },
    Create { collection: Arc<Collection> },
    Drop { collection: Arc<Collection> },
}

impl Step<'_> {
    /// Bytes of the step's log record.
    pub(crate) fn log_bytes(&self) -> usize {
        RECORD_HEADER_BYTES
            + match self {
                Step::Put { document, .. } => 14 + document.id().as_str().len() + document.text().len(),
                Step::Delete { id, .. } => 14 + id.as_str().len(),
                Step::Create { collection } => 6 + collection.name.as_str().len(),
                Step::Drop { .. } => 4,
            }
    }

    pub(crate) fn encode(&self, out: &mut Encoder<'_>) {
        match self {
            Step::Put { collection, previous, document } => {
                wal::encode_put(out, collection.number, *previous, document.id().as_str(), document.text());
            }
            Step::Delete { collection, previous, id } => {
                wal::encode_delete(out, collection.number, *previous, id.as_str());
            }
            Step::Create { collection } => {
                wal::encode_create(out, collection.number, collection.name.as_str())
            }
            Step::Drop { collection } => wal::encode_drop(out, collection.number),
        }
    }

    /// What the step writes to the memtable.
    pub(crate) fn write(&self, seq: Seq) -> Option<Write> {
        match self {
            Step::Put { collection, previous, document } => {
                let (collection, id, text) =
                    (collection.number, document.id().clone(), Some(document.shared_text()));
                Some(Write { collection, id, seq, text, replaces: previous.is_some() })
            }
            Step::Delete { collection, previous, id } => {
                let (collection, id) = (collection.number, DocId::clone(id));
                Some(Write { collection, id, seq, text: None, replaces: previous.is_some() })
            }
            Step::Create { .. } | Step::Drop { .. } => None,
        }
    }

    /// Keeps the collection's count of documents.
    pub(crate) fn count(&self) {
        match self {
            Step::Put { collection, previous: None, .. } => collection.count(1),
            Step::Delete { collection, previous: Some(_), .. } => collection.count(-1),
            _ => {}
        }
    }
}

/// An admitted request.
pub(crate) struct Admitted<'g> {
    pub(crate) steps: Vec<Step<'g>>,
    /// For each operation, what was there before it.
    pub(crate) previous: Vec<Option<Seq>>,
}

/// A group in the making.
pub(crate) struct Plan<'g> {
    published: &'g Published,
    catalog: Arc<Catalog>,
    /// What admitted requests leave at an address.
    written: HashMap<(u32, &'g str), Option<Seq>>,
}

/// A request on trial: its changes are kept only if all of it is admitted.
struct Trial<'g, 'p> {
    plan: &'p Plan<'g>,
    catalog: Arc<Catalog>,
    written: HashMap<(u32, &'g str), Option<Seq>>,
    request: &'g Request,
    seq: Seq,
}

impl<'g> Plan<'g> {
    pub(crate) fn new(published: &'g Published) -> Plan<'g> {
        Plan { published, catalog: published.catalog.clone(), written: HashMap::new() }
    }

    /// The collections after the group.
    pub(crate) fn into_catalog(self) -> Arc<Catalog> {
        self.catalog
    }

    /// Decides whether a request may commit as `seq`; a refused one leaves no trace.
    pub(crate) fn admit(&mut self, request: &'g Request, seq: Seq) -> Result<Admitted<'g>> {
        let mut trial =
            Trial { plan: self, catalog: self.catalog.clone(), written: HashMap::new(), request, seq };
        let mut admitted = Admitted { steps: Vec::new(), previous: Vec::new() };
        for (n, operation) in request.batch.operations.iter().enumerate() {
            let previous = trial
                .operation(operation, request.found[n], &mut admitted.steps)
                .map_err(|error| error.under(&format!("/operations/{n}")))?;
            admitted.previous.push(previous);
        }
        let (catalog, written) = (trial.catalog, trial.written);
        self.catalog = catalog;
        self.written.extend(written);
        Ok(admitted)
    }
}

impl<'g> Trial<'g, '_> {
    fn operation(
        &mut self,
        operation: &'g Operation,
        found: Found,
        steps: &mut Vec<Step<'g>>,
    ) -> Result<Option<Seq>> {
        match operation {
            Operation::Put { collection, document, expect } => {
                let known = self.catalog.get(collection.as_str()).cloned();
                let previous = self.revision(known.as_ref(), document.id(), found);
                expect.check(collection, document.id(), previous)?;
                let target = known.unwrap_or_else(|| self.create(collection, steps));
                self.written.insert((target.number, document.id().as_str()), Some(self.seq));
                steps.push(Step::Put { collection: target, previous, document });
                Ok(previous)
            }
            Operation::Delete { collection, id, expect } => {
                let Some(target) = self.catalog.get(collection.as_str()).cloned() else {
                    return match expect {
                        Expect::Any | Expect::Absent => Ok(None),
                        Expect::Present | Expect::Revision(_) => Err(not_found(collection, id)),
                    };
                };
                let previous = self.revision(Some(&target), id, found);
                expect.check(collection, id, previous)?;
                if previous.is_some() {
                    self.written.insert((target.number, id.as_str()), None);
                    steps.push(Step::Delete { collection: target, previous, id });
                }
                Ok(previous)
            }
            Operation::CreateCollection { collection } => {
                if self.catalog.get(collection.as_str()).is_some() {
                    let detail = format!("there is a collection {collection} already");
                    return Err(Error::new(Code::CollectionExists, detail));
                }
                self.create(collection, steps);
                Ok(None)
            }
            Operation::DropCollection { collection } => {
                match Arc::make_mut(&mut self.catalog).remove(collection.as_str()) {
                    Some(target) => steps.push(Step::Drop { collection: target }),
                    None => return Err(collection_not_found(collection)),
                }
                Ok(None)
            }
        }
    }

    fn create(&mut self, name: &Name, steps: &mut Vec<Step<'g>>) -> Arc<Collection> {
        let collection = Arc::make_mut(&mut self.catalog).create(name);
        steps.push(Step::Create { collection: collection.clone() });
        collection
    }

    /// What an address holds now: what this group wrote, else what was committed since the request was resolved,
    /// which is all in memory, else what was found then.
    fn revision(&self, collection: Option<&Arc<Collection>>, id: &'g DocId, found: Found) -> Option<Seq> {
        let number = collection?.number;
        let key = (number, id.as_str());
        if let Some(written) = self.written.get(&key).or_else(|| self.plan.written.get(&key)) {
            return *written;
        }
        let published = self.plan.published;
        if published.seq > self.request.noted
            && let Some((seq, text)) = published.version.fresh(number, id.as_str(), published.seq)
            && seq > self.request.noted
        {
            return text.is_some().then_some(seq);
        }
        // A collection that was dropped and made again since holds nothing older.
        found.revision.filter(|_| found.collection == Some(number))
    }
}
