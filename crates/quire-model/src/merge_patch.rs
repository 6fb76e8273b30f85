//! JSON Merge Patch (RFC 7396) on texts: what the patch does not touch keeps its digits and its key order.

use crate::json::{Fields, Json, Key, Kind};
use std::borrow::Cow;
use std::collections::HashMap;

/// Up to so many fields are searched one by one: a table costs more than that.
const SEARCHED_FIELDS_MAX: usize = 8;

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
    let mut changes = Changes::new(patch.fields());
    out.push('{');
    let start = out.len();
    for (key, value) in target.into_iter().flat_map(Json::fields) {
        match changes.take(key) {
            Some(change) if change.is_null() => {}
            Some(change) => {
                begin_field(key, start, out);
                merge_into(Some(value), change, out);
            }
            None => {
                begin_field(key, start, out);
                out.push_str(value.text());
            }
        }
    }
    for (key, change) in changes.rest().filter(|(_, change)| !change.is_null()) {
        begin_field(key, start, out);
        merge_into(None, change, out);
    }
    out.push('}');
}

/// Writes a key, after a comma where it is not the first of the object that begins at `start`.
fn begin_field(key: Key<'_>, start: usize, out: &mut String) {
    if out.len() > start {
        out.push(',');
    }
    out.push('"');
    out.push_str(key.raw());
    out.push_str("\":");
}

/// The fields of a patch, each taken at most once.
struct Changes<'a> {
    fields: Vec<(Key<'a>, Json<'a>, bool)>,
    /// Positions by key, where there are many.
    table: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Changes<'a> {
    fn new(fields: Fields<'a>) -> Changes<'a> {
        let fields: Vec<_> = fields.map(|(key, value)| (key, value, false)).collect();
        let many = fields.len() > SEARCHED_FIELDS_MAX;
        let keys = fields.iter().take(if many { fields.len() } else { 0 });
        let table = keys.enumerate().map(|(n, (key, _, _))| (key.unescape(), n)).collect();
        Changes { fields, table }
    }

    /// The change of a field, which is then done.
    fn take(&mut self, key: Key<'_>) -> Option<Json<'a>> {
        let key = key.unescape();
        let field = if self.fields.len() > SEARCHED_FIELDS_MAX {
            self.table.get(&*key).and_then(|n| self.fields.get_mut(*n))
        } else {
            self.fields.iter_mut().find(|(own, _, _)| own.is(&key))
        };
        field.map(|(_, change, done)| {
            *done = true;
            *change
        })
    }

    /// The changes of fields that were not there.
    fn rest(&self) -> impl Iterator<Item = (Key<'a>, Json<'a>)> {
        self.fields.iter().filter(|(_, _, done)| !done).map(|(key, change, _)| (*key, *change))
    }
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

    #[test]
    fn wide_objects_are_merged_as_narrow_ones_are() {
        let object = |range: std::ops::Range<usize>, value: &str| {
            let fields: Vec<String> = range.map(|n| format!("\"k{n}\":{value}")).collect();
            format!("{{{}}}", fields.join(","))
        };
        for count in [8, 9, 20_000] {
            let (target, patch) = (object(0..count, "1"), object(count / 2..count + count / 2, "2"));
            let merged = merge_patch(Json::new(&target), Json::new(&patch));
            let (kept, changed) = (object(0..count / 2, "1"), object(count / 2..count + count / 2, "2"));
            assert_eq!(merged, format!("{},{}", &kept[..kept.len() - 1], &changed[1..]));
            let removed = merge_patch(Json::new(&target), Json::new(&object(0..count, "null")));
            assert_eq!(removed, "{}");
        }
        let patch = r#"{"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"\u0061":9}"#;
        assert_eq!(merge_patch(Json::new(r#"{"a":0}"#), Json::new(patch)).matches("9").count(), 1);
    }
}
