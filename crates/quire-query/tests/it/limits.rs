//! The limits of a session.

use crate::support::{code, failure, fill, find, insert, pointers, session_on, session_with};
use quire_model::Code;
use quire_query::{Find, Limits};
use quire_testkit::{ModelStore, documents};
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_page_has_a_limit_and_the_error_names_it() {
    let session = session_with(Limits { page_size_max: 5, ..Limits::default() });
    session.insert("c", b"{}").unwrap();
    for limit in [0, 6] {
        let error = failure(session.find(&Find { limit: Some(limit), ..Find::all("c") }));
        assert_eq!((error.code(), pointers(&error)), (Code::InvalidRequest, vec!["/limit"]));
        assert_eq!(error.detail().contains("at most 5 "), limit == 6, "{error}");
    }
    assert!(session.find(&Find { limit: Some(5), ..Find::all("c") }).is_ok());
}

#[test]
fn a_document_has_a_size_and_a_depth() {
    let session = session_with(Limits { document_bytes_max: 20, depth_max: 3, ..Limits::default() });
    assert!(session.insert("c", br#"{"a":[[1]]}"#).is_ok());
    assert_eq!(code(session.insert("c", br#"{"a":[[[1]]]}"#)), Code::InvalidDocument);
    assert_eq!(code(session.insert("c", br#"{"a":"0123456789abcdef"}"#)), Code::TooLarge);
    assert_eq!(session.limits().depth_max, 3);
}

#[test]
fn sorting_is_bounded_in_memory() {
    let store = Arc::new(ModelStore::new());
    fill(&*store, "c", &documents(1, 500));
    let session = session_on(store, Limits { sort_bytes_max: 20_000, ..Limits::default() });
    let sorted = find("c", "", "-group", "");
    assert_eq!(code(session.stream(&sorted)), Code::MemoryLimit);
    assert_eq!(code(session.find(&Find { limit: Some(400), ..sorted.clone() })), Code::MemoryLimit);
    assert_eq!(code(session.find(&Find { limit: Some(400), ..Find::all("c") })), Code::MemoryLimit);
    // Few rows fit, however many are looked at; and a stream by id holds nothing.
    assert_eq!(session.find(&Find { limit: Some(5), ..sorted }).unwrap().value.documents.len(), 5);
    assert_eq!(session.stream(&Find::all("c")).unwrap().value.map(Result::unwrap).count(), 500);
}

#[test]
fn a_query_has_a_time_limit() {
    let session = session_with(Limits { query_timeout: Duration::ZERO, ..Limits::default() });
    session.batch(vec![insert("c", "{}"); 50]).unwrap();
    let error = failure(session.find(&Find::all("c")));
    assert_eq!((error.code(), error.retryable()), (Code::Timeout, true));
    assert_eq!(code(session.find(&find("c", "", "a", ""))), Code::Timeout);
    assert_eq!(code(session.count("c", None)), Code::Timeout);
    assert_eq!(code(session.stream(&find("c", "", "a", ""))), Code::Timeout);
    let mut documents = session.stream(&Find::all("c")).unwrap().value;
    assert_eq!(code(documents.next().unwrap()), Code::Timeout);
    assert!(documents.next().is_none(), "a stream ends after an error");
}

/// The time limit of a stream is on each step, so a slow reader is not cut off.
#[test]
fn a_slow_reader_of_a_stream_is_not_timed_out() {
    let session = session_with(Limits { query_timeout: Duration::from_millis(200), ..Limits::default() });
    session.batch(vec![insert("c", "{}"); 50]).unwrap();
    let documents = session.stream(&Find::all("c")).unwrap().value;
    let read = documents.enumerate().map(|(n, document)| {
        if n % 20 == 0 {
            std::thread::sleep(Duration::from_millis(150));
        }
        document.unwrap()
    });
    assert_eq!(read.count(), 50);
}
