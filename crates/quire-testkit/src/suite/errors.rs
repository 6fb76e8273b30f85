//! Errors: the code that programs compare, and the place that people look at.

use crate::Fixture;
use crate::shorthand::*;
use quire_model::{Code, Expect, Result, Scan, WriteBatch};

fn code<T>(result: Result<T>) -> Option<Code> {
    result.err().map(|error| error.code())
}

pub(super) fn what_is_absent_has_its_code(fixture: &mut Fixture) {
    let store = fixture.store();
    let no = name("nowhere");
    let absent = Some(Code::DatabaseNotFound);
    assert_eq!(code(store.snapshot(&no)), absent);
    assert_eq!(code(store.commit(&no, WriteBatch::default())), absent);
    assert_eq!(code(store.commit(&no, WriteBatch::of(create("c")))), absent);
    assert_eq!(code(store.checkpoint(&no)), absent);
    assert_eq!(code(store.statistics(&no)), absent);
    assert_eq!(code(store.drop_database(&no)), absent);
    let early = store.snapshot(&main_db()).unwrap();
    commit(store, vec![put_value("c", "x", 1, Expect::Any)]).unwrap();
    let later = store.snapshot(&main_db()).unwrap();
    commit(store, vec![drop_collection("c")]).unwrap();
    let newest = store.snapshot(&main_db()).unwrap();
    let absent = Some(Code::CollectionNotFound);
    for (snapshot, wanted) in [(&early, absent), (&later, None), (&newest, absent)] {
        assert_eq!(code(snapshot.get(&name("c"), &[id("x")])), wanted);
        assert_eq!(code(snapshot.get(&name("c"), &[])), wanted);
        assert_eq!(code(snapshot.scan(Scan::all(name("c")))), wanted);
        assert_eq!(code(snapshot.scan(Scan { limit: Some(0), ..Scan::all(name("c")) })), wanted);
    }
}

pub(super) fn a_refused_operation_names_its_place(fixture: &mut Fixture) {
    let store = fixture.store();
    commit(store, vec![put_value("c", "x", 1, Expect::Any)]).unwrap();
    for place in [0, 1, 9, 10, 250] {
        let mut operations: Vec<_> =
            (0..300).map(|n| put_value("d", &n.to_string(), n, Expect::Any)).collect();
        operations[place] = put_value("c", "x", 2, Expect::Revision(7));
        let error = commit(store, operations).unwrap_err();
        assert_eq!(error.code(), Code::RevisionMismatch);
        assert!(
            !error.retryable() && error.detail().contains('x') && error.detail().contains('7'),
            "{error}"
        );
        let [part] = error.parts() else { panic!("one part is at fault: {:?}", error.parts()) };
        assert_eq!(
            (part.pointer.as_str(), part.code),
            (format!("/operations/{place}").as_str(), error.code())
        );
    }
}
