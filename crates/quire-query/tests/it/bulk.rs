//! Bulk: each change has its own answer.

use crate::support::{delete, insert, patch, replace, session, session_on, text};
use quire_model::{Code, Expect};
use quire_query::{Change, Limits, Session, Written};
use quire_testkit::{ModelStore, Random};
use std::sync::Arc;

type Answers = Vec<quire_model::Result<Written>>;

fn codes(answers: &Answers) -> Vec<Option<Code>> {
    answers.iter().map(|answer| answer.as_ref().err().map(quire_model::Error::code)).collect()
}

#[test]
fn what_can_be_done_is_done_and_the_rest_says_why() {
    let session = session();
    session.insert("c", br#"{"_id":"x","n":1}"#).unwrap();
    let answers = session.apply_each(vec![
        insert("c", r#"{"_id":"a"}"#),
        insert("c", "{"),
        insert("c", r#"{"_id":"x"}"#),
        insert("c", r#"{"_id":"a"}"#),
        patch("c", "a", r#"{"m":1}"#),
        patch("c", "none", "{}"),
        patch("none", "x", "{}"),
        delete("c", "x"),
        patch("c", "x", "{}"),
        insert("c", r#"{"_id":"x","n":2}"#),
        replace("c", "y", r#"{"_id":"z"}"#),
        insert("_c", "{}"),
        delete("c", "y"),
    ]);
    let expected = [
        None,
        Some(Code::InvalidJson),
        Some(Code::DocumentExists),
        Some(Code::DocumentExists),
        None,
        Some(Code::DocumentNotFound),
        Some(Code::CollectionNotFound),
        None,
        Some(Code::DocumentNotFound),
        None,
        Some(Code::InvalidId),
        Some(Code::InvalidName),
        Some(Code::DocumentNotFound),
    ];
    assert_eq!(codes(&answers), expected);
    assert_eq!(answers[0].as_ref().map(|w| (w.id.as_str(), w.created)).unwrap(), ("a", true));
    assert_eq!(answers[4].as_ref().map(|w| (w.id.as_str(), w.created)).unwrap(), ("a", false));
    assert!(answers.iter().flatten().all(|written| written.rev == 2), "what goes together is one commit");
    let exists = answers[2].as_ref().unwrap_err();
    assert!(exists.parts().is_empty(), "{:?}", exists.parts());
    assert_eq!(text(&session, "c", "a"), r#"{"_id":"a","m":1}"#);
    assert_eq!(text(&session, "c", "x"), r#"{"_id":"x","n":2}"#);
}

#[test]
fn many_changes_take_few_commits() {
    let session = session();
    let changes: Vec<Change> = (0..2500).map(|n| insert("c", &format!(r#"{{"_id":"{n}"}}"#))).collect();
    assert!(session.apply_each(changes.clone()).iter().all(Result::is_ok));
    let seen = session.count("c", None).unwrap();
    assert_eq!((seen.seq, seen.value), (3, 2500));
    let again = session.apply_each(changes);
    assert!(codes(&again).iter().all(|code| *code == Some(Code::DocumentExists)));
    assert_eq!(session.count("c", None).unwrap().seq, 3, "nothing to do takes no commit");
    assert!(session.apply_each(Vec::new()).is_empty());
}

#[test]
fn patches_of_the_same_document_add_up() {
    let session = session();
    session.insert("c", br#"{"_id":"x"}"#).unwrap();
    let changes: Vec<Change> = (0..300).map(|n| patch("c", "x", &format!(r#"{{"f{n}":{n}}}"#))).collect();
    assert!(session.apply_each(changes).iter().all(Result::is_ok));
    let stored = session.get("c", "x").unwrap().value;
    assert_eq!(stored.document.json().fields().count(), 301);
}

#[test]
fn an_error_about_the_store_is_the_answer_of_all() {
    let session = session().with_database(crate::support::name("none"));
    let answers = session.apply_each(vec![insert("c", "{}"), insert("c", "{"), patch("c", "x", "{}")]);
    let missing = Some(Code::DatabaseNotFound);
    assert_eq!(codes(&answers), [missing, Some(Code::InvalidJson), missing]);
}

/// Changes over few ids, so that they meet.
fn random_change(random: &mut Random) -> Change {
    let id = random.pick(&["a", "b", "c"]);
    let collection = random.pick(&["one", "two"]);
    match random.below(4) {
        0 => insert(collection, &format!(r#"{{"_id":"{id}","n":{}}}"#, random.below(9))),
        1 => {
            let expect = random.pick(&[Expect::Any, Expect::Absent, Expect::Present]);
            let body = format!(r#"{{"r":{}}}"#, random.below(9)).into_bytes();
            Change::Replace { collection: collection.into(), id: Some(id.into()), body, expect }
        }
        2 => patch(collection, id, &format!(r#"{{"p{}":{}}}"#, random.below(3), random.below(9))),
        _ => delete(collection, id),
    }
}

fn outcome(session: &Session) -> Vec<String> {
    let names = session.collections().unwrap().value;
    let texts = |name: &quire_model::Name| {
        let ids = ["a", "b", "c"].iter().filter_map(|id| session.get(name.as_str(), id).ok());
        ids.map(|seen| format!("{name} {}", seen.value.document.text())).collect::<Vec<_>>()
    };
    names.iter().flat_map(texts).collect()
}

/// Together or one by one: the same answers and the same documents.
#[test]
fn a_bulk_is_what_its_changes_are_one_by_one() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let changes: Vec<Change> = (0..random.below(30)).map(|_| random_change(&mut random)).collect();
        let on_new = || session_on(Arc::new(ModelStore::new()), Limits::default());
        let (together, single) = (on_new(), on_new());
        let answers = together.apply_each(changes.clone());
        let expected: Answers =
            changes.iter().map(|change| single.apply_each(vec![change.clone()]).remove(0)).collect();
        assert_eq!(codes(&answers), codes(&expected), "seed {seed}: {changes:?}");
        let created = |answers: &Answers| answers.iter().flatten().map(|w| w.created).collect::<Vec<_>>();
        assert_eq!(created(&answers), created(&expected), "seed {seed}");
        assert_eq!(outcome(&together), outcome(&single), "seed {seed}");
    }
}
