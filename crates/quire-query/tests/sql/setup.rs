//! A store with documents in it, and short ways to ask.

use quire_model::{Code, Document, Error, Expect, Name, Operation, Store, WriteBatch};
use quire_query::sql::{Param, SqlResult};
use quire_query::{Limits, Session};
use quire_testkit::ModelStore;
use std::sync::Arc;

/// A session on `main` with these documents in these collections.
pub(crate) fn session(collections: &[(&str, &[&str])]) -> Session {
    session_with(collections, Limits::default())
}

/// The same under other limits.
pub(crate) fn session_with(collections: &[(&str, &[&str])], limits: Limits) -> Session {
    let store: Arc<dyn Store> = Arc::new(ModelStore::new());
    let main = Name::new("main").unwrap();
    fill(store.as_ref(), &main, collections);
    Session::new(store, main, limits)
}

/// Writes documents.
pub(crate) fn fill(store: &dyn Store, database: &Name, collections: &[(&str, &[&str])]) {
    for (collection, documents) in collections {
        let collection = Name::new(collection).unwrap();
        let put = |(n, text): (usize, &&str)| Operation::Put {
            collection: collection.clone(),
            document: document(n, text),
            expect: Expect::Any,
        };
        let operations = documents.iter().enumerate().map(put).collect();
        store.commit(database, WriteBatch { operations }).unwrap();
    }
}

/// A document; where it has no `_id`, its number is one.
fn document(number: usize, text: &str) -> Document {
    let mut scanner = quire_model::json::Scanner::new(Default::default());
    let input = quire_model::Input::parse(&mut scanner, text.as_bytes()).unwrap();
    input.into_document(|| quire_model::DocId::new(format!("{number:04}")).unwrap())
}

/// The rows of a query, one text each.
pub(crate) fn rows(session: &Session, sql: &str) -> Vec<String> {
    match try_rows(session, sql, &[]) {
        Ok(rows) => rows,
        Err(error) => panic!("{sql}: {error}"),
    }
}

/// The rows of a query, in one text.
pub(crate) fn ask(session: &Session, sql: &str) -> String {
    rows(session, sql).join(" ")
}

/// The rows of a query with parameters, in one text.
pub(crate) fn ask_with(session: &Session, sql: &str, params: &[Param]) -> String {
    match try_rows(session, sql, params) {
        Ok(rows) => rows.join(" "),
        Err(error) => panic!("{sql}: {error}"),
    }
}

/// The rows of a query, or its error.
pub(crate) fn try_rows(session: &Session, sql: &str, params: &[Param]) -> Result<Vec<String>, Error> {
    block_on(async { session.sql(sql, params).await?.rows.all().await })
}

/// The columns of a query as `name type`.
pub(crate) fn columns(session: &Session, sql: &str) -> String {
    let result = answer(session, sql);
    let columns: Vec<String> = result.columns.iter().map(|c| format!("{} {}", c.name, c.r#type)).collect();
    columns.join(", ")
}

/// The answer of a query.
pub(crate) fn answer(session: &Session, sql: &str) -> SqlResult {
    block_on(session.sql(sql, &[])).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The error of a query.
pub(crate) fn error(session: &Session, sql: &str) -> Error {
    match try_rows(session, sql, &[]) {
        Err(error) => error,
        Ok(rows) => panic!("{sql} gave {rows:?}"),
    }
}

/// The code of a query's error.
pub(crate) fn code(session: &Session, sql: &str) -> Code {
    error(session, sql).code()
}

/// Runs a future.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
