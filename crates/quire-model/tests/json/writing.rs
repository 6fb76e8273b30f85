//! Written strings read back.

use proptest::prelude::*;
use quire_model::json::{Json, write_string};

use crate::accepts;

fn written(text: &str) -> String {
    let mut out = Vec::new();
    write_string(text, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn only_what_must_be_escaped_is() {
    assert_eq!(written(""), "\"\"");
    assert_eq!(written("a/ä\u{7f}😀"), "\"a/ä\u{7f}😀\"");
    assert_eq!(written("\"\\\u{8}\u{c}\n\r\t\0\u{1f}"), r#""\"\\\b\f\n\r\t\u0000\u001f""#);
}

#[test]
fn strings_are_written_as_serde_json_writes_them() {
    for code in (0..0xd800).chain(0xe000..0x1_1000) {
        let text = format!("0123456789abcde{}", char::from_u32(code).unwrap());
        assert_eq!(written(&text), serde_json::to_string(&text).unwrap());
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(text in any::<String>(), more in "[\"\\\\\u{0}-\u{1f}a]{0,40}") {
        for text in [text, more] {
            let json = written(&text);
            prop_assert!(accepts(&json));
            let read = Json::new(&json).as_str().unwrap();
            prop_assert_eq!(read.as_ref(), text.as_str());
        }
    }
}
