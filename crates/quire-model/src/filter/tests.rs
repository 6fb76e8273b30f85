//! The truth table of filters: operator by kind of value.

use super::*;
use crate::Code;

fn holds(filter: &str, doc: &str) -> bool {
    Filter::parse(filter)
        .unwrap_or_else(|e| panic!("{filter}: {e}"))
        .matches(Row { json: Json::new(doc), rev: Some(5) })
}

#[test]
fn trap_18_missing_and_null_are_told_apart() {
    for (filter, missing, null, value) in [
        (r#"{"a":null}"#, true, true, false),
        (r#"{"a":{"$eq":null}}"#, true, true, false),
        (r#"{"a":{"$ne":null}}"#, false, false, true),
        (r#"{"a":{"$in":[null,9]}}"#, true, true, false),
        (r#"{"a":{"$nin":[null]}}"#, false, false, true),
        (r#"{"a":{"$gte":null}}"#, true, true, false),
        (r#"{"a":{"$gt":null}}"#, false, false, false),
        (r#"{"a":{"$exists":true}}"#, false, true, true),
        (r#"{"a":{"$exists":false}}"#, true, false, false),
        (r#"{"a":{"$type":"null"}}"#, false, true, false),
        (r#"{"a":{"$ne":1}}"#, true, true, false),
        (r#"{"a":{"$lt":5}}"#, false, false, true),
        (r#"{"a":{"$not":{"$lt":5}}}"#, true, true, false),
    ] {
        assert_eq!(holds(filter, "{}"), missing, "{filter} missing");
        assert_eq!(holds(filter, r#"{"a":null}"#), null, "{filter} null");
        assert_eq!(holds(filter, r#"{"a":1}"#), value, "{filter} 1");
    }
}

#[test]
fn a_range_only_holds_for_its_operands_own_type() {
    for (filter, text, expected) in [
        (r#"{"a":{"$gt":1}}"#, r#"{"a":"2"}"#, false),
        (r#"{"a":{"$gt":1}}"#, r#"{"a":1.0000000000000000000001}"#, true),
        (r#"{"a":{"$gte":1}}"#, r#"{"a":10e-1}"#, true),
        (r#"{"a":{"$lt":9007199254740993}}"#, r#"{"a":9007199254740992}"#, true),
        (r#"{"a":{"$lt":"b"}}"#, r#"{"a":"a"}"#, true),
        (r#"{"a":{"$lt":"b"}}"#, r#"{"a":1}"#, false),
        (r#"{"a":{"$gt":false}}"#, r#"{"a":true}"#, true),
        (r#"{"a":{"$lte":[1,2]}}"#, r#"{"a":[1,1,9]}"#, true),
    ] {
        assert_eq!(holds(filter, text), expected, "{filter} {text}");
    }
}

#[test]
fn arrays_hold_themselves_or_by_an_element() {
    for (filter, text, expected) in [
        (r#"{"t":"red"}"#, r#"{"t":["red","blue"]}"#, true),
        (r#"{"t":["red","blue"]}"#, r#"{"t":["red","blue"]}"#, true),
        (r#"{"t":["blue","red"]}"#, r#"{"t":["red","blue"]}"#, false),
        (r#"{"t":{"$ne":"red"}}"#, r#"{"t":["red","blue"]}"#, false),
        (r#"{"t":{"$all":["red","blue"]}}"#, r#"{"t":["blue","x","red"]}"#, true),
        (r#"{"t":{"$all":[]}}"#, r#"{"t":[]}"#, false),
        (r#"{"t":{"$size":0}}"#, r#"{"t":[]}"#, true),
        (r#"{"t":{"$size":2}}"#, r#"{"t":[[1,2]]}"#, false),
        (r#"{"t":{"$gt":4,"$lt":3}}"#, r#"{"t":[1,9]}"#, true),
        (r#"{"t":{"$elemMatch":{"$gt":4,"$lt":9}}}"#, r#"{"t":[1,9]}"#, false),
        (r#"{"t":{"$elemMatch":{"$gt":4,"$lt":9}}}"#, r#"{"t":[1,5]}"#, true),
        (r#"{"t":{"$elemMatch":{"a":1,"b":2}}}"#, r#"{"t":[{"a":1},{"b":2}]}"#, false),
        (r#"{"t":{"$elemMatch":{"a":1,"b":2}}}"#, r#"{"t":[{"a":1,"b":2}]}"#, true),
        (r#"{"t":{"$elemMatch":{"$or":[{"a":1},{"a":3}]}}}"#, r#"{"t":[{"a":3}]}"#, true),
        (r#"{"t":{"$elemMatch":{"_rev":7}}}"#, r#"{"t":[{"_rev":7}]}"#, true),
        (r#"{"t.a":1}"#, r#"{"t":[{"a":2},{"a":[1]}]}"#, true),
        (r#"{"t.0":1}"#, r#"{"t":[1]}"#, true),
        (r#"{"t":{"$type":"array"}}"#, r#"{"t":[]}"#, true),
        (r#"{"t":{"$type":["number","string"]}}"#, r#"{"t":["x"]}"#, true),
        (r#"{"t":{"$regex":"^R","$options":"i"}}"#, r#"{"t":["red"]}"#, true),
    ] {
        assert_eq!(holds(filter, text), expected, "{filter} {text}");
    }
}

#[test]
fn logic_is_closed() {
    for (filter, expected) in [
        ("{}", true),
        (r#"{"a":1,"b":2}"#, true),
        (r#"{"a":1,"b":3}"#, false),
        (r#"{"$or":[{"a":9},{"b":2}]}"#, true),
        (r#"{"$and":[{"a":1},{"$nor":[{"b":3}]}]}"#, true),
        (r#"{"$not":{"a":1}}"#, false),
        (r#"{"c":{"y":2,"x":1}}"#, true),
        (r#"{"c":{}}"#, false),
        (r#"{"_rev":5}"#, true),
        (r#"{"_rev":{"$gt":5}}"#, false),
    ] {
        assert_eq!(holds(filter, r#"{"a":1,"b":2,"c":{"x":1,"y":2}}"#), expected, "{filter}");
    }
}

#[test]
fn a_mistake_is_named_with_its_place() {
    for (filter, pointer, says) in [
        (r#"{"a":{"$gte":1,"$foo":2}}"#, "/a/$foo", "unknown operator"),
        (r#"{"$or":[{"a":1},{"b":{"$greater":1}}]}"#, "/$or/1/b/$greater", "unknown operator"),
        (r#"{"$where":1}"#, "/$where", "unknown operator"),
        (r#"{"a":{"$gtt":1}}"#, "/a/$gtt", "did you mean $gt?"),
        (r#"{"a":{"$in":5}}"#, "/a/$in", "list"),
        (r#"{"a":{"$eq":1,"b":2}}"#, "/a", "mixed"),
        (r#"{"$and":[]}"#, "/$and", "at least one"),
        (r#"{"a":{"$regex":"("}}"#, "/a/$regex", "compile"),
        (r#"{"a":{"$size":-1}}"#, "/a/$size", "integer"),
        (r#"{"a":{"$not":5}}"#, "/a/$not", "operators"),
        (r#"{"a..b":1}"#, "/a..b", "step is empty"),
        ("[]", "", "object"),
    ] {
        let error = Filter::parse(filter).unwrap_err();
        assert_eq!(error.code(), Code::InvalidFilter);
        assert_eq!(error.parts()[0].pointer, pointer, "{filter}");
        assert!(error.detail().contains(says), "{filter}: {error}");
    }
    assert_eq!(Filter::parse("{").unwrap_err().code(), Code::InvalidFilter);
}
