//! The text of a document comes back byte for byte, by every way to read it and after every restart.

use crate::shorthand::*;
use crate::{Fixture, documents};
use quire_model::{Document, Expect, Operation, Scan};

const TEXTS: [&str; 12] = [
    r#"{"z":1,"a":2,"_id":"00","m":3,"A":4,"":5}"#,
    r#"{"_id":"01","n":[0,-0,0.0,-0.0,1.0,1.00,1e0,1E0,1e+0,1e-0,10e-1]}"#,
    r#"{"_id":"02","n":[1E400,-1e-400,4.9e-324,1.7976931348623157e308,2.2250738585072014e-308]}"#,
    r#"{"_id":"03","n":[9007199254740993,18446744073709551616,-9223372036854775809]}"#,
    r#"{"_id":"04","n":123456789012345678901234567890.123456789012345678901234567890}"#,
    r#"{"_id":"05","s":"\u0041\u00e9\/\b\f\n\r\t\"\\","t":"Aé/"}"#,
    r#"{"_id":"06","s":"\ud83e\udd80 🦀 \u0000 \u007f"}"#,
    r#"{"_id":"07","\u0061":1,"a b":2,"é":3,"a.b":4,"$set":5}"#,
    r#"{"_id":"08","deep":[[[[[[[[[[{"a":[{"b":{}}]}]]]]]]]]]]}"#,
    r#"{"_id":"09","empty":[{},[],"",null,false,true]}"#,
    r#"{"_id":"\u00310"}"#,
    r#"{"first":"the id stands behind","_id":"11"}"#,
];

fn check(fixture: &Fixture, wanted: &[Document]) {
    let snapshot = fixture.store().snapshot(&main_db()).unwrap();
    let ids: Vec<_> = wanted.iter().map(|document| document.id().clone()).collect();
    let got = snapshot.get(&name("c"), &ids).unwrap();
    let scanned = rows(&*snapshot, Scan::all(name("c"))).unwrap();
    assert_eq!((got.len(), scanned.len()), (wanted.len(), wanted.len()));
    for ((wanted, got), scanned) in wanted.iter().zip(&got).zip(&scanned) {
        assert_eq!(got.as_ref().map(|stored| stored.document.text()), Some(wanted.text()), "by id");
        assert_eq!(scanned.document.text(), wanted.text(), "by scan");
    }
}

/// Writes the documents and reads them from every layer.
fn through_all_layers(fixture: &mut Fixture, wanted: &[Document]) {
    for part in wanted.chunks(100) {
        let put = |document: &Document| {
            let (collection, document) = (name("c"), document.clone());
            Operation::Put { collection, document, expect: Expect::Absent }
        };
        commit(fixture.store(), part.iter().map(put).collect()).unwrap();
    }
    check(fixture, wanted);
    fixture.crash();
    check(fixture, wanted);
    fixture.store().checkpoint(&main_db()).unwrap();
    while fixture.step() {}
    check(fixture, wanted);
    fixture.reopen();
    check(fixture, wanted);
}

pub(super) fn numbers_and_key_order_are_kept_byte_for_byte(fixture: &mut Fixture) {
    let wanted: Vec<Document> = TEXTS.iter().map(|text| document(text)).collect();
    assert!(wanted.iter().zip(TEXTS).all(|(document, text)| document.text() == text));
    assert_eq!(wanted[10].id().as_str(), "10");
    through_all_layers(fixture, &wanted);
}

pub(super) fn irregular_documents_come_back(fixture: &mut Fixture) {
    through_all_layers(fixture, &documents(21, 1500));
}
