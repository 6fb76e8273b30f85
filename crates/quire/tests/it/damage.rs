//! Damaged files are named, and end with exit code 3.

use std::fs;

use crate::run::Folder;

#[test]
fn a_damaged_data_file_is_exit_3_and_never_an_empty_result() {
    let folder = Folder::new();
    let lines: String =
        (0..500).map(|n| format!("{{\"_id\":\"{n}\",\"text\":\"some text {n}\"}}\n")).collect();
    folder.file("c.ndjson", lines);
    folder.quire(&["import", "c", "c.ndjson"]).ok();
    folder.quire(&["checkpoint"]).ok();
    let database = folder.data().join("databases/1");
    let files = fs::read_dir(&database).unwrap().map(|entry| entry.unwrap().path());
    let segments: Vec<_> = files.filter(|path| path.extension().is_some_and(|ext| ext == "seg")).collect();
    assert!(!segments.is_empty());
    for segment in &segments {
        let mut bytes = fs::read(segment).unwrap();
        // More than parity and second copies can make good.
        bytes.iter_mut().step_by(50).for_each(|byte| *byte ^= 0x40);
        fs::write(segment, bytes).unwrap();
    }
    for words in
        [&["find", "c"][..], &["export", "c"], &["sql", "SELECT count(*) AS n FROM c WHERE text <> 'x'"]]
    {
        let answer = folder.quire(words).exits(3);
        assert!(answer.err().contains("[corrupt]"), "{words:?}: {}", answer.err());
    }
    let target = folder.path().join("out.ndjson");
    folder.quire(&["export", "c", target.to_str().unwrap()]).exits(3);
    assert!(!target.exists(), "an export that is not complete has no name");
    let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains("partial")));
}
