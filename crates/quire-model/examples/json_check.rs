//! How fast foreign JSON is checked, beside serde_json as a peer.
//!
//! `cargo run --release -p quire-model --example json_check`
//!
//! 1. Nested documents of about 1 KB are made up, with escapes and text beyond ASCII.
//! 2. Each reader goes over all of them several times; its best round counts.
#![allow(clippy::print_stdout)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use quire_model::json::{Json, Limits, Scanner, compact_into, compare};

const DOCUMENTS: u64 = 4_000;
const ROUNDS: usize = 15;

fn main() {
    let documents: Vec<String> = (0..DOCUMENTS).map(document).collect();
    let bytes: usize = documents.iter().map(String::len).sum();
    println!("{} documents, {} bytes each on average", documents.len(), bytes / documents.len());

    let mut scanner = Scanner::new(Limits::default());
    measure("check", &documents, |document| scanner.check(document.as_bytes(), &[]).is_ok());
    let paths: &[&[&str]] = &[&["_id"], &["customer", "address", "city"], &["lines", "1", "sku"]];
    measure("check, 3 paths", &documents, |document| {
        scanner
            .check(document.as_bytes(), paths)
            .is_ok_and(|checked| checked.ranges.iter().all(Option::is_some))
    });
    // `RawValue` skips over the value the way `IgnoredAny` does.
    measure("simdutf8 + serde_json RawValue", &documents, |document| {
        simdutf8::basic::from_utf8(document.as_bytes())
            .is_ok_and(|text| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok())
    });
    measure("serde_json Value", &documents, |document| {
        serde_json::from_slice::<serde_json::Value>(document.as_bytes()).is_ok()
    });
    measure("simdutf8 alone", &documents, |document| simdutf8::basic::from_utf8(document.as_bytes()).is_ok());
    measure("Json: 3 paths of checked text", &documents, |document| {
        let root = Json::new(document);
        let city = root.get("customer").and_then(|it| it.get("address")).and_then(|it| it.get("city"));
        let sku = root.get("lines").and_then(|it| it.at(1)).and_then(|it| it.get("sku"));
        root.get("_id").is_some() && city.is_some() && sku.is_some()
    });
    let mut out = Vec::new();
    measure("compact_into", &documents, |document| {
        out.clear();
        compact_into(document, &mut out);
        out.len() == document.len()
    });
    let first = documents.first().map(String::as_str).unwrap_or_default();
    measure("compare with another", &documents, |document| {
        black_box(compare(Json::new(document), Json::new(first)));
        true
    });
}

/// Prints the best of several rounds of `read` over all documents.
fn measure(name: &str, documents: &[String], mut read: impl FnMut(&str) -> bool) {
    let bytes: usize = documents.iter().map(String::len).sum();
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let good = documents.iter().filter(|document| read(black_box(document))).count();
        best = best.min(start.elapsed().as_secs_f64());
        assert_eq!(good, documents.len(), "{name} refuses a good document");
    }
    let per_document = best * 1e9 / documents.len() as f64;
    println!("{name:<48} {:>6.2} GB/s {per_document:>8.0} ns a document", bytes as f64 / best / 1e9);
}

/// A document of about 1 KB: the same shape for each number, other contents.
fn document(number: u64) -> String {
    const CITIES: [&str; 4] = ["Zürich", "São Paulo", "東京", "Springfield"];
    const WORDS: [&str; 4] =
        ["plain words in a note", "a \\\"quoted\\\" word", "two\\nlines", "naïve café \\u00e9"];
    let pick =
        |of: &[&'static str; 4], salt: u64| of[((number ^ salt).wrapping_mul(0x9e37_79b9) >> 7) as usize % 4];
    let mut text = String::new();
    let written = write!(
        text,
        r#"{{"_id":"order-{number:08}","created":"2031-05-{:02}T10:{:02}:00Z","customer":{{"id":{},"name":"Ana {} Müller","address":{{"street":"{} Main St","city":"{}","zip":"{:05}","geo":[{}.25,-{}.5]}},"tags":["new","{}"]}},"lines":["#,
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
            r#"{comma}{{"sku":"SKU-{}","quantity":{},"price":{}.{:02},"gift":{},"note":"{}","options":{{"color":"blue","size":null}}}}"#,
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
        r#"],"total":{}.{:02},"status":"{}","history":[{{"at":{},"by":"system"}},{{"at":{},"by":"{}"}}],"comment":"{}"}}"#,
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
