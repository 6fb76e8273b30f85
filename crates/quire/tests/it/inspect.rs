//! `inspect`: what one file holds, whole and damaged.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::check::{files, furnished};
use crate::run::{Answer, Folder};

fn named(folder: &Folder, part: &str) -> PathBuf {
    files(&folder.data().join("databases/1"))
        .into_keys()
        .find(|path| path.to_string_lossy().contains(part))
        .unwrap()
}

fn word_of(path: &Path) -> &'static str {
    match path.file_name().unwrap().to_string_lossy() {
        name if name.starts_with("wal") => "wal",
        name if name.starts_with("segment") => "segment",
        _ => "manifest",
    }
}

fn inspect(folder: &Folder, word: &str, path: &Path, more: &[&str]) -> Answer {
    let words = [&["inspect", word, path.to_str().unwrap()], more].concat();
    folder.quire(&words)
}

fn entries(answer: &Answer) -> Vec<Value> {
    answer.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_kind_of_file_shows_what_it_holds() {
    let folder = furnished();
    let log = named(&folder, "wal-00000001");
    let shown = entries(&inspect(&folder, "wal", &log, &[]).exits(0));
    let kinds: Vec<&str> = shown.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..3], ["header", "create", "put"]);
    assert_eq!(
        (&shown[2]["lsn"], &shown[2]["seq"], &shown[2]["id"]),
        (&"1:80".into(), &1.into(), &"00".into())
    );
    let commit = shown.iter().find(|entry| entry["kind"] == "commit").unwrap();
    assert_eq!((&commit["seq"], &commit["durable"]), (&1.into(), &"1:64".into()));
    assert!(commit["time_ms"].as_u64().unwrap() > 0 && shown[2].get("document").is_none());
    let shown = entries(&inspect(&folder, "wal", &log, &["--documents"]).exits(0));
    assert_eq!(shown[2]["document"], serde_json::json!({"_id": "00", "text": "some text 0"}));

    let segment = named(&folder, ".seg");
    let shown = entries(&inspect(&folder, "segment", &segment, &[]).exits(0));
    assert!(shown.iter().any(|entry| entry["kind"] == "block" && entry["checksum_ok"] == true));
    assert!(shown.iter().all(|entry| entry["kind"] != "row"));
    let shown = entries(&inspect(&folder, "segment", &segment, &["--rows"]).exits(0));
    let row = shown.iter().find(|entry| entry["kind"] == "row").unwrap();
    assert_eq!(row["document"]["text"], "some text 0");

    let manifest = named(&folder, "manifest-");
    let shown = entries(&inspect(&folder, "manifest", &manifest, &[]).exits(0));
    assert!(shown.iter().any(|entry| entry["kind"] == "collection" && entry["name"] == "c"), "{shown:#?}");
    assert!(shown.iter().any(|entry| entry["kind"] == "state" && entry["name"] == "main"));
    let shown = entries(&inspect(&folder, "manifest", &named(&folder, "current"), &[]).exits(0));
    assert_eq!(shown[1]["kind"], "current");
    let shown = entries(&inspect(&folder, "manifest", &folder.data().join("registry"), &[]).exits(0));
    assert_eq!((&shown[1]["database"], &shown[1]["name"]), (&1.into(), &"main".into()));

    let table = inspect(&folder, "wal", &log, &["--output", "table"]).ok();
    assert!(table.contains("offset") && table.contains("collection=1"), "{table}");
    let csv = inspect(&folder, "wal", &log, &["--output", "csv"]).ok();
    assert!(csv.starts_with("offset,bytes,kind,says,damage\n0,64,header,"), "{csv}");
}

#[test]
fn another_kind_of_file_is_wrong_usage_and_no_file_cannot_be_reached() {
    let folder = furnished();
    let said = inspect(&folder, "wal", &named(&folder, ".seg"), &[]).refused(2, "invalid_request");
    assert!(said.contains("is a segment: `quire inspect segment` shows it"), "{said}");
    let said = inspect(&folder, "segment", &named(&folder, "current"), &[]).refused(2, "invalid_request");
    assert!(said.contains("is a pointer to a manifest: `quire inspect manifest`"), "{said}");
    inspect(&folder, "wal", Path::new("no-such-file"), &[]).refused(4, "unavailable");
    let text =
        folder.file("text", "this is not a file of ours, and it is longer than any header that there is");
    for word in ["wal", "segment", "manifest"] {
        let answer = inspect(&folder, word, &text, &[]).exits(3);
        assert!(answer.err().contains("[corrupt]"), "{}", answer.err());
    }
}

#[test]
fn a_flipped_bit_is_shown_at_its_place_and_the_rest_goes_on() {
    let folder = furnished();
    for (path, bytes) in files(&folder.data()) {
        let word = word_of(&path);
        for at in (0..bytes.len()).step_by(131) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&path, damaged).unwrap();
            let answer = inspect(&folder, word, &path, &[]);
            let shown = entries(&answer);
            // Where a log was made longer than its commits, any byte could be a torn write.
            if shown.iter().any(|entry| entry["kind"] == "torn tail" && entry.get("damage").is_none()) {
                continue;
            }
            answer.exits(3);
            let here = |entry: &&Value| {
                let (offset, bytes) = (entry["offset"].as_u64().unwrap(), entry["bytes"].as_u64().unwrap());
                entry.get("damage").is_some() && (offset..offset + bytes.max(1)).contains(&(at as u64))
            };
            assert!(shown.iter().any(|entry| here(&entry)), "byte {at} of {}: {shown:#?}", path.display());
        }
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn cut_files_and_noise_are_shown_without_a_defect() {
    let folder = furnished();
    for (path, bytes) in files(&folder.data()) {
        let noise: Vec<u8> =
            bytes.iter().enumerate().map(|(n, byte)| byte ^ ((n * 131) >> 3) as u8).collect();
        for damaged in [&bytes[..bytes.len() / 2], &bytes[..bytes.len().min(40)], &noise, &[]] {
            fs::write(&path, damaged).unwrap();
            for word in ["wal", "segment", "manifest"] {
                let answer = inspect(&folder, word, &path, &["--output", "json"]);
                assert!(
                    !answer.err().contains("internal") && !answer.err().contains("panicked"),
                    "{}",
                    answer.err()
                );
            }
            let answer = folder.quire(&["check"]);
            assert!(
                !answer.err().contains("internal") && !answer.err().contains("panicked"),
                "{}",
                answer.err()
            );
        }
        fs::write(&path, bytes).unwrap();
    }
}
