//! Sort keys as people write them.

use crate::support::pointers;
use quire_model::{Code, Path};
use quire_query::SortKey;

fn key(path: &str, descending: bool) -> SortKey {
    SortKey { path: Path::parse(path).unwrap(), descending }
}

#[test]
fn every_way_to_write_a_sort_means_the_same() {
    let expected = [key("a", false), key("b.c", true)];
    assert_eq!(SortKey::parse_list("a,-b.c").unwrap(), expected);
    assert_eq!(SortKey::parse_list(" a , -b.c ").unwrap(), expected);
    assert_eq!(SortKey::parse_json(r#""a,-b.c""#).unwrap(), expected);
    assert_eq!(SortKey::parse_json(r#" ["a", "-b.c"] "#).unwrap(), expected);
    assert_eq!(SortKey::parse_json(r#"{"a":1, "b.c":-1.0}"#).unwrap(), expected);
    assert_eq!(SortKey::parse_json(r#"["a,b"]"#).unwrap(), [key("a,b", false)]);
    for none in ["\"\"", "[]", "{}"] {
        assert!(SortKey::parse_json(none).unwrap().is_empty());
    }
    assert!(SortKey::parse_list("").unwrap().is_empty());
}

#[test]
fn what_is_no_sort_is_refused_with_its_place() {
    for (bad, pointer) in [
        ("1", ""),
        ("null", ""),
        (r#""a,""#, ""),
        (r#"[1]"#, "/0"),
        (r#"["a","-"]"#, "/1"),
        (r#"{"a":2}"#, "/a"),
        (r#"{"a":"asc"}"#, "/a"),
        (r#"{"a/b":true}"#, "/a~1b"),
        (r#"{"a..b":1}"#, "/a..b"),
    ] {
        let error = SortKey::parse_json(bad).unwrap_err();
        assert_eq!((error.code(), pointers(&error)), (Code::InvalidRequest, vec![pointer]), "{bad}");
    }
    assert_eq!(SortKey::parse_json("[").unwrap_err().code(), Code::InvalidRequest);
    for bad in [",", "a,", "-", "a..b"] {
        assert_eq!(SortKey::parse_list(bad).unwrap_err().code(), Code::InvalidRequest, "{bad}");
    }
}
