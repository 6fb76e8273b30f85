//! The check of incoming JSON on documents of about 1 KiB, duplicate keys detected, beside serde_json.

use crate::report::{Report, Row};
use quire_model::json::{Limits, Scanner};
use std::hint::black_box;
use std::time::{Duration, Instant};

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let rounds = crate::flag(arguments, "--rounds", 7)?;
    let documents = (0..4000).map(crate::documents::document).collect::<Vec<_>>();
    let bytes: usize = documents.iter().map(|text| text.len()).sum();
    let mut scanner = Scanner::new(Limits::default());
    let mut check = |text: &str| scanner.check(text.as_bytes(), &[&["_id"], &["_rev"]]).is_ok();
    let mut rows = vec![
        Row::new("check", "QuireDB check"),
        Row::new("check", "simdutf8 + serde_json RawValue"),
        Row::new("check", "serde_json Value"),
    ];
    for _ in 0..rounds {
        rows[0].rounds.push(speed(&documents, bytes, &mut check));
        rows[1].rounds.push(speed(&documents, bytes, &mut |text| {
            simdutf8::basic::from_utf8(text.as_bytes())
                .is_ok_and(|text| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok())
        }));
        rows[2].rounds.push(speed(&documents, bytes, &mut |text| {
            serde_json::from_slice::<serde_json::Value>(text.as_bytes()).is_ok()
        }));
    }
    let setting = vec![format!(
        "one thread, {} nested documents of {} bytes on average; QuireDB also finds duplicate keys and lone \
         surrogates, and the ranges of _id and _rev",
        documents.len(),
        bytes / documents.len()
    )];
    Report { name: "json", unit: "GB/s", setting, reference: "simdutf8 + serde_json RawValue", rows }
        .publish()
}

/// GB/s over at least a fifth of a second.
fn speed(documents: &[String], bytes: usize, check: &mut dyn FnMut(&str) -> bool) -> f64 {
    let (start, mut passes) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_millis(200) {
        for text in documents {
            assert!(black_box(check(black_box(text))));
        }
        passes += 1;
    }
    (bytes * passes) as f64 / start.elapsed().as_secs_f64() / 1e9
}
