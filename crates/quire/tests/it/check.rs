//! `check`: quiet about a whole folder, and exit 3 with the place for every byte that is not.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{Folder, Server};

/// A closed folder with two databases and everything that a folder has: log files, segments with hidden rows.
pub(crate) fn furnished() -> Folder {
    let folder = Folder::new();
    let lines: String =
        (0..60).map(|n| format!("{{\"_id\":\"{n:02}\",\"text\":\"some text {n}\"}}\n")).collect();
    folder.file("c.ndjson", lines);
    folder.quire(&["import", "c", "c.ndjson"]).ok();
    folder.quire(&["checkpoint"]).ok();
    folder.quire(&["patch", "c", "07", "{\"n\":1}"]).ok();
    folder.quire(&["delete", "c", "08"]).ok();
    folder.quire(&["checkpoint"]).ok();
    folder.quire(&["insert", "d", "{\"_id\":\"late\"}"]).ok();
    folder.quire(&["db", "create", "shop"]).ok();
    folder.quire(&["insert", "goods", "{\"_id\":\"lamp\"}", "--db", "shop"]).ok();
    folder
}

/// Every file of the data folder with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
        }
    }
    found
}

fn report(folder: &Folder, exit: i32) -> Value {
    let answer = folder.quire(&["check", "--output", "json"]).exits(exit);
    serde_json::from_str(&answer.out()).unwrap()
}

#[test]
fn a_healthy_folder_is_exit_0_with_its_figures_and_stays_as_it_is() {
    let folder = furnished();
    let before = files(&folder.data());
    let report = report(&folder, 0);
    assert_eq!(report["healthy"], true);
    assert_eq!(report["findings"], serde_json::json!([]));
    let read: Vec<&Vec<u8>> =
        before.iter().filter(|(path, _)| !path.ends_with("LOCK")).map(|(_, bytes)| bytes).collect();
    assert_eq!(report["files"], read.len());
    assert_eq!(report["bytes"], read.iter().map(|bytes| bytes.len()).sum::<usize>());
    assert_eq!(report["databases"], 2);
    // 60 imported in one group, one patch, one delete, and two inserts.
    assert_eq!(report["commits"], 5, "{report}");
    assert_eq!((&report["documents"], &report["rows"]), (&59.into(), &62.into()), "{report}");
    assert!(files(&folder.data()) == before, "the check changed something");
    let table = folder.quire(&["check", "--output", "table"]).ok();
    assert!(table.contains("healthy") && table.contains("commits"), "{table}");
    // The last line is the sum, also where there is nothing else.
    let lines = folder.quire(&["check"]).ok();
    assert_eq!(serde_json::from_str::<Value>(&lines).unwrap()["healthy"], true);
}

#[test]
fn every_97th_byte_of_every_file_is_found_with_its_place() {
    let folder = furnished();
    let mut kinds = std::collections::BTreeSet::new();
    for (path, bytes) in files(&folder.data()) {
        for at in (0..bytes.len()).step_by(97) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&path, damaged).unwrap();
            let report = report(&folder, 3);
            let found = report["findings"].as_array().unwrap().iter().any(|finding| {
                finding["severity"] == "damage"
                    && Path::new(finding["file"].as_str().unwrap()) == path
                    && finding["offset"].as_u64().is_some_and(|offset| offset <= at as u64)
            });
            assert!(found, "byte {at} of {}: {report:#}", path.display());
        }
        if !bytes.is_empty() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            kinds.insert(name.split(['-', '.']).next().unwrap().to_owned());
        }
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(Vec::from_iter(kinds), ["current", "manifest", "registry", "segment", "wal"]);
    report(&folder, 0);
}

#[test]
fn damage_is_told_in_every_format_and_on_standard_error() {
    let folder = furnished();
    let database = folder.data().join("databases/1");
    let segment =
        files(&database).into_keys().find(|path| path.extension().is_some_and(|e| e == "seg")).unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    bytes[100] ^= 1;
    fs::write(&segment, bytes).unwrap();
    fs::write(database.join("stray"), "").unwrap();
    for format in ["json", "ndjson", "table", "csv"] {
        let answer = folder.quire(&["check", "--output", format]).exits(3);
        for part in ["parity", "note", "stray", "64"] {
            assert!(answer.out().contains(part), "{part} is missing in {}", answer.out());
        }
        assert!(answer.err().contains("1 place is damaged"), "{}", answer.err());
    }
    let lines = folder.quire(&["check"]).exits(3).out();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["severity"], &lines[0]["offset"]), (&"damage".into(), &64.into()));
    assert_eq!((&lines[0]["database"], &lines[0]["repairable_by"]), (&"main".into(), &"parity".into()));
    assert_eq!(lines.last().unwrap()["damages"], 1);
    fs::remove_file(&segment).unwrap();
    let said = folder.quire(&["check"]).exits(3).out();
    assert!(said.contains("the file is missing"), "{said}");
}

#[test]
fn a_folder_that_is_served_is_locked() {
    let folder = furnished();
    let server = Server::start(&folder);
    let said = folder.quire(&["check"]).refused(4, "locked");
    assert!(said.contains("stop the server"), "{said}");
    server.stop();
    report(&folder, 0);
}

#[test]
fn a_folder_after_kill_9_is_healthy() {
    let folder = furnished();
    let server = Server::start(&folder);
    folder.quire(&["insert", "c", "{\"_id\":\"last\"}"]).ok();
    server.signal("KILL");
    server.wait();
    assert_eq!(report(&folder, 0)["damages"], 0);
}

#[test]
fn a_folder_that_cannot_be_written_to_can_be_checked() {
    let folder = furnished();
    let data = folder.data();
    let folders = [data.clone(), data.join("databases"), data.join("databases/1"), data.join("databases/2")];
    let set = |mode_folder: u32, mode_file: u32| {
        for path in files(&data).keys() {
            fs::set_permissions(path, fs::Permissions::from_mode(mode_file)).unwrap();
        }
        for path in &folders {
            fs::set_permissions(path, fs::Permissions::from_mode(mode_folder)).unwrap();
        }
    };
    set(0o500, 0o400);
    let checked = folder.quire(&["check", "--output", "json"]);
    set(0o700, 0o600);
    checked.exits(0);
}
