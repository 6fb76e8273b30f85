//! Inserting, reading, replacing and deleting one document.

use crate::support::{code, failure, pointers, session, text};
use quire_model::{Code, Expect};

#[test]
fn an_insert_is_read_back_with_its_own_text() {
    let session = session();
    let written = session.insert("c", br#"{ "_id" : "x", "n": 1.10, "big": 1E400 }"#).unwrap();
    assert_eq!((written.id.as_str(), written.rev, written.created), ("x", 1, true));
    let seen = session.get("c", "x").unwrap();
    assert_eq!((seen.seq, seen.value.rev), (1, 1));
    assert_eq!(seen.value.document.text(), r#"{"_id":"x","n":1.10,"big":1E400}"#);
}

#[test]
fn a_made_id_is_a_uuid_of_version_7_and_stands_first() {
    let session = session();
    let first = session.insert("c", b"{\"a\":1}").unwrap().id;
    let second = session.insert("c", b"{}").unwrap().id;
    assert_eq!((first.as_str().len(), first.as_str().as_bytes()[14]), (36, b'7'));
    assert!(first < second);
    assert_eq!(text(&session, "c", first.as_str()), format!(r#"{{"_id":"{first}","a":1}}"#));
    assert_eq!(text(&session, "c", second.as_str()), format!(r#"{{"_id":"{second}"}}"#));
}

#[test]
fn an_insert_never_replaces() {
    let session = session();
    session.insert("c", br#"{"_id":"x","a":1}"#).unwrap();
    let error = failure(session.insert("c", br#"{"_id":"x","a":2}"#));
    assert_eq!(error.code(), Code::DocumentExists);
    assert_eq!(pointers(&error), Vec::<&str>::new());
    assert!(text(&session, "c", "x").contains("\"a\":1"));
}

#[test]
fn bad_bodies_have_the_code_and_the_place_of_the_fault() {
    let session = session();
    for (body, expected, pointer) in [
        (&br#"{"a":}"#[..], Code::InvalidJson, None),
        (b"", Code::InvalidJson, None),
        (b"{\"a\":\"\xff\"}", Code::InvalidJson, None),
        (br#"{"a":"\ud800"}"#, Code::InvalidJson, None),
        (b"[1]", Code::InvalidDocument, Some("")),
        (br#"{"a":1,"a":2}"#, Code::InvalidDocument, Some("/a")),
        (br#"{"_rev":3}"#, Code::InvalidDocument, Some("/_rev")),
        (br#"{"_rev":"x"}"#, Code::InvalidDocument, Some("/_rev")),
        (br#"{"_id":7}"#, Code::InvalidId, Some("/_id")),
        (br#"{"_id":""}"#, Code::InvalidId, Some("/_id")),
    ] {
        let error = failure(session.insert("c", body));
        assert_eq!(error.code(), expected, "{error}");
        if let Some(pointer) = pointer {
            assert_eq!(pointers(&error), [pointer], "{error}");
        }
    }
    assert_eq!(
        code(session.collections().and_then(|c| session.count("c", None).map(|_| c))),
        Code::CollectionNotFound
    );
}

#[test]
fn names_are_checked_and_those_of_the_system_are_not_written() {
    let session = session();
    for bad in ["", "1c", "a b", "_system"] {
        assert_eq!(code(session.insert(bad, b"{}")), Code::InvalidName, "{bad}");
        assert_eq!(code(session.replace(bad, "x", b"{}", Expect::Any)), Code::InvalidName);
        assert_eq!(code(session.patch(bad, "x", b"{}", None)), Code::InvalidName);
        assert_eq!(code(session.delete(bad, "x", None)), Code::InvalidName);
    }
    assert_eq!(code(session.get("1c", "x")), Code::InvalidName);
    assert_eq!(code(session.get("_system", "x")), Code::CollectionNotFound);
}

#[test]
fn what_is_not_there_is_told_apart() {
    let session = session();
    session.insert("users", br#"{"_id":"x"}"#).unwrap();
    assert_eq!(code(session.get("users", "y")), Code::DocumentNotFound);
    assert_eq!(code(session.get("users", "")), Code::InvalidId);
    for near in ["user", "usres", "Users", "usersx"] {
        let error = failure(session.get(near, "x"));
        assert_eq!(error.code(), Code::CollectionNotFound);
        assert!(error.detail().ends_with("did you mean users?"), "{error}");
    }
    assert!(!failure(session.get("orders", "x")).detail().contains("mean"));
    let elsewhere = session.with_database(crate::support::name("other"));
    assert_eq!(code(elsewhere.get("users", "x")), Code::DatabaseNotFound);
    assert_eq!(code(elsewhere.insert("users", b"{}")), Code::DatabaseNotFound);
    assert_eq!(elsewhere.database().as_str(), "other");
}

#[test]
fn a_replace_creates_or_replaces() {
    let session = session();
    assert!(session.replace("c", "x", br#"{"a":1}"#, Expect::Any).unwrap().created);
    let written = session.replace("c", "x", br#"{"b":2,"_id":"x"}"#, Expect::Any).unwrap();
    assert_eq!((written.rev, written.created), (2, false));
    assert_eq!(text(&session, "c", "x"), r#"{"b":2,"_id":"x"}"#);
    let error = failure(session.replace("c", "x", br#"{"_id":"y"}"#, Expect::Any));
    assert_eq!((error.code(), pointers(&error)), (Code::InvalidId, vec!["/_id"]));
    assert_eq!(code(session.replace("c", "", b"{}", Expect::Any)), Code::InvalidId);
}

#[test]
fn a_replace_keeps_to_what_is_expected() {
    let session = session();
    assert_eq!(code(session.replace("c", "x", b"{}", Expect::Present)), Code::CollectionNotFound);
    session.replace("c", "x", b"{}", Expect::Absent).unwrap();
    assert_eq!(code(session.replace("c", "x", b"{}", Expect::Absent)), Code::DocumentExists);
    assert_eq!(code(session.replace("c", "y", b"{}", Expect::Present)), Code::DocumentNotFound);
    assert_eq!(code(session.replace("c", "y", b"{}", Expect::Revision(1))), Code::DocumentNotFound);
    assert_eq!(code(session.replace("c", "x", b"{}", Expect::Revision(9))), Code::RevisionMismatch);
    assert_eq!(session.replace("c", "x", b"{}", Expect::Revision(1)).unwrap().rev, 2);
}

#[test]
fn a_revision_in_the_body_is_expected() {
    let session = session();
    session.insert("c", br#"{"_id":"x"}"#).unwrap();
    let body = br#"{"a":1,"_rev":1}"#;
    assert_eq!(session.replace("c", "x", body, Expect::Any).unwrap().rev, 2);
    assert_eq!(text(&session, "c", "x"), r#"{"_id":"x","a":1}"#);
    assert_eq!(code(session.replace("c", "x", body, Expect::Any)), Code::RevisionMismatch);
    assert_eq!(code(session.replace("c", "x", body, Expect::Present)), Code::RevisionMismatch);
    let error = failure(session.replace("c", "x", body, Expect::Revision(2)));
    assert_eq!((error.code(), pointers(&error)), (Code::InvalidRequest, vec!["/_rev"]));
    assert_eq!(code(session.replace("c", "x", body, Expect::Absent)), Code::InvalidRequest);
    assert_eq!(session.replace("c", "x", br#"{"_rev":2}"#, Expect::Revision(2)).unwrap().rev, 3);
}

#[test]
fn a_delete_removes_what_is_there_and_nothing_else() {
    let session = session();
    assert_eq!(code(session.delete("c", "x", None)), Code::CollectionNotFound);
    session.insert("c", br#"{"_id":"x"}"#).unwrap();
    assert_eq!(code(session.delete("c", "y", None)), Code::DocumentNotFound);
    assert_eq!(code(session.delete("c", "x", Some(2))), Code::RevisionMismatch);
    assert_eq!(code(session.delete("c", "", None)), Code::InvalidId);
    let written = session.delete("c", "x", Some(1)).unwrap();
    assert_eq!((written.id.as_str(), written.rev, written.created), ("x", 2, false));
    assert_eq!(code(session.get("c", "x")), Code::DocumentNotFound);
    assert_eq!(code(session.delete("c", "x", None)), Code::DocumentNotFound);
}
