//! What is written: batches from the seed, over few collections and ids, so that they meet.

use crate::book::Outcome;
use quire_model::json::write_string;
use quire_model::{DocId, Document, Expect, Name, Operation, Snapshot, WriteBatch};
use quire_testkit::{Random, documents};

const COLLECTIONS: [&str; 5] = ["a", "b", "c", "orders", "z-9"];

/// Ids that look like something of ours, beside plain ones.
const ODD_IDS: [&str; 6] = ["wal-00000001.log", "../manifest", "QUIRELOG", "é", "\u{1}", "🦀"];

/// Makes batches for one database.
pub(crate) struct Work {
    /// Bytes that are stored in a log of this very disk, as text of a document.
    pub(crate) like_records: String,
    irregular: Vec<Document>,
}

impl Work {
    pub(crate) fn new(random: &mut Random) -> Work {
        Work { like_records: String::new(), irregular: documents(random.next_u64(), 12) }
    }

    /// A batch over what a database shows now.
    pub(crate) fn batch(&self, now: &dyn Snapshot, random: &mut Random) -> Outcome<WriteBatch> {
        let count = random.pick(&[1, 1, 1, 1, 2, 3, 5, 9]);
        let operations = (0..count).map(|_| self.operation(now, random)).collect::<Outcome<_>>()?;
        Ok(WriteBatch { operations })
    }

    fn operation(&self, now: &dyn Snapshot, random: &mut Random) -> Outcome<Operation> {
        let collection = Name::new(random.pick(&COLLECTIONS)).map_err(|e| e.to_string())?;
        match random.below(40) {
            0 => return Ok(Operation::CreateCollection { collection }),
            1 => return Ok(Operation::DropCollection { collection }),
            _ => {}
        }
        let (id, document) = if random.below(8) == 0 {
            let document = self.irregular[random.below(self.irregular.len())].clone();
            (document.id().clone(), Some(document))
        } else {
            (plain_id(random)?, None)
        };
        let expect = self.expect(now, &collection, &id, random);
        if random.below(5) == 0 {
            return Ok(Operation::Delete { collection, id, expect });
        }
        let document = match document {
            Some(document) => document,
            None => self.document(&id, random)?,
        };
        Ok(Operation::Put { collection, document, expect })
    }

    /// Mostly one that holds.
    fn expect(&self, now: &dyn Snapshot, collection: &Name, id: &DocId, random: &mut Random) -> Expect {
        let found = now.get(collection, std::slice::from_ref(id)).ok();
        let revision = found.and_then(|mut found| found.pop()?).map(|stored| stored.rev);
        match (random.below(12), revision) {
            (0..6, _) => Expect::Any,
            (6..9, Some(revision)) => Expect::Revision(revision),
            (6..9, None) => Expect::Absent,
            (9, _) => Expect::Present,
            (10, _) => Expect::Absent,
            (_, _) => Expect::Revision(now.seq()),
        }
    }

    fn document(&self, id: &DocId, random: &mut Random) -> Outcome<Document> {
        let text = match random.below(24) {
            0 => self.like_records.clone(),
            1 => letters(random, 1 << 10, 8 << 10),
            2 => letters(random, 8 << 10, 40 << 10),
            // Larger than the smallest log file that there can be, and now and then than the largest.
            3 if random.below(4) == 0 => letters(random, 60 << 10, 140 << 10),
            4 => "\0".repeat(random.below(600)),
            5..10 => letters(random, 0, 2),
            _ => letters(random, 10, 1500),
        };
        let mut out = b"{\"_id\":".to_vec();
        write_string(id.as_str(), &mut out);
        out.extend_from_slice(format!(",\"group\":{},\"v\":", random.below(4)).as_bytes());
        write_string(&text, &mut out);
        out.push(b'}');
        Document::parse(&out).map_err(|e| e.to_string())
    }
}

fn plain_id(random: &mut Random) -> Outcome<DocId> {
    let text = match random.below(12) {
        0 => random.pick(&ODD_IDS).to_owned(),
        1 => "k".repeat(random.below(500) + 1),
        _ => format!("d{}", random.below(25)),
    };
    DocId::new(text).map_err(|e| e.to_string())
}

/// Text that does not repeat, so that a byte of it in the wrong place is noticed.
fn letters(random: &mut Random, min: usize, max: usize) -> String {
    let count = min + random.below(max - min);
    let mut text = String::with_capacity(count + 8);
    while text.len() < count {
        let drawn = random.next_u64();
        text.extend((0..8).map(|n| char::from(b'a' + (drawn >> (8 * n)) as u8 % 26)));
    }
    text.truncate(count);
    text
}
