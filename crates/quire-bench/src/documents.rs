//! Documents to measure on: nested, about 1 KB each, with escapes and text beyond ASCII.

use std::fmt::Write;

/// A document of about 1 KB: the same shape for each number, other contents.
pub(crate) fn document(number: u64) -> String {
    const CITIES: [&str; 4] = ["Zürich", "São Paulo", "東京", "Springfield"];
    const WORDS: [&str; 4] =
        ["plain words in a note", "a \\\"quoted\\\" word", "two\\nlines", "naïve café \\u00e9"];
    let pick =
        |of: &[&'static str; 4], salt: u64| of[((number ^ salt).wrapping_mul(0x9e37_79b9) >> 7) as usize % 4];
    let mut text = String::new();
    let written = write!(
        text,
        concat!(
            r#"{{"_id":"order-{:08}","created":"2031-05-{:02}T10:{:02}:00Z","#,
            r#""customer":{{"id":{},"name":"Ana {} Müller","address":{{"street":"{} Main St","city":"{}","#,
            r#""zip":"{:05}","geo":[{}.25,-{}.5]}},"tags":["new","{}"]}},"lines":["#
        ),
        number,
        number % 28 + 1,
        number % 60,
        number * 7919,
        number % 97,
        number % 400,
        pick(&CITIES, 1),
        number % 99_999,
        number % 90,
        number % 180,
        pick(&WORDS, 2),
    );
    for line in 0..4 {
        let comma = if line == 0 { "" } else { "," };
        let _ = write!(
            text,
            concat!(
                r#"{}{{"sku":"SKU-{}","quantity":{},"price":{}.{:02},"gift":{},"note":"{}","#,
                r#""options":{{"color":"blue","size":null}}}}"#
            ),
            comma,
            number * 31 + line,
            number % 9 + line,
            number % 500,
            number % 100,
            number % 3 == line,
            pick(&WORDS, line),
        );
    }
    let _ = write!(
        text,
        concat!(
            r#"],"total":{}.{:02},"status":"{}","history":[{{"at":{},"by":"system"}},"#,
            r#"{{"at":{},"by":"{}"}}],"comment":"{}"}}"#
        ),
        number * 13 % 10_000,
        number % 100,
        pick(&["open", "paid", "sent", "done"], 3),
        number * 1_000,
        number * 1_000 + 5,
        pick(&CITIES, 4),
        pick(&WORDS, 5),
    );
    assert!(written.is_ok());
    text
}
