//! The smallest and the largest: documents, ids, batches.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{COMMIT_BYTES_MAX, Code, DocId, Document, Expect, Operation, Scan, Store, WriteBatch};

const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// A document whose text has so many bytes, which repeat themselves only after a prime number of them.
fn sized(own: &str, bytes: usize) -> Document {
    const PERIOD: usize = 65_537;
    let mut random = crate::Random::new(bytes as u64);
    let letters: String = (0..PERIOD).map(|_| char::from(b'a' + random.below(26) as u8)).collect();
    let (begin, end) = (format!("{{\"_id\":\"{own}\",\"v\":\""), "\"}");
    let filling = bytes.saturating_sub(begin.len() + end.len());
    let mut text = String::with_capacity(bytes);
    text.push_str(&begin);
    (0..filling / PERIOD).for_each(|_| text.push_str(&letters));
    text.push_str(&letters[..filling % PERIOD]);
    text.push_str(end);
    Document::from_checked(id(own), text)
}

fn put_document(document: &Document) -> Operation {
    Operation::Put { collection: name("c"), document: document.clone(), expect: Expect::Any }
}

/// Compares without showing the text: it may be large.
fn check(store: &dyn Store, documents: &[Document]) {
    let snapshot = store.snapshot(&main_db()).unwrap();
    let scanned = rows(&*snapshot, Scan::all(name("c"))).unwrap();
    assert_eq!(scanned.len(), documents.len());
    for document in documents {
        let place = format!("{:?} of {} bytes", document.id(), document.text().len());
        let got = snapshot.get(&name("c"), &[document.id().clone()]).unwrap();
        assert!(got[0].as_ref().is_some_and(|got| got.document == *document), "by id: {place}");
        let row = scanned.binary_search_by(|stored| stored.document.id().cmp(document.id()));
        assert!(row.is_ok_and(|n| scanned[n].document == *document), "by scan: {place}");
    }
}

pub(super) fn documents_of_every_size_come_back(fixture: &mut Fixture) {
    let edges = [4 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10];
    let mut sizes: Vec<usize> = edges.iter().flat_map(|edge| edge - 2..=edge + 2).collect();
    sizes.extend((1..80).step_by(3).chain([1000, 1 << 20, 5 << 20, DOCUMENT_BYTES_MAX]));
    let documents: Vec<Document> =
        sizes.iter().enumerate().map(|(n, bytes)| sized(&format!("{n:03}"), *bytes)).collect();
    for document in &documents {
        commit(fixture.store(), vec![put_document(document)]).unwrap();
    }
    check(fixture.store(), &documents);
    fixture.crash();
    check(fixture.store(), &documents);
    fixture.store().checkpoint(&main_db()).unwrap();
    check(fixture.store(), &documents);
}

pub(super) fn ids_of_every_length_and_letter_come_back(fixture: &mut Fixture) {
    let letters = [
        "\u{0}",
        "\u{1}",
        "\t",
        "\n",
        " ",
        "\"",
        "/",
        "\\",
        "a",
        "\u{7f}",
        "\u{80}",
        "é",
        "\u{7ff}",
        "\u{800}",
        "\u{d7ff}",
        "\u{e000}",
        "\u{fffd}",
        "\u{ffff}",
        "\u{10000}",
        "🦀",
        "\u{10ffff}",
    ];
    let mut own: Vec<String> = (1..=512).map(|n| "x".repeat(n)).collect();
    for letter in letters {
        own.push(letter.to_owned());
        own.push(letter.repeat(512 / letter.len()));
        own.push(format!("x{letter}"));
        own.push(format!("{letter}x"));
    }
    own.sort_unstable();
    own.dedup();
    let made: Vec<Document> = own
        .iter()
        .map(|own| {
            let mut text = b"{\"_id\":".to_vec();
            quire_model::json::write_string(own, &mut text);
            text.push(b'}');
            Document::parse(&text).unwrap()
        })
        .collect();
    for part in made.chunks(64) {
        commit(fixture.store(), part.iter().rev().map(put_document).collect()).unwrap();
    }
    for round in 0..3 {
        check(fixture.store(), &made);
        let snapshot = fixture.store().snapshot(&main_db()).unwrap();
        let scanned = rows(&*snapshot, Scan::all(name("c"))).unwrap();
        assert!(
            scanned.iter().map(|stored| stored.document.id().as_str()).eq(own.iter().map(String::as_str))
        );
        drop(snapshot);
        match round {
            0 => drop(fixture.store().checkpoint(&main_db()).unwrap()),
            _ => fixture.crash(),
        }
    }
}

pub(super) fn a_batch_of_a_hundred_thousand_operations(fixture: &mut Fixture) {
    const COUNT: usize = 100_000;
    let own = |n: usize| id(&format!("{:06}", n * 77_777 % COUNT));
    let document = |n: usize| {
        let id = own(n);
        let text = format!("{{\"_id\":\"{}\",\"n\":{n}}}", id.as_str());
        Document::from_checked(id, text)
    };
    let operations: Vec<Operation> = (0..COUNT).map(|n| put_document(&document(n))).collect();
    let committed = fixture.store().commit(&main_db(), WriteBatch { operations }).unwrap();
    assert_eq!((committed.seq, committed.previous.len()), (1, COUNT));
    assert!(committed.previous.iter().all(Option::is_none));
    // One more that is refused at its end leaves all of it as it was.
    let mut operations: Vec<Operation> = (0..COUNT - 1)
        .map(|n| Operation::Delete { collection: name("c"), id: own(n), expect: Expect::Revision(1) })
        .collect();
    operations.push(put_value("c", "none", 1, Expect::Present));
    let error = commit(fixture.store(), operations).unwrap_err();
    assert_eq!(error.parts()[0].pointer, format!("/operations/{}", COUNT - 1));
    for _ in 0..2 {
        let snapshot = fixture.store().snapshot(&main_db()).unwrap();
        let mut pull = snapshot.scan(Scan::all(name("c"))).unwrap();
        let (mut count, mut last): (usize, Option<DocId>) = (0, None);
        while let Some(batch) = pull.next_batch().unwrap() {
            for stored in batch {
                assert_eq!(stored.rev, 1);
                assert!(last.as_ref().is_none_or(|last| last < stored.document.id()));
                last = Some(stored.document.id().clone());
                count += 1;
            }
        }
        assert_eq!(count, COUNT);
        drop((pull, snapshot));
        fixture.reopen();
    }
}

pub(super) fn a_commit_over_the_limit_is_refused(fixture: &mut Fixture) {
    let store = fixture.store();
    let large = sized("large", DOCUMENT_BYTES_MAX - 4096);
    // The same document again and again: what counts is the batch's size, and the text is shared.
    let batch = |count: usize| WriteBatch { operations: vec![put_document(&large); count] };
    let over = COMMIT_BYTES_MAX / batch(1).bytes() + 1;
    assert!(batch(over).bytes() > COMMIT_BYTES_MAX);
    let error = store.commit(&main_db(), batch(over)).unwrap_err();
    assert_eq!(error.code(), Code::TooLarge);
    let snapshot = store.snapshot(&main_db()).unwrap();
    assert_eq!((snapshot.seq(), snapshot.collections().unwrap().len()), (0, 0));
    assert_eq!(store.commit(&main_db(), batch(1)).unwrap().seq, 1);
    check(store, &[large]);
}
