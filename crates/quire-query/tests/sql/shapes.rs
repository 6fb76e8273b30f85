//! Columns, types and how values are written.

use crate::setup::{answer, ask, code, columns, rows, session};
use quire_model::Code;

fn people() -> quire_query::Session {
    session(&[(
        "people",
        &[
            r#"{"_id":"a","name":"Ada","age":36,"height":1.7,"tags":["x","y"],
                "address":{"city":"London","geo":{"lat":51.5}}}"#,
            r#"{"_id":"b","name":"Bob","age":41,"height":2,"tags":[],"address":{"city":"Rome"},"active":true}"#,
            r#"{"_id":"c","name":"Cyd","age":null,"mixed":1}"#,
            r#"{"_id":"d","name":"Dan","mixed":"one","nothing":null}"#,
        ],
    )])
}

#[test]
fn columns_are_inferred_the_most_frequent_first() {
    assert_eq!(
        columns(&people(), "SELECT * FROM people"),
        "_id string, _rev int64, name string, age int64, height float64, tags list, address struct, mixed json, \
         active boolean, nothing json"
    );
}

#[test]
fn rows_keep_their_values() {
    assert_eq!(
        rows(&people(), "SELECT * FROM people ORDER BY _id"),
        [
            r#"["a",1,"Ada",36,1.7,["x","y"],{"city":"London","geo":{"lat":51.5}},null,null,null]"#,
            r#"["b",1,"Bob",41,2.0,[],{"city":"Rome","geo":null},null,true,null]"#,
            r#"["c",1,"Cyd",null,null,null,null,1,null,null]"#,
            r#"["d",1,"Dan",null,null,null,null,"one",null,null]"#,
        ]
    );
}

#[test]
fn the_whole_document_is_there_by_name_only() {
    let session = people();
    assert_eq!(
        ask(&session, "SELECT _doc FROM people WHERE _id = 'd'"),
        r#"[{"_id":"d","name":"Dan","mixed":"one","nothing":null}]"#
    );
    assert_eq!(
        ask(&session, "SELECT _doc->>'name', _doc->'tags'->0 FROM people WHERE _id = 'a'"),
        r#"["Ada","x"]"#
    );
    let star = columns(&session, "SELECT *, _doc FROM people");
    assert_eq!(star.matches("_doc").count(), 1, "{star}");
    let star = columns(&session, "SELECT p.*, p._doc FROM people AS p");
    assert_eq!(star.matches("_doc").count(), 1, "{star}");
}

#[test]
fn structs_are_read_by_dots_and_brackets() {
    let session = people();
    assert_eq!(ask(&session, "SELECT address.city FROM people WHERE _id = 'a'"), r#"["London"]"#);
    assert_eq!(ask(&session, "SELECT people.address.geo.lat FROM people WHERE _id = 'a'"), "[51.5]");
    assert_eq!(
        ask(&session, "SELECT p.address['geo']['lat'] FROM people p WHERE p.address.city = 'London'"),
        "[51.5]"
    );
    assert_eq!(
        ask(&session, "SELECT address->'geo'->>'lat', address->>'city' FROM people WHERE _id = 'a'"),
        r#"["51.5","London"]"#
    );
    assert_eq!(
        ask(&session, "SELECT tags[1], tags[-1], cardinality(tags) FROM people WHERE _id = 'a'"),
        r#"["x","y",2]"#
    );
}

#[test]
fn lists_are_unnested() {
    let session = people();
    assert_eq!(
        ask(&session, "SELECT _id, unnest(tags) AS tag FROM people ORDER BY tag"),
        r#"["a","x"] ["a","y"]"#
    );
    assert_eq!(ask(&session, "SELECT _id FROM people WHERE array_has(tags, 'x')"), r#"["a"]"#);
    let session = session_of_orders();
    assert_eq!(
        ask(&session, "SELECT items[1].sku, o.items[-1]['n'] FROM orders o WHERE _id = '1'"),
        r#"["a",2]"#
    );
    assert_eq!(
        ask(
            &session,
            "SELECT _id, item.sku, item.n FROM (SELECT _id, unnest(items) AS item FROM orders) ORDER BY 3"
        ),
        r#"["1","a",1] ["1","b",2] ["2","a",3]"#
    );
    assert_eq!(
        ask(
            &session,
            "SELECT item.sku, sum(item.n) FROM (SELECT unnest(items) AS item FROM orders) GROUP BY 1 ORDER BY 1"
        ),
        r#"["a",4] ["b",2]"#
    );
}

fn session_of_orders() -> quire_query::Session {
    session(&[(
        "orders",
        &[
            r#"{"_id":"1","items":[{"sku":"a","n":1},{"sku":"b","n":2}]}"#,
            r#"{"_id":"2","items":[{"sku":"a","n":3}]}"#,
        ],
    )])
}

#[test]
fn values_of_every_type_are_written() {
    let session = people();
    for (sql, expected) in [
        ("SELECT 1, 1.5, 'a\"b', true, NULL", r#"[1,1.5,"a\"b",true,null]"#),
        ("SELECT CAST('NaN' AS DOUBLE), CAST('inf' AS DOUBLE)", "[null,null]"),
        ("SELECT 1e300, 0.1, -0.0, 1e-7", "[1e+300,0.1,-0.0,1e-7]"),
        ("SELECT CAST(1.10 AS DECIMAL(10,2)), CAST(7 AS TINYINT)", "[1.10,7]"),
        ("SELECT CAST('2024-01-31' AS DATE)", r#"["2024-01-31"]"#),
        ("SELECT to_timestamp('2024-01-31T12:30:00.25Z')", r#"["2024-01-31T12:30:00.250Z"]"#),
        ("SELECT [1,2], {'a': 1}, struct(1 AS x)", r#"[[1,2],{"a":1},{"x":1}]"#),
        ("SELECT '\u{1F600}', chr(10)", "[\"\u{1F600}\",\"\\n\"]"),
    ] {
        assert_eq!(ask(&session, sql), expected, "{sql}");
    }
    assert_eq!(
        columns(
            &session,
            "SELECT CAST(1 AS DECIMAL(5,1)) AS a, now() AS b, CAST('2024-01-31' AS DATE) AS c, [1] AS d"
        ),
        "a decimal, b timestamp, c date, d list"
    );
}

#[test]
fn names_keep_their_case() {
    let session =
        session(&[("Things", &[r#"{"_id":"1","userId":1,"userid":2,"a.b":3,"select":4,"User Name":5}"#])]);
    assert_eq!(
        ask(&session, "SELECT userId, userid, \"userId\" + 1, Things.userId + 2 FROM Things"),
        "[1,2,2,3]"
    );
    assert_eq!(ask(&session, "SELECT \"a.b\", \"select\", \"User Name\" FROM \"Things\""), "[3,4,5]");
    assert_eq!(ask(&session, "SELECT COUNT(*), Max(userId) FROM Things"), "[1,1]");
}

#[test]
fn collections_with_a_dash_are_quoted() {
    let session = session(&[("my-things", &[r#"{"_id":"1"}"#])]);
    assert_eq!(ask(&session, "SELECT _id FROM \"my-things\""), r#"["1"]"#);
    assert_eq!(ask(&session, "SELECT _id FROM main.\"my-things\""), r#"["1"]"#);
    let error = crate::setup::error(&session, "SELECT _id FROM my-things");
    assert!(error.detail().contains("double quotes"), "{error}");
}

#[test]
fn names_in_an_answer_are_unique() {
    let session = people();
    let sql = "SELECT a._id, b._id, a.name FROM people a JOIN people b ON a._id = b._id";
    assert_eq!(columns(&session, sql), "a._id string, b._id string, name string");
    assert_eq!(columns(&session, "SELECT 1 AS x, 2 AS y"), "x int64, y int64");
}

#[test]
fn tables_and_columns_are_described() {
    let session = session(&[("a", &[r#"{"_id":"1","n":[1],"o":{"p":"q"}}"#]), ("b", &["{}"])]);
    assert_eq!(ask(&session, "SHOW TABLES"), r#"["main","a"] ["main","b"]"#);
    let expected = [
        r#"["_id","string",false]"#,
        r#"["_rev","int64",false]"#,
        r#"["n","list<int64>",true]"#,
        r#"["o","struct<p string>",true]"#,
        r#"["_doc","json",false]"#,
    ];
    for sql in ["DESCRIBE a", "DESC a", "SHOW COLUMNS FROM a", "SHOW COLUMNS FROM main.a", "DESCRIBE main.a"]
    {
        assert_eq!(rows(&session, sql), expected, "{sql}");
    }
    assert_eq!(
        ask(
            &session,
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY 1"
        ),
        r#"["a"] ["b"]"#
    );
    assert!(ask(&session, "EXPLAIN SELECT n FROM a").contains("StreamingTableExec"));
    assert!(ask(&session, "EXPLAIN ANALYZE SELECT n FROM a").contains("StreamingTableExec"));
}

#[test]
fn the_answer_says_which_state_it_saw() {
    let session = people();
    assert_eq!(answer(&session, "SELECT 1").seq, 1);
}

#[test]
fn rare_fields_work_by_name() {
    let mut document = String::from(r#"{"_id":"1""#);
    (0..1500).for_each(|n| document.push_str(&format!(",\"f{n}\":{n}")));
    document.push('}');
    let session = session(&[("wide", &[&document])]);
    let all = answer(&session, "SELECT * FROM wide").columns;
    assert_eq!(all.len(), 1002);
    assert_eq!(all[2].name, "f0");
    assert_eq!(ask(&session, "SELECT f1400, w.f1401 FROM wide w WHERE f1402 = 1402"), "[1400,1401]");
    assert_eq!(crate::setup::code(&session, "SELECT f1500 FROM wide").as_str(), "invalid_sql");
}

#[test]
fn a_collection_of_more_fields_than_are_remembered_works_by_name() {
    let documents: Vec<String> = (0..210)
        .map(|d| {
            let fields: Vec<String> = (0..100).map(|n| format!("\"k{d}_{n}\":{n}")).collect();
            format!("{{\"_id\":\"{d:04}\",\"always\":{d},{}}}", fields.join(","))
        })
        .collect();
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let session = session(&[("map", &documents)]);
    assert_eq!(ask(&session, "SELECT sum(always) FROM map"), "[21945]");
    assert_eq!(ask(&session, "SELECT k209_99 FROM map WHERE k209_99 IS NOT NULL"), "[99]");
    assert_eq!(ask(&session, "SELECT k208_98 FROM map WHERE k208_98 = 98"), "[98]");
    assert_eq!(crate::setup::code(&session, "SELECT k1_100 FROM map").as_str(), "invalid_sql");
}

#[test]
fn a_field_within_an_object_is_called_by_its_own_name() {
    let people = people();
    assert_eq!(
        columns(&people, "SELECT address.city, p.address.geo.lat FROM people p"),
        "city string, lat float64"
    );
    assert_eq!(
        columns(&people, "SELECT p.address.city, q.address.city FROM people p, people q"),
        "p.address[city] string, q.address[city] string"
    );
}

#[test]
fn what_the_system_keeps_is_no_table() {
    let session = session(&[("a", &["{}"])]);
    session.once("k").unwrap().insert("a", b"{}").unwrap();
    assert_eq!(ask(&session, "SHOW TABLES"), r#"["main","a"]"#);
    let listed = "SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%idempotency%'";
    assert!(rows(&session, listed).is_empty());
    for sql in ["SELECT * FROM _idempotency", "SELECT * FROM main._idempotency", "DESCRIBE _idempotency"] {
        assert_eq!(code(&session, sql), Code::CollectionNotFound, "{sql}");
    }
    session.create_database("other").unwrap();
    let elsewhere = session.with_database(quire_model::Name::new("other").unwrap());
    assert_eq!(code(&elsewhere, "SELECT * FROM main._idempotency"), Code::CollectionNotFound);
}
