//! The places of asked values come out of the same pass.

use quire_model::json::{Json, Limits, Scanner};

/// The texts of the values at `paths`.
fn find(text: &str, paths: &[&[&str]]) -> Vec<Option<String>> {
    let mut scanner = Scanner::new(Limits::default());
    let checked = scanner.check(text.as_bytes(), paths).unwrap();
    let text =
        |range: &Option<std::ops::Range<usize>>| range.clone().map(|range| checked.text[range].to_owned());
    checked.ranges.iter().map(text).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

#[test]
fn values_are_found_by_their_keys() {
    let text = " {\"_id\": \"x\", \"a\": {\"b\" : [1, 2] , \"c\":null}, \"b\":7 } ";
    let found = find(text, &[&["_id"], &["a", "b"], &["a"], &["b"], &["a", "c"], &[]]);
    let whole = text.trim();
    assert_eq!(found, some(&["\"x\"", "[1, 2]", "{\"b\" : [1, 2] , \"c\":null}", "7", "null", whole]));
}

#[test]
fn what_is_not_there_has_no_range() {
    let text = r#"{"a":{"b":1},"c":[{"d":1}],"b":{}}"#;
    let paths: &[&[&str]] = &[&["x"], &["a", "b", "c"], &["a", "c"], &["c", "d"], &["d"], &["b", "b"], &[""]];
    assert_eq!(find(text, paths), vec![None; paths.len()]);
    assert_eq!(find("1", &[&["a"], &["0"]]), [None, None]);
    assert_eq!(find("{}", &[&["a"]]), [None]);
    assert!(find("{\"a\":1}", &[]).is_empty());
}

#[test]
fn decimal_steps_name_elements_and_keys_alike() {
    let text = r#"{"a":[10,[20,21],{"0":30}],"0":{"1":40}}"#;
    let found = find(text, &[&["a", "0"], &["a", "1", "1"], &["a", "2", "0"], &["0", "1"]]);
    assert_eq!(found, some(&["10", "21", "30", "40"]));
    // Only the plain spelling of a position names it.
    let none: &[&[&str]] =
        &[&["a", "00"], &["a", "3"], &["a", "+1"], &["a", ""], &["a", "99999999999999999999999"]];
    assert_eq!(find(text, none), vec![None; none.len()]);
    let long = format!("[{}12]", "0,".repeat(12));
    assert_eq!(find(&long, &[&["12"], &["2"]]), some(&["12", "0"]));
}

#[test]
fn keys_with_escapes_are_found_too() {
    let text = r#"{"\u0061":{"b\n":1},"ä":2,"\u00f6":3}"#;
    assert_eq!(find(text, &[&["a", "b\n"], &["ä"], &["ö"]]), some(&["1", "2", "3"]));
}

#[test]
fn the_same_path_may_be_asked_twice_and_a_hundred_paths_at_once() {
    assert_eq!(find(r#"{"a":1}"#, &[&["a"], &["a"]]), some(&["1", "1"]));
    let keys: Vec<String> = (0..150).map(|key| format!("k{key}")).collect();
    let fields: Vec<String> = keys.iter().map(|key| format!("\"{key}\":{{\"v\":\"{key}\"}}")).collect();
    let paths: Vec<[&str; 2]> = keys.iter().map(|key| [key.as_str(), "v"]).collect();
    let paths: Vec<&[&str]> = paths.iter().map(|path| path.as_slice()).collect();
    let found = find(&format!("{{{}}}", fields.join(",")), &paths);
    let expected: Vec<_> = keys.iter().map(|key| Some(format!("\"{key}\""))).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_scanner_forgets_the_text_before() {
    let mut scanner = Scanner::new(Limits::default());
    let paths: &[&[&str]] = &[&["a"]];
    assert_eq!(scanner.check(b"{\"a\":1}", paths).unwrap().ranges, [Some(5..6)]);
    assert!(scanner.check(b"{\"a\":{\"a\":[{\"b\":1", paths).is_err());
    assert_eq!(scanner.check(b"{\"b\":1}", paths).unwrap().ranges, [None]);
    assert_eq!(scanner.check(b" {\"a\":[]}", paths).unwrap().ranges, [Some(5..7)]);
}

#[test]
fn the_found_values_are_those_that_views_find() {
    let mut random = crate::random::Random::new(5);
    let keys = ["a", "b", "_id", "key", "ä", "0", "1", "/"];
    let mut scanner = Scanner::new(Limits::default());
    let mut hits = 0;
    for _ in 0..20_000 {
        let mut text = String::new();
        crate::random::value(&mut random, 5, true, &mut text);
        let paths: Vec<Vec<&str>> =
            (0..4).map(|_| (0..random.below(3)).map(|_| random.pick(&keys)).collect()).collect();
        let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
        let Ok(checked) = scanner.check(text.as_bytes(), &paths) else {
            continue;
        };
        for (path, range) in paths.iter().zip(checked.ranges) {
            let step = |value: Json<'static>, step: &&str| {
                value.get(step).or_else(|| step.parse().ok().and_then(|index| value.at(index)))
            };
            // Views borrow the text; leaking a little keeps the closure simple.
            let root = Json::new(checked.text.to_owned().leak());
            let expected = path.iter().try_fold(root, step).map(Json::text);
            hits += usize::from(expected.is_some());
            assert_eq!(range.clone().map(|range| &checked.text[range]), expected, "{text} {path:?}");
        }
    }
    assert!(hits > 10_000);
}
