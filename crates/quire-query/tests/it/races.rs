//! What happens when others write at the same time, and when the store fails.

use crate::support::{code, failure, insert, name, patch, session_on, text};
use quire_model::{
    Checkpoint, Code, Committed, DatabaseStatistics, DocId, Error, Expect, Filter, Name, Result, Rows, Scan,
    Seq, Snapshot, Store, Stored, Support, WriteBatch,
};
use quire_query::{Find, Limits, Session};
use quire_testkit::ModelStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Disturb = Box<dyn Fn(&Session) -> Result<()> + Send + Sync>;

/// A model store in which something happens right before a commit.
struct Disturbed {
    store: Arc<ModelStore>,
    left: AtomicUsize,
    disturb: Disturb,
}

impl Disturbed {
    /// A session on a disturbed store, and one on the same store that is not. `disturb` runs before each of
    /// the first `times` commits; where it fails, that is the commit's answer.
    fn sessions(
        times: usize,
        disturb: impl Fn(&Session) -> Result<()> + Send + Sync + 'static,
    ) -> (Session, Session) {
        let store = Arc::new(ModelStore::new());
        let calm = session_on(store.clone(), Limits::default());
        calm.insert("c", br#"{"_id":"x","n":0}"#).unwrap();
        calm.insert("c", br#"{"_id":"y"}"#).unwrap();
        let disturbed = Disturbed { store, left: AtomicUsize::new(times), disturb: Box::new(disturb) };
        (session_on(Arc::new(disturbed), Limits::default()), calm)
    }
}

impl Store for Disturbed {
    fn databases(&self) -> Result<Vec<Name>> {
        self.store.databases()
    }
    fn create_database(&self, database: &Name) -> Result<()> {
        self.store.create_database(database)
    }
    fn drop_database(&self, database: &Name) -> Result<()> {
        self.store.drop_database(database)
    }
    fn snapshot(&self, database: &Name) -> Result<Arc<dyn Snapshot>> {
        self.store.snapshot(database)
    }
    fn commit(&self, database: &Name, batch: WriteBatch) -> Result<Committed> {
        let left = |n: usize| n.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
            (self.disturb)(&session_on(self.store.clone(), Limits::default()))?;
        }
        self.store.commit(database, batch)
    }
    fn checkpoint(&self, database: &Name) -> Result<Checkpoint> {
        self.store.checkpoint(database)
    }
    fn statistics(&self, database: &Name) -> Result<DatabaseStatistics> {
        self.store.statistics(database)
    }
}

fn replace_x(session: &Session) -> Result<()> {
    session.replace("c", "x", br#"{"n":7}"#, Expect::Any).map(drop)
}

#[test]
fn a_patch_that_was_overtaken_is_applied_to_the_newer_document() {
    let (session, calm) = Disturbed::sessions(5, replace_x);
    session.patch("c", "x", br#"{"m":1}"#, None).unwrap();
    assert_eq!(text(&calm, "c", "x"), r#"{"_id":"x","n":7,"m":1}"#);
}

#[test]
fn a_patch_that_is_overtaken_all_the_time_is_a_conflict() {
    let (session, calm) = Disturbed::sessions(usize::MAX, replace_x);
    let error = failure(session.patch("c", "x", br#"{"m":1}"#, None));
    assert_eq!((error.code(), error.retryable()), (Code::Conflict, true));
    assert_eq!(text(&calm, "c", "x"), r#"{"_id":"x","n":7}"#);
}

#[test]
fn a_patch_with_an_expectation_is_not_tried_again() {
    let (session, calm) = Disturbed::sessions(1, replace_x);
    assert_eq!(code(session.patch("c", "x", br#"{"m":1}"#, Some(1))), Code::RevisionMismatch);
    assert_eq!(text(&calm, "c", "x"), r#"{"_id":"x","n":7}"#);
}

#[test]
fn a_patch_whose_document_went_away_says_so() {
    let (session, _) = Disturbed::sessions(1, |calm| calm.delete("c", "x", None).map(drop));
    assert_eq!(code(session.patch("c", "x", "{}".as_bytes(), None)), Code::DocumentNotFound);
    let (session, _) = Disturbed::sessions(1, |calm| calm.drop_collection("c").map(drop));
    assert_eq!(code(session.patch("c", "x", "{}".as_bytes(), None)), Code::CollectionNotFound);
}

#[test]
fn a_batch_with_an_overtaken_patch_is_read_again_as_a_whole() {
    let (session, calm) = Disturbed::sessions(2, |calm| calm.patch("c", "x", br#"{"k":1}"#, None).map(drop));
    let batched = session.batch(vec![
        insert("c", r#"{"_id":"z"}"#),
        patch("c", "x", r#"{"m":1}"#),
        patch("c", "y", "{}"),
    ]);
    assert_eq!(batched.unwrap().written.len(), 3);
    assert_eq!(text(&calm, "c", "x"), r#"{"_id":"x","n":0,"k":1,"m":1}"#);
}

#[test]
fn a_bulk_among_others_gives_each_change_its_answer() {
    for times in [1, 2, 3, 5, 50] {
        let (session, calm) = Disturbed::sessions(times, |calm| {
            let seq = calm.collections()?.seq;
            calm.insert("c", format!(r#"{{"_id":"taken{seq}"}}"#).as_bytes())?;
            calm.patch("c", "x", br#"{"k":1}"#, None).map(drop)
        });
        let mut changes = vec![patch("c", "x", r#"{"m":1}"#), insert("c", r#"{"_id":"y"}"#)];
        changes.extend((0..8).map(|n| insert("c", &format!(r#"{{"_id":"taken{n}"}}"#))));
        changes.push(insert("c", r#"{"_id":"free"}"#));
        let answers = session.apply_each(changes);
        assert!(answers[0].is_ok() && answers[10].is_ok(), "{times}: {answers:?}");
        assert_eq!(code(answers[1].clone()), Code::DocumentExists);
        let taken = answers[2..10].iter().filter_map(|answer| answer.as_ref().err());
        assert!(taken.clone().count() > 0);
        assert!(taken.clone().all(|error| error.code() == Code::DocumentExists), "{times}: {answers:?}");
        assert_eq!(text(&calm, "c", "x"), r#"{"_id":"x","n":0,"k":1,"m":1}"#, "{times}");
    }
}

#[test]
fn an_error_of_the_disk_is_answered_as_it_is() {
    let full = |_: &Session| Err(Error::new(Code::DiskFull, "no space"));
    let (session, calm) = Disturbed::sessions(usize::MAX, full);
    assert_eq!(code(session.insert("c", b"{}")), Code::DiskFull);
    assert_eq!(code(session.patch("c", "x", b"{}", None)), Code::DiskFull);
    assert_eq!(code(session.batch(vec![patch("c", "x", "{}")])), Code::DiskFull);
    let answers = session.apply_each(vec![insert("c", "{}"), patch("c", "x", "{}"), insert("c", "{")]);
    let codes: Vec<Code> = answers.into_iter().map(code).collect();
    assert_eq!(codes, [Code::DiskFull, Code::DiskFull, Code::InvalidJson]);
    assert_eq!(calm.collections().unwrap().seq, 2);
}

#[test]
fn what_is_too_large_together_is_done_one_by_one() {
    let too_large = |_: &Session| Err(Error::new(Code::TooLarge, "the commit is too large"));
    let (session, calm) = Disturbed::sessions(1, too_large);
    let answers = session.apply_each(vec![insert("c", "{}"), patch("c", "x", "{}")]);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(calm.collections().unwrap().seq, 4);
}

#[test]
fn patches_from_many_threads_all_count() {
    let session = session_on(Arc::new(ModelStore::new()), Limits::default());
    session.insert("c", br#"{"_id":"x"}"#).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let session = session.clone();
            scope.spawn(move || {
                for n in 0..25 {
                    let body = format!(r#"{{"f{thread}_{n}":{n}}}"#);
                    session.patch("c", "x", body.as_bytes(), None).unwrap();
                }
            });
        }
    });
    let seen = session.get("c", "x").unwrap();
    assert_eq!((seen.seq, seen.value.document.json().fields().count()), (201, 201));
}

/// A snapshot on which every read fails.
struct Broken;

impl Snapshot for Broken {
    fn seq(&self) -> Seq {
        1
    }

    fn timeline(&self) -> u64 {
        1
    }
    fn collections(&self) -> Result<Vec<Name>> {
        Err(broken())
    }
    fn get(&self, _: &Name, _: &[DocId]) -> Result<Vec<Option<Stored>>> {
        Err(broken())
    }
    fn scan(&self, _: Scan) -> Result<Box<dyn Rows>> {
        Ok(Box::new(Broken))
    }
    fn support(&self, _: &Filter) -> Support {
        Support::Inexact
    }
}

impl Rows for Broken {
    fn next_batch(&mut self) -> Result<Option<Vec<Stored>>> {
        Err(broken())
    }
}

impl Store for Broken {
    fn databases(&self) -> Result<Vec<Name>> {
        Err(broken())
    }
    fn create_database(&self, _: &Name) -> Result<()> {
        Err(broken())
    }
    fn drop_database(&self, _: &Name) -> Result<()> {
        Err(broken())
    }
    fn snapshot(&self, _: &Name) -> Result<Arc<dyn Snapshot>> {
        Ok(Arc::new(Broken))
    }
    fn commit(&self, _: &Name, _: WriteBatch) -> Result<Committed> {
        Err(broken())
    }
    fn checkpoint(&self, _: &Name) -> Result<Checkpoint> {
        Err(broken())
    }
    fn statistics(&self, _: &Name) -> Result<DatabaseStatistics> {
        Err(broken())
    }
}

fn broken() -> Error {
    Error::new(Code::Corrupt, "block 7 is damaged")
}

#[test]
fn trap_24b_an_error_while_reading_is_never_an_empty_answer() {
    let session = Session::new(Arc::new(Broken), name("main"), Limits::default());
    let sorted = crate::support::find("c", r#"{"a":1}"#, "a", "");
    let codes = [
        code(session.get("c", "x")),
        code(session.find(&Find::all("c"))),
        code(session.find(&sorted)),
        code(session.stream(&sorted)),
        code(session.stream(&Find::all("c")).unwrap().value.next().unwrap()),
        code(session.count("c", None)),
        code(session.patch("c", "x", b"{}", None)),
        code(session.batch(vec![patch("c", "x", "{}")])),
        code(session.apply_each(vec![patch("c", "x", "{}")]).remove(0)),
        code(session.insert("c", b"{}")),
        code(session.collections()),
        code(session.drop_collection("c")),
        code(session.databases()),
        code(session.statistics()),
        code(session.checkpoint()),
    ];
    assert!(codes.iter().all(|code| *code == Code::Corrupt), "{codes:?}");
}
