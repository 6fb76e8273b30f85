//! Merge patches of one document.

use crate::support::{code, failure, pointers, session, session_with, text};
use quire_model::Code;
use quire_query::Limits;

#[test]
fn a_patch_changes_what_it_names_and_nothing_else() {
    let session = session();
    session.insert("c", br#"{"n":1.10,"_id":"x","a":{"b":1,"c":2},"d":[1]}"#).unwrap();
    let written = session.patch("c", "x", br#"{"a":{"b":null,"e":3},"d":[2],"f":{"g":null}}"#, None).unwrap();
    assert_eq!((written.rev, written.created), (2, false));
    assert_eq!(text(&session, "c", "x"), r#"{"n":1.10,"_id":"x","a":{"c":2,"e":3},"d":[2],"f":{}}"#);
}

#[test]
fn a_patch_that_changes_nothing_still_commits() {
    let session = session();
    session.insert("c", br#"{"_id":"x"}"#).unwrap();
    assert_eq!(session.patch("c", "x", b"{}", None).unwrap().rev, 2);
    assert_eq!(session.patch("c", "x", br#"{"_id":"x"}"#, None).unwrap().rev, 3);
    assert_eq!(text(&session, "c", "x"), r#"{"_id":"x"}"#);
}

#[test]
fn a_patch_needs_its_document() {
    let session = session();
    assert_eq!(code(session.patch("c", "x", b"{}", None)), Code::CollectionNotFound);
    session.insert("c", b"{}").unwrap();
    assert_eq!(code(session.patch("c", "x", b"{}", None)), Code::DocumentNotFound);
    assert_eq!(code(session.patch("c", "x", b"{}", Some(1))), Code::DocumentNotFound);
    assert_eq!(code(session.patch("c", "", b"{}", None)), Code::InvalidId);
}

#[test]
fn a_patch_keeps_to_the_expected_revision() {
    let session = session();
    session.insert("c", br#"{"_id":"x"}"#).unwrap();
    assert_eq!(code(session.patch("c", "x", b"{}", Some(9))), Code::RevisionMismatch);
    assert_eq!(code(session.patch("c", "x", br#"{"_rev":9}"#, None)), Code::RevisionMismatch);
    assert_eq!(code(session.patch("c", "x", br#"{"_rev":9}"#, Some(1))), Code::InvalidRequest);
    assert_eq!(session.patch("c", "x", br#"{"a":1,"_rev":1}"#, Some(1)).unwrap().rev, 2);
    assert_eq!(text(&session, "c", "x"), r#"{"_id":"x","a":1}"#);
}

#[test]
fn bad_patches_have_their_code_and_place() {
    let session = session();
    session.insert("c", br#"{"_id":"x"}"#).unwrap();
    for (body, expected, pointer) in [
        ("[1]", Code::InvalidPatch, Some("")),
        (" null", Code::InvalidPatch, Some("")),
        ("\"x\"", Code::InvalidPatch, Some("")),
        (r#"{"_id":"y"}"#, Code::InvalidId, Some("/_id")),
        (r#"{"_id":null}"#, Code::InvalidId, Some("/_id")),
        (r#"{"_rev":null}"#, Code::InvalidDocument, Some("/_rev")),
        (r#"{"a":{"b":1,"b":2}}"#, Code::InvalidDocument, Some("/a/b")),
        (r#"{"a":"#, Code::InvalidJson, None),
    ] {
        let error = failure(session.patch("c", "x", body.as_bytes(), None));
        assert_eq!(error.code(), expected, "{body}: {error}");
        if let Some(pointer) = pointer {
            assert_eq!(pointers(&error), [pointer], "{error}");
        }
    }
    assert_eq!(session.get("c", "x").unwrap().seq, 1);
}

#[test]
fn a_patched_document_stays_within_the_limit() {
    let session = session_with(Limits { document_bytes_max: 40, ..Limits::default() });
    session.insert("c", br#"{"_id":"x","a":"0123456789"}"#).unwrap();
    let error = failure(session.patch("c", "x", br#"{"b":"0123456789"}"#, None));
    assert_eq!(error.code(), Code::TooLarge, "{error}");
    session.patch("c", "x", br#"{"a":null,"b":"0123456789"}"#, None).unwrap();
}
