//! What SQL sees is what find sees.

use crate::setup::{rows, session};
use quire_query::{Find, Session};
use quire_testkit::documents;

/// The ids that find answers.
fn found(session: &Session, filter: &str) -> Vec<String> {
    let query = Find {
        collection: "c".to_owned(),
        filter: Some(filter.to_owned()),
        limit: Some(10_000),
        sort: Vec::new(),
        fields: Vec::new(),
        cursor: None,
    };
    let page = session.find(&query).unwrap().value;
    page.documents.iter().map(|text| id(text)).collect()
}

fn id(text: &str) -> String {
    let json = quire_model::json::Json::new(text);
    json.get("_id").and_then(|id| id.as_str()).unwrap().into_owned()
}

/// The ids that SQL answers.
fn selected(session: &Session, condition: &str) -> Vec<String> {
    let rows = rows(session, &format!("SELECT _id FROM c WHERE {condition} ORDER BY _id"));
    rows.iter()
        .map(|row| quire_model::json::Json::new(row).at(0).unwrap().as_str().unwrap().into_owned())
        .collect()
}

/// Pairs of a filter and a condition that say the same about values that are no arrays: a filter also looks
/// into arrays, SQL does not, so the conditions leave them out on both sides.
const PAIRS: &[(&str, &str)] = &[
    (r#"{"v":5}"#, "v = 5"),
    (r#"{"v":5.0}"#, "v = 5e0"),
    (r#"{"v":{"$gt":1}}"#, "v > 1"),
    (r#"{"v":{"$gte":-1.5,"$lt":1000}}"#, "v >= -1.5 AND v < 1000"),
    (r#"{"v":{"$lte":12345678901234567890.123}}"#, "v <= 12345678901234567890.123"),
    (r#"{"v":12345678901234567890.123}"#, "v = 12345678901234567890.123"),
    (r#"{"v":{"$gt":1E400}}"#, "v > 1E400"),
    (r#"{"v":1E400}"#, "v = 1E400"),
    (r#"{"v":9007199254740993}"#, "v = 9007199254740993"),
    (r#"{"v":"a"}"#, "v = 'a'"),
    (r#"{"v":{"$gt":"a"}}"#, "v > 'a'"),
    (r#"{"v":{"$lt":"é"}}"#, "v < 'é'"),
    (r#"{"v":true}"#, "v = true"),
    (r#"{"v":false}"#, "v = false"),
    (r#"{"v":null}"#, "v IS NULL"),
    (r#"{"v":{"$ne":null}}"#, "v IS NOT NULL"),
    (r#"{"v":{"$in":[1,"a",true]}}"#, "v IN (1, 'a', true)"),
    (r#"{"$or":[{"v":1},{"v":"b"}]}"#, "v = 1 OR v = 'b'"),
    (r#"{"v.x":1}"#, "v.x = 1"),
    (r#"{"v":{"$type":"string"}}"#, "json_type(v) = 'string'"),
    (r#"{"v":{"$regex":"^a"}}"#, "v ~ '^a'"),
];

const VALUES: &[&str] = &[
    "1",
    "1.0",
    "5",
    "5.00",
    "-1.5",
    "0.1",
    "1000",
    "9007199254740993",
    "9007199254740992",
    "12345678901234567890.123",
    "12345678901234567890.124",
    "1E400",
    "2E400",
    "-1E400",
    "1e-400",
    r#""""#,
    r#""a""#,
    r#""ab""#,
    r#""b""#,
    r#""é""#,
    r#""5""#,
    "true",
    "false",
    "null",
    r#"{"x":1}"#,
    r#"{"x":"1"}"#,
    r#"{"x":1.0,"y":2}"#,
    "{}",
];

#[test]
fn trap_15_conditions_and_filters_agree() {
    // Every value in one collection: the field is JSON. Then those of each kind: the field has their type.
    let all: Vec<&str> = VALUES.to_vec();
    let kind = |keep: &dyn Fn(&str) -> bool| {
        all.iter().copied().filter(|v| keep(v) || *v == "null").collect::<Vec<_>>()
    };
    let integers = kind(&|v| v.parse::<i64>().is_ok());
    let doubles = kind(&|v| v.len() < 10 && v.parse::<f64>().is_ok_and(f64::is_finite) && v != "1e-400");
    let strings = kind(&|v| v.starts_with('"'));
    let booleans = kind(&|v| v == "true" || v == "false");
    for values in [&all, &integers, &doubles, &strings, &booleans] {
        let documents: Vec<String> =
            values.iter().enumerate().map(|(n, v)| format!("{{\"_id\":\"{n:03}\",\"v\":{v}}}")).collect();
        let mut documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        documents.push(r#"{"_id":"zzz"}"#);
        let session = session(&[("c", &documents)]);
        for (filter, condition) in PAIRS {
            // A column of one type cannot be asked for another one's values at all.
            let Ok(_) = crate::setup::try_rows(&session, &format!("SELECT 1 FROM c WHERE {condition}"), &[])
            else {
                assert!(values.len() < all.len(), "{condition}");
                continue;
            };
            // Over a column of one type SQL compares as its dialect does: '5' = 5 there.
            let crosses = values.len() < all.len() && condition.contains('\'') != values.contains(&"\"a\"");
            if !crosses {
                assert_eq!(
                    selected(&session, condition),
                    found(&session, filter),
                    "{filter} and {condition} over {values:?}"
                );
            }
        }
    }
}

#[test]
fn every_document_comes_out_of_sql_as_out_of_find() {
    let texts = documents(7, 300);
    let texts: Vec<String> = texts.iter().map(|d| d.text().to_owned()).collect();
    let refs: Vec<&str> = texts.iter().map(String::as_str).collect();
    let session = session(&[("c", &refs)]);
    let mut expected = refs.clone();
    expected.sort_by_key(|text| id(text));
    let got = rows(&session, "SELECT _doc FROM c");
    let expected: Vec<String> = expected.iter().map(|text| format!("[{text}]")).collect();
    assert_eq!(got, expected);
    assert_eq!(rows(&session, "SELECT * FROM c").len(), 300);
}
