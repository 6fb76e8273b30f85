//! `export`, and the way there and back.

use std::fs;
use std::io::Read;

use crate::run::Folder;

const DOCUMENTS: &str = concat!(
    "{\"_id\":\"a\",\"n\":1.500,\"big\":123456789012345678901234567890,\"z\":null}\n",
    "{\"_id\":\"b\",\"o\":{\"_rev\":7,\"x\":[1E400,-0.0]},\"s\":\"\\u00e9\\n\"}\n",
    "{\"_id\":\"c\"}\n",
);

fn filled() -> Folder {
    let folder = Folder::new();
    folder.file("in.ndjson", DOCUMENTS);
    folder.quire(&["import", "c", "in.ndjson"]).ok();
    folder
}

#[test]
fn there_and_back_every_byte_is_the_same() {
    let folder = filled();
    for (format, name) in
        [("ndjson", "x.ndjson"), ("array", "x.json"), ("ndjson", "x.ndjson.gz"), ("array", "x.gz")]
    {
        let answer = folder.quire(&["export", "c", name, "--format", format]).exits(0);
        assert_eq!((answer.out().as_str(), answer.err().as_str()), ("", "exported 3 documents\n"));
        let back = Folder::new();
        let file = folder.path().join(name);
        back.quire(&["import", "d", file.to_str().unwrap()]).ok();
        assert_eq!(back.quire(&["export", "d"]).ok(), DOCUMENTS, "{name}");
    }
    assert_eq!(folder.quire(&["export", "c", "-"]).ok(), DOCUMENTS);
}

#[test]
fn an_array_is_one_and_a_packed_file_is_packed() {
    let folder = filled();
    let array = folder.quire(&["export", "c", "--format", "array"]).ok();
    let read: Vec<serde_json::Value> = serde_json::from_str(&array.replace("1E400", "1")).unwrap();
    assert_eq!(read.len(), 3);
    folder.quire(&["collection", "create", "empty"]).ok();
    assert_eq!(folder.quire(&["export", "empty", "--format", "array"]).ok(), "[\n]\n");
    assert_eq!(folder.quire(&["export", "empty"]).ok(), "");
    folder.quire(&["export", "c", "x.gz", "-q"]).ok();
    let mut text = String::new();
    let file = fs::File::open(folder.path().join("x.gz")).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    assert_eq!(text, DOCUMENTS);
}

#[test]
fn revisions_are_left_out_unless_asked_for() {
    let folder = filled();
    let with = folder.quire(&["export", "c", "--with-rev"]).ok();
    assert!(with.ends_with("{\"_id\":\"c\",\"_rev\":1}\n"), "{with}");
    folder.file("with.ndjson", with);
    folder.quire(&["import", "d", "with.ndjson"]).ok();
    assert_eq!(folder.quire(&["export", "d"]).ok(), DOCUMENTS);
}

#[test]
fn a_file_is_replaced_only_by_a_complete_one() {
    let folder = filled();
    let target = folder.file("x.ndjson", "old");
    folder.quire(&["export", "nothing", "x.ndjson"]).refused(1, "collection_not_found");
    assert_eq!(fs::read_to_string(&target).unwrap(), "old");
    folder.quire(&["export", "c", "x.ndjson"]).ok();
    assert_eq!(fs::read_to_string(&target).unwrap(), DOCUMENTS);
    let answer = folder.quire(&["export", "c", "no-such-folder/x"]).exits(1);
    assert!(answer.err().contains("no-such-folder"), "{}", answer.err());
}

#[test]
fn only_a_file_is_replaced_and_it_keeps_its_permissions() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let folder = filled();
    let path = |name: &str| folder.path().join(name);
    // A pipe stays a pipe, and its reader gets the documents.
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    let pipe = path("pipe");
    let reader = std::thread::spawn(move || fs::read_to_string(pipe).unwrap());
    folder.quire(&["export", "c", "pipe"]).ok();
    assert_eq!(reader.join().unwrap(), DOCUMENTS);
    assert!(fs::metadata(path("pipe")).unwrap().file_type().is_fifo());
    // A link leads to the file that is replaced.
    folder.file("real.ndjson", "old");
    fs::set_permissions(path("real.ndjson"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("real.ndjson", path("link.ndjson")).unwrap();
    folder.quire(&["export", "c", "link.ndjson"]).ok();
    assert!(fs::symlink_metadata(path("link.ndjson")).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(path("real.ndjson")).unwrap(), DOCUMENTS);
    assert_eq!(fs::metadata(path("real.ndjson")).unwrap().permissions().mode() & 0o777, 0o600);
}
