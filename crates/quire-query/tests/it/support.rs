//! What the tests share.

use quire_model::json::Json;
use quire_model::{Code, Document, Error, Name, Operation, Result, Store, WriteBatch};
use quire_query::{Change, Find, Limits, Page, Session, SortKey};
use quire_testkit::ModelStore;
use std::sync::Arc;

pub(crate) fn session() -> Session {
    session_on(Arc::new(ModelStore::new()), Limits::default())
}

pub(crate) fn session_with(limits: Limits) -> Session {
    session_on(Arc::new(ModelStore::new()), limits)
}

pub(crate) fn session_on(store: Arc<dyn Store>, limits: Limits) -> Session {
    Session::new(store, name("main"), limits)
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// Commits documents as they are.
pub(crate) fn fill(store: &dyn Store, collection: &str, documents: &[Document]) {
    for chunk in documents.chunks(7) {
        let put = |document: &Document| Operation::Put {
            collection: name(collection),
            document: document.clone(),
            expect: quire_model::Expect::Any,
        };
        let batch = WriteBatch { operations: chunk.iter().map(put).collect() };
        store.commit(&name("main"), batch).unwrap();
    }
}

/// Inserts documents given as JSON texts.
pub(crate) fn insert_all(session: &Session, collection: &str, texts: &[&str]) {
    for text in texts {
        session.insert(collection, text.as_bytes()).unwrap();
    }
}

pub(crate) fn find(collection: &str, filter: &str, sort: &str, fields: &str) -> Find {
    Find {
        filter: Some(filter.to_owned()).filter(|f| !f.is_empty()),
        sort: SortKey::parse_list(sort).unwrap(),
        fields: Find::parse_fields_list(fields).unwrap(),
        ..Find::all(collection)
    }
}

/// All pages of a query, each asked for with the cursor of the one before.
pub(crate) fn pages(session: &Session, query: &Find, limit: usize) -> Vec<Page> {
    let mut query = Find { limit: Some(limit), ..query.clone() };
    let mut pages = Vec::new();
    loop {
        let page = session.find(&query).unwrap().value;
        query.cursor = page.cursor.clone();
        pages.push(page);
        if query.cursor.is_none() {
            return pages;
        }
    }
}

pub(crate) fn ids(documents: &[String]) -> Vec<String> {
    documents.iter().map(|text| id_of(text)).collect()
}

pub(crate) fn id_of(text: &str) -> String {
    Json::new(text).get("_id").unwrap().as_str().unwrap().into_owned()
}

/// The text of a document as it is stored.
pub(crate) fn text(session: &Session, collection: &str, id: &str) -> String {
    session.get(collection, id).unwrap().value.document.text().to_owned()
}

#[track_caller]
pub(crate) fn code<T>(result: Result<T>) -> Code {
    failure(result).code()
}

#[track_caller]
pub(crate) fn failure<T>(result: Result<T>) -> Error {
    match result {
        Ok(_) => panic!("this should have failed"),
        Err(error) => error,
    }
}

pub(crate) fn pointers(error: &Error) -> Vec<&str> {
    error.parts().iter().map(|part| part.pointer.as_str()).collect()
}

pub(crate) fn insert(collection: &str, body: &str) -> Change {
    Change::Insert { collection: collection.into(), body: body.into() }
}

pub(crate) fn replace(collection: &str, id: &str, body: &str) -> Change {
    let id = Some(id.to_owned());
    Change::Replace { collection: collection.into(), id, body: body.into(), expect: quire_model::Expect::Any }
}

pub(crate) fn patch(collection: &str, id: &str, body: &str) -> Change {
    Change::Patch { collection: collection.into(), id: id.into(), body: body.into(), expect: None }
}

pub(crate) fn delete(collection: &str, id: &str) -> Change {
    Change::Delete { collection: collection.into(), id: id.into(), expect: None }
}
