//! Joins, subqueries, common table expressions, windows and other databases.

use crate::setup::{ask, code, fill, rows, session};
use quire_model::{Code, Name, Store};
use quire_query::{Limits, Session};
use quire_testkit::ModelStore;
use std::sync::Arc;

fn shop() -> Session {
    session(&[
        (
            "users",
            &[
                r#"{"_id":"u1","name":"Ada","city":"Rome"}"#,
                r#"{"_id":"u2","name":"Bob"}"#,
                r#"{"_id":"u3","name":"Cyd","city":"Rome"}"#,
            ],
        ),
        (
            "orders",
            &[
                r#"{"_id":"o1","user":"u1","total":10}"#,
                r#"{"_id":"o2","user":"u1","total":20}"#,
                r#"{"_id":"o3","user":"u2","total":5}"#,
            ],
        ),
    ])
}

#[test]
fn tables_are_joined() {
    let session = shop();
    assert_eq!(
        ask(
            &session,
            "SELECT u.name, sum(o.total) AS t FROM users u JOIN orders o ON o.user = u._id \
             GROUP BY u.name ORDER BY t DESC"
        ),
        r#"["Ada",30] ["Bob",5]"#
    );
    assert_eq!(
        ask(
            &session,
            "SELECT u.name, o._id FROM users u LEFT JOIN orders o ON o.user = u._id WHERE o._id IS NULL"
        ),
        r#"["Cyd",null]"#
    );
    assert_eq!(ask(&session, "SELECT count(*) FROM users a CROSS JOIN users b"), "[9]");
    assert_eq!(
        ask(&session, "SELECT a.name, b.name FROM users a JOIN users b ON a.city = b.city AND a._id < b._id"),
        r#"["Ada","Cyd"]"#
    );
}

#[test]
fn subqueries_and_ctes_work() {
    let session = shop();
    assert_eq!(
        ask(&session, "SELECT name FROM users WHERE _id IN (SELECT user FROM orders WHERE total > 7)"),
        r#"["Ada"]"#
    );
    assert_eq!(
        ask(
            &session,
            "SELECT name, (SELECT sum(total) FROM orders o WHERE o.user = u._id) FROM users u ORDER BY name"
        ),
        r#"["Ada",30] ["Bob",5] ["Cyd",null]"#
    );
    assert_eq!(
        ask(
            &session,
            "WITH t AS (SELECT user, sum(total) AS s FROM orders GROUP BY user) \
             SELECT name, s FROM t JOIN users ON _id = user ORDER BY s"
        ),
        r#"["Bob",5] ["Ada",30]"#
    );
    assert_eq!(
        ask(
            &session,
            "SELECT _id FROM users u WHERE (SELECT max(total) FROM orders o WHERE o.user = u._doc->>'_id') > 7"
        ),
        r#"["u1"]"#
    );
    assert_eq!(ask(&session, "WITH users AS (SELECT 1 AS a) SELECT * FROM users"), "[1]");
    assert_eq!(
        ask(
            &session,
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n"
        ),
        "[15]"
    );
    assert_eq!(
        ask(&session, "SELECT name FROM users UNION SELECT user FROM orders ORDER BY 1"),
        r#"["Ada"] ["Bob"] ["Cyd"] ["u1"] ["u2"]"#
    );
    assert_eq!(ask(&session, "VALUES (1, 'a'), (2, 'b')"), r#"[1,"a"] [2,"b"]"#);
    assert_eq!(ask(&session, "SELECT * FROM generate_series(1, 3)"), "[1] [2] [3]");
    assert_eq!(ask(&session, "SELECT * FROM unnest([1,2])"), "[1] [2]");
}

#[test]
fn windows_and_limits_work() {
    let session = shop();
    assert_eq!(
        rows(
            &session,
            "SELECT _id, sum(total) OVER (PARTITION BY user ORDER BY _id), rank() OVER (ORDER BY total DESC) \
             FROM orders ORDER BY _id"
        ),
        [r#"["o1",10,2]"#, r#"["o2",30,1]"#, r#"["o3",5,3]"#]
    );
    assert_eq!(ask(&session, "SELECT _id FROM orders ORDER BY total DESC LIMIT 1 OFFSET 1"), r#"["o1"]"#);
    assert_eq!(ask(&session, "SELECT _id FROM orders LIMIT 1"), r#"["o1"]"#);
    assert_eq!(ask(&session, "SELECT _id FROM orders LIMIT 0"), "");
    assert_eq!(ask(&session, "SELECT count(*) FROM orders"), "[3]");
    assert_eq!(ask(&session, "SELECT 1 FROM orders"), "[1] [1] [1]");
    assert_eq!(ask(&session, "SELECT DISTINCT user FROM orders ORDER BY user"), r#"["u1"] ["u2"]"#);
}

#[test]
fn other_databases_are_reached_by_name() {
    let store: Arc<dyn Store> = Arc::new(ModelStore::new());
    let (main, other) = (Name::new("main").unwrap(), Name::new("other-one").unwrap());
    store.create_database(&other).unwrap();
    fill(store.as_ref(), &main, &[("c", &[r#"{"_id":"1","a":"main"}"#]), ("e", &[])]);
    fill(store.as_ref(), &other, &[("c", &[r#"{"_id":"1","a":"other"}"#, r#"{"_id":"2","a":"more"}"#])]);
    let session = Session::new(store, main, Limits::default());
    assert_eq!(
        ask(&session, "SELECT x.a, y.a FROM c x JOIN \"other-one\".c y ON x._id = y._id"),
        r#"["main","other"]"#
    );
    assert_eq!(ask(&session, "SELECT count(*) FROM \"other-one\".c"), "[2]");
    assert_eq!(ask(&session, "SELECT main.c.a FROM main.c"), r#"["main"]"#);
    assert_eq!(
        ask(&session.with_database(Name::new("other-one").unwrap()), "SELECT a FROM c ORDER BY a"),
        r#"["more"] ["other"]"#
    );
    assert_eq!(code(&session, "SELECT * FROM nowhere.c"), Code::DatabaseNotFound);
    assert_eq!(code(&session, "SELECT * FROM \"other-one\".d"), Code::CollectionNotFound);
    assert_eq!(code(&session, "SELECT * FROM a.b.c"), Code::InvalidSql);
}

#[test]
fn an_empty_collection_is_a_table() {
    let store: Arc<dyn Store> = Arc::new(ModelStore::new());
    let session = Session::new(store, Name::new("main").unwrap(), Limits::default());
    session.create_collection("empty").unwrap();
    assert_eq!(ask(&session, "SELECT * FROM empty"), "");
    assert_eq!(ask(&session, "SELECT count(*), max(_rev) FROM empty"), "[0,null]");
}

#[test]
fn fields_are_those_of_the_state_that_is_read() {
    let store: Arc<dyn Store> = Arc::new(ModelStore::new());
    let name = Name::new("again").unwrap();
    let session = Session::new(store.clone(), name.clone(), Limits::default());
    for (document, expected) in [(r#"{"_id":"1","a":1}"#, "[1]"), (r#"{"_id":"1","a":"x"}"#, r#"["x"]"#)] {
        store.create_database(&name).unwrap();
        fill(store.as_ref(), &name, &[("c", &[document])]);
        assert_eq!(ask(&session, "SELECT a FROM c"), expected);
        store.drop_database(&name).unwrap();
    }
    store.create_database(&name).unwrap();
    for (document, expected) in [(r#"{"_id":"1","b":1}"#, "[1]"), (r#"{"_id":"1","b":[2]}"#, "[[2]]")] {
        fill(store.as_ref(), &name, &[("c", &[document])]);
        assert_eq!(ask(&session, "SELECT b FROM c"), expected);
    }
}
