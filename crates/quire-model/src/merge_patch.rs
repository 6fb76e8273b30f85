//! JSON Merge Patch (RFC 7396) on texts: what the patch does not touch keeps its digits and its key order.

use crate::json::{Json, Kind};

/// Applies `patch` to `target`, both compact. Keys that stay keep their place, new ones are put at the end.
/// The recursion is as deep as the patch, which was checked to be at most 128 deep.
pub fn merge_patch(target: Json<'_>, patch: Json<'_>) -> String {
    let mut out = String::with_capacity(target.text().len() + patch.text().len());
    merge_into(Some(target), patch, &mut out);
    out
}

fn merge_into(target: Option<Json<'_>>, patch: Json<'_>, out: &mut String) {
    if patch.kind() != Kind::Object {
        out.push_str(patch.text());
        return;
    }
    let target = target.filter(|t| t.kind() == Kind::Object);
    out.push('{');
    let start = out.len();
    let mut field = |key: &str, out: &mut String| {
        if out.len() > start {
            out.push(',');
        }
        out.push('"');
        out.push_str(key);
        out.push_str("\":");
    };
    for (key, value) in target.into_iter().flat_map(Json::fields) {
        match patch.get(&key.unescape()) {
            Some(change) if change.is_null() => {}
            Some(change) => {
                field(key.raw(), out);
                merge_into(Some(value), change, out);
            }
            None => {
                field(key.raw(), out);
                out.push_str(value.text());
            }
        }
    }
    for (key, change) in patch.fields().filter(|(_, change)| !change.is_null()) {
        if target.is_none_or(|t| t.get(&key.unescape()).is_none()) {
            field(key.raw(), out);
            merge_into(None, change, out);
        }
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_rfc_7396() {
        for (target, patch, result) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
            (r#"{"a":"foo"}"#, "null", "null"),
            (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
            ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            assert_eq!(merge_patch(Json::new(target), Json::new(patch)), result, "{target} {patch}");
        }
    }

    #[test]
    fn what_is_not_touched_keeps_its_text() {
        let target = r#"{"_id":"x","n":1.10,"\u0061":{"big":1E400,"z":-0},"y":[1.0]}"#;
        let result = merge_patch(Json::new(target), Json::new(r#"{"a":{"k":2},"y":null}"#));
        assert_eq!(result, r#"{"_id":"x","n":1.10,"\u0061":{"big":1E400,"z":-0,"k":2}}"#);
    }
}
