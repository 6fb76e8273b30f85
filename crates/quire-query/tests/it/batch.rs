//! Batches: all or nothing.

use crate::support::{code, delete, failure, insert, patch, pointers, replace, session, session_with, text};
use quire_model::{Code, Expect};
use quire_query::{Change, Limits, Session};

#[test]
fn a_batch_is_one_commit_and_each_change_sees_the_ones_before() {
    let session = session();
    session.insert("c", br#"{"_id":"old","n":1}"#).unwrap();
    let batched = session
        .batch(vec![
            insert("c", r#"{"_id":"a","n":1}"#),
            patch("c", "a", r#"{"m":2}"#),
            patch("c", "a", r#"{"n":null}"#),
            patch("c", "old", r#"{"n":2}"#),
            patch("c", "old", r#"{"m":3}"#),
            replace("d", "b", "{}"),
            insert("d", r#"{"_id":"c"}"#),
            delete("d", "c"),
            insert("d", r#"{"_id":"c","again":true}"#),
        ])
        .unwrap();
    assert_eq!(batched.seq, 2);
    assert!(batched.written.iter().all(|written| written.rev == 2));
    let created: Vec<bool> = batched.written.iter().map(|written| written.created).collect();
    assert_eq!(created, [true, false, false, false, false, true, true, false, true]);
    let ids: Vec<&str> = batched.written.iter().map(|written| written.id.as_str()).collect();
    assert_eq!(ids, ["a", "a", "a", "old", "old", "b", "c", "c", "c"]);
    assert_eq!(text(&session, "c", "a"), r#"{"_id":"a","m":2}"#);
    assert_eq!(text(&session, "c", "old"), r#"{"_id":"old","n":2,"m":3}"#);
    assert_eq!(text(&session, "d", "c"), r#"{"_id":"c","again":true}"#);
}

#[test]
fn an_empty_batch_does_nothing() {
    let session = session();
    session.insert("c", b"{}").unwrap();
    let batched = session.batch(Vec::new()).unwrap();
    assert_eq!((batched.seq, batched.written.len()), (1, 0));
}

fn before() -> Session {
    let session = session();
    session.insert("c", br#"{"_id":"x","n":1}"#).unwrap();
    session
}

/// A member of a batch that cannot be done, its code and the pointer of its part.
fn invalid_members() -> Vec<(Change, Code, &'static str)> {
    let c = || "c".to_owned();
    let rev_of = |rev| Change::Delete { collection: c(), id: "x".into(), expect: Some(rev) };
    let patch_at =
        |rev| Change::Patch { collection: c(), id: "x".into(), body: b"{}".into(), expect: Some(rev) };
    let replace_at = |expect, body: &str| Change::Replace {
        collection: c(),
        id: Some("x".into()),
        body: body.into(),
        expect,
    };
    vec![
        (insert("c", "{"), Code::InvalidJson, "/document"),
        (insert("c", r#"{"a":{"b":1,"b":2}}"#), Code::InvalidDocument, "/document/a/b"),
        (insert("c", r#"{"_id":1}"#), Code::InvalidId, "/document/_id"),
        (insert("c", r#"{"_id":"x"}"#), Code::DocumentExists, ""),
        (insert("c", r#"{"_id":"new"}"#), Code::DocumentExists, ""),
        (insert("_c", "{}"), Code::InvalidName, "/collection"),
        (replace("c", "x", r#"{"_id":"y"}"#), Code::InvalidId, "/document/_id"),
        (replace("c", "", "{}"), Code::InvalidId, "/id"),
        (
            Change::Replace { collection: c(), id: None, body: b"{}".into(), expect: Expect::Any },
            Code::InvalidId,
            "/document",
        ),
        (replace_at(Expect::Absent, "{}"), Code::DocumentExists, ""),
        (replace_at(Expect::Revision(9), "{}"), Code::RevisionMismatch, ""),
        (replace_at(Expect::Revision(9), r#"{"_rev":8}"#), Code::InvalidRequest, "/document/_rev"),
        (patch("c", "x", "[]"), Code::InvalidPatch, "/patch"),
        (patch("c", "x", r#"{"_id":"y"}"#), Code::InvalidId, "/patch/_id"),
        (patch("c", "none", "{}"), Code::DocumentNotFound, ""),
        (patch("none", "x", "{}"), Code::CollectionNotFound, ""),
        (patch_at(9), Code::RevisionMismatch, ""),
        (delete("c", "none"), Code::DocumentNotFound, ""),
        (delete("none", "x"), Code::CollectionNotFound, ""),
        (rev_of(9), Code::RevisionMismatch, ""),
    ]
}

#[test]
fn trap_19_a_batch_with_one_invalid_member_leaves_nothing() {
    for (member, expected, pointer) in invalid_members() {
        for place in [1, 3] {
            let session = before();
            let mut changes = vec![
                insert("c", r#"{"_id":"new"}"#),
                replace("made", "y", "{}"),
                patch("c", "x", r#"{"n":2}"#),
            ];
            if place == 1 {
                changes[2] = insert("c", r#"{"_id":"later"}"#);
            }
            changes.insert(place, member.clone());
            let error = failure(session.batch(changes));
            let what = format!("{member:?} at {place}: {error}");
            assert_eq!(error.code(), expected, "{what}");
            assert!(pointers(&error)[0].starts_with(&format!("/operations/{place}{pointer}")), "{what}");
            assert!(error.detail().starts_with(&format!("operation {place}: ")), "{what}");
            assert_eq!(session.count("c", None).unwrap(), quire_query::Seen { seq: 1, value: 1 }, "{what}");
            assert_eq!(text(&session, "c", "x"), r#"{"_id":"x","n":1}"#, "{what}");
            assert_eq!(session.collections().unwrap().value.len(), 1, "{what}");
        }
    }
}

#[test]
fn a_patch_after_a_delete_finds_nothing() {
    let session = before();
    let error = failure(session.batch(vec![delete("c", "x"), patch("c", "x", "{}")]));
    assert_eq!((error.code(), pointers(&error)), (Code::DocumentNotFound, vec!["/operations/1"]));
    assert_eq!(text(&session, "c", "x"), r#"{"_id":"x","n":1}"#);
}

#[test]
fn a_patch_finds_a_collection_that_the_batch_makes() {
    let session = session();
    session.batch(vec![insert("new", r#"{"_id":"a"}"#), patch("new", "a", r#"{"b":1}"#)]).unwrap();
    assert_eq!(text(&session, "new", "a"), r#"{"_id":"a","b":1}"#);
    let error = failure(session.batch(vec![insert("newer", r#"{"_id":"a"}"#), patch("newer", "b", "{}")]));
    assert_eq!(error.code(), Code::DocumentNotFound);
    let error = failure(session.batch(vec![insert("newer", r#"{"_id":"a"}"#), delete("newer", "b")]));
    assert_eq!(error.code(), Code::DocumentNotFound);
}

#[test]
fn an_expected_revision_is_that_before_the_batch() {
    let session = before();
    let patch_at = |expect| Change::Patch {
        collection: "c".into(),
        id: "x".into(),
        body: br#"{"n":2}"#.into(),
        expect: Some(expect),
    };
    assert_eq!(session.batch(vec![patch_at(1)]).unwrap().seq, 2);
    assert_eq!(code(session.batch(vec![patch_at(2), patch_at(2)])), Code::RevisionMismatch);
    assert_eq!(session.count("c", None).unwrap().seq, 2);
}

#[test]
fn a_batch_has_a_limit() {
    let session = session_with(Limits { batch_operations_max: 2, ..Limits::default() });
    let error = failure(session.batch(vec![insert("c", "{}"), insert("c", "{}"), insert("c", "{}")]));
    assert_eq!(error.code(), Code::TooLarge);
    assert!(error.detail().contains("at most 2"), "{error}");
    assert_eq!(session.batch(vec![insert("c", "{}"), insert("c", "{}")]).unwrap().seq, 1);
}

#[test]
fn made_ids_differ_within_a_batch() {
    let session = session();
    session.batch(vec![insert("c", "{}"); 500]).unwrap();
    assert_eq!(session.count("c", None).unwrap().value, 500);
}
