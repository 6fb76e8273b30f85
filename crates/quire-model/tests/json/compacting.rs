//! Compact text means the same and is the same but for its white space.

use proptest::prelude::*;
use quire_model::json::{Json, Limits, Scanner, compact_into, equal};

use crate::oracle;
use crate::random::{self, Random};

fn compact(text: &str) -> String {
    let mut out = Vec::new();
    compact_into(text, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn only_white_space_that_means_nothing_goes() {
    for (text, expected) in [
        ("[ 1 , 2 ]", "[1,2]"),
        ("{ \"b\" : 1.50e+01 ,\n\t\"a\" : \" \\u0020 \\\" \" }", "{\"b\":1.50e+01,\"a\":\" \\u0020 \\\" \"}"),
        ("\" \"", "\" \""),
        ("{\"a b\":[true, false , null]}", "{\"a b\":[true,false,null]}"),
        ("\r\n{ }\r\n", "{}"),
        ("7", "7"),
        ("[\"\\\\\" , \"x\"]", "[\"\\\\\",\"x\"]"),
    ] {
        assert_eq!(compact(text), expected);
    }
}

#[test]
fn compact_text_is_appended() {
    let mut out = b"before".to_vec();
    compact_into("[ ]", &mut out);
    assert_eq!(out, b"before[]");
}

proptest! {
    #[test]
    fn compacting_keeps_the_meaning_and_does_nothing_twice(seed in any::<u64>()) {
        let mut text = String::new();
        random::value(&mut Random::new(seed), 5, true, &mut text);
        let mut scanner = Scanner::new(Limits::default());
        if let Ok(checked) = scanner.check(text.as_bytes(), &[]) {
            let once = compact(checked.text);
            prop_assert_eq!(&compact(&once), &once);
            prop_assert_eq!(oracle::tree(once.as_bytes(), 128), oracle::tree(text.as_bytes(), 128));
            prop_assert!(equal(Json::new(&once), Json::new(checked.text)));
            prop_assert!(Scanner::new(Limits::default()).check(once.as_bytes(), &[]).unwrap().compact);
        }
    }
}
