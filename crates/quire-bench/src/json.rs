//! The check of incoming JSON on documents of about 1 KiB, duplicate keys detected, beside serde_json.

use crate::report::{Bar, Column, FOLDER, Plot, Report};
use crate::statistics::{median, range};
use quire_model::json::{Limits, Scanner};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let rounds = crate::flag(arguments, "--rounds", 7)?;
    let documents = (0..4000).map(crate::documents::document).collect::<Vec<_>>();
    let bytes: usize = documents.iter().map(|text| text.len()).sum();
    let mut scanner = Scanner::new(Limits::default());
    let mut check = |text: &str| scanner.check(text.as_bytes(), &[&["_id"], &["_rev"]]).is_ok();
    let mut subjects = SUBJECTS.map(|name| (name, Vec::new()));
    for _ in 0..rounds {
        subjects[0].1.push(speed(&documents, bytes, &mut check));
        subjects[1].1.push(speed(&documents, bytes, &mut |text| {
            simdutf8::basic::from_utf8(text.as_bytes())
                .is_ok_and(|text| serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok())
        }));
        subjects[2].1.push(speed(&documents, bytes, &mut |text| {
            serde_json::from_slice::<serde_json::Value>(text.as_bytes()).is_ok()
        }));
    }
    let setting = vec![format!(
        "one thread, {} nested documents of {} bytes on average; QuireDB also finds duplicate keys and lone \
         surrogates, and the ranges of _id and _rev",
        documents.len(),
        bytes / documents.len()
    )];
    report(setting, &subjects).publish(Path::new(FOLDER))
}

/// Who is compared; the second is what the others are divided by.
const SUBJECTS: [&str; 3] = ["QuireDB check", "simdutf8 + serde_json RawValue", "serde_json Value"];
const REFERENCE: usize = 1;

fn report(setting: Vec<String>, subjects: &[(&str, Vec<f64>)]) -> Report {
    let columns = ["case", "subject", "median_GB/s", "min_GB/s", "max_GB/s", "ratio_to_reference", "rounds"];
    let (mut rows, mut bars) = (Vec::new(), Vec::new());
    for (name, speeds) in subjects {
        // Divided round by round: noise that lasts longer than a round hits both.
        let ratios: Vec<f64> = speeds.iter().zip(&subjects[REFERENCE].1).map(|(a, b)| a / b).collect();
        let (Some(middle), Some((low, high)), Some(ratio)) = (median(speeds), range(speeds), median(&ratios))
        else {
            continue;
        };
        let figures = [middle, low, high, ratio].map(|figure| format!("{figure:.3}"));
        let names = ["check".to_owned(), (*name).to_owned()];
        rows.push(names.into_iter().chain(figures).chain([speeds.len().to_string()]).collect());
        bars.push(Bar { label: (*name).to_owned(), value: ratio, ours: name.starts_with("QuireDB") });
    }
    let title = format!("GB/s as a ratio to {} (more is better)", SUBJECTS[REFERENCE]);
    let columns = columns.map(|name| Column { name, short: Some(name) }).into();
    Report { name: "json", setting, columns, rows, plots: vec![Plot { title, bars }] }
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
